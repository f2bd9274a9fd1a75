"""The register's blueprint, to which every file of this folder adds its pages."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, Response, abort, request, send_file, url_for

from hearing.audit.routes import leads_to
from hearing.people.surroundings import speak_for
from hearing.people.viewer import me
from hearing.places.models import Estate
from hearing.register import queries

bp = Blueprint("register", __name__)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def estate_of(estate_id: int) -> Estate:
    """The estate of this page, in whose neighbourhood's name it speaks; 404 when the viewer does not keep it."""
    estate = queries.estate(me(), estate_id) or abort(404)
    speak_for(estate.neighbourhood)
    return estate


def page_number() -> int:
    """The page of a list that the address asks for, from 1."""
    asked = request.args.get("page", "1")
    return int(asked) if asked.isascii() and asked.isdigit() and 0 < len(asked) < 6 and int(asked) else 1


def download(data: bytes, filename: str) -> Response:
    """A workbook that the browser saves and nobody on the way keeps."""
    answer = send_file(BytesIO(data), XLSX, as_attachment=True, download_name=filename)
    answer.headers["Cache-Control"] = "no-store"
    return answer


leads_to("estate", lambda number: url_for("register.estate", estate_id=number))
leads_to("roll", lambda number: url_for("register.roll", roll_id=number))
leads_to("register", lambda number: url_for("register.change", change_id=number))
