"""Tools: what the Makefile calls; nothing here is part of the installed product."""
