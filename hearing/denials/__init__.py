"""Denials 否认: what stands in a household's name, 这不是我签的, and the check by two who had no hand in it."""
