"""Pages of works: how far a lift is, for everybody; its events and its group, for those who enter them."""

from hearing.works.routes import desk, group, public  # noqa: F401 - they add their pages
from hearing.works.routes.blueprint import bp

__all__ = ["bp"]
