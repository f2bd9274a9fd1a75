"""`python -m hearing` is the command `hearing`."""

from hearing.cli import main

main()
