"""Pages of polls: for residents the projects, the ballot and its receipt; for the desk everything before and after."""

from hearing.ballots.routes import desk, photos, tablet, telling, voting, window  # noqa: F401 - they add their pages
from hearing.ballots.routes.blueprint import bp

__all__ = ["bp"]
