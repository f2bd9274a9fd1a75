"""Printing: data turned into paper that may be signed, posted, posted through a letter box and shown to a court."""
