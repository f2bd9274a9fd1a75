"""hearing 议: the decision room of a residential neighbourhood."""

__version__ = "0.1.0"
