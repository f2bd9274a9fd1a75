"""Pages of people: the door, the staff's door, one's own pages, the office's."""

from hearing.people.routes import door, mine, office, staff
from hearing.people.routes.blueprint import bp

__all__ = ["bp", "door", "mine", "office", "staff"]
