"""htmx: what the fourth version says about a request, on top of flask-htmx which knows the second."""

from __future__ import annotations

from flask import request
from flask_htmx import HTMX


class Htmx(HTMX):  # type: ignore[misc]
    """The htmx side of the current request."""

    @property
    def wants_fragment(self) -> bool:
        """Whether only a part of the page will be swapped; boosted links and Back get whole pages."""
        return bool(self) and request.headers.get("HX-Request-Type") == "partial"

    @property
    def target(self) -> str | None:
        """The id of the element to be swapped: version 4 sends `div#tally` where version 2 sent `tally`."""
        return _id(request.headers.get("HX-Target"))

    @property
    def trigger(self) -> str | None:
        """The id of the element that asked; version 4 calls the header HX-Source."""
        return _id(request.headers.get("HX-Source"))


def _id(element: str | None) -> str | None:
    return element.rpartition("#")[2] or None if element else None


htmx = Htmx()
