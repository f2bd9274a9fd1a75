"""Pages of proposals: the resident's, the named seats', the desk's, and a plan version that everybody may read."""

from hearing.proposals.routes import desk, permits, planning, reading, seats, wording, writing
from hearing.proposals.routes.blueprint import bp

__all__ = ["bp", "desk", "permits", "planning", "reading", "seats", "wording", "writing"]
