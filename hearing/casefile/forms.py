"""The form of the case file: which edition, and what for."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from hearing.casefile.rules import EDITION_LABELS, Edition
from hearing.web.forms import Choice, Form, Paragraphs


class CaseFileForm(Form):
    """Which edition, and what for."""

    edition = Choice(_l("要哪一种？"), [(edition.value, _l(label)) for edition, label in EDITION_LABELS.items()])
    purpose = Paragraphs(_l("用来做什么？"), most=300, description=_l("会写进存证，大家看得到有人要过案卷。"))

    def chosen(self) -> Edition:
        """The edition."""
        return Edition(self.edition.data)
