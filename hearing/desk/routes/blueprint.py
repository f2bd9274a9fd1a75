"""The blueprint of the desk."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("desk", __name__)
