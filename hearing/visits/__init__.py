"""Visits 上门与送达: that each household was told of a collection, in which way, and who of the staff goes where."""
