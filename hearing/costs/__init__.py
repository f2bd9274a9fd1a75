"""Costs 费用分摊: what a plan costs, who pays how much of it, and why some pay nothing."""
