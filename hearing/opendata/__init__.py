"""Open pages 公开: the square, the list of cases, and each case's story from the trail."""
