"""Pages of meetings: the announcement that everybody reads, the room on one's own phone, and the desk that runs it."""

from hearing.meetings.routes import after, desk, live, minutes, preparing, reading, room  # noqa: F401 - they add pages
from hearing.meetings.routes.blueprint import bp

__all__ = ["bp"]
