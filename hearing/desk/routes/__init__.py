"""Pages of the desk: the work list, and the trail for those who watch over it."""

from hearing.desk.routes import home, trail  # noqa: F401 - they add their pages
from hearing.desk.routes.blueprint import bp

__all__ = ["bp"]
