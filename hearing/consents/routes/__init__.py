"""Pages of consents: for everybody, for households, for the desk."""

from hearing.consents.routes import (
    answering,
    certifying,
    house,
    mandates,
    moving,
    official,
    onsite,
    own,
    paper,
    public,
    reading,
    receiving,
    setting_up,
    units,
    watching,
)
from hearing.consents.routes.blueprint import bp

__all__ = [
    "answering",
    "bp",
    "certifying",
    "house",
    "mandates",
    "moving",
    "official",
    "onsite",
    "own",
    "paper",
    "public",
    "reading",
    "receiving",
    "setting_up",
    "units",
    "watching",
]
