"""Notices (公告): what is posted, for how long, and who objects."""
