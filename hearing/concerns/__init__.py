"""Concerns 顾虑: what a household fears of a plan, the measured answer to it, and whether it is settled."""
