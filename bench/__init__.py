"""Bench 量一量: how fast the product is, as ratios to limits that are measured in the same run."""
