"""Forms of works: the next stage, a paper, whose move it is, photos, a correction, and the building group."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from hearing.web.forms import Choice, Day, Form, Line, Paragraphs
from hearing.web.uploads import Document, Documents, Pictures
from hearing.works import rules
from hearing.works.actions import Files, Said
from hearing.works.queries import Candidate

MENDED, TAKEN_BACK = "mended", "taken_back"

_PARTIES = [(party.value, _l(label)) for party, label in rules.PARTY_LABELS.items()]
_REFERENCE = _l("照原件写，例如“黄发改〔2026〕18号”。不写人名。按规定免办的，写“免办”和依据。")


class StageForm(Form):
    """The next stage: on which day, who moves next, on what evidence."""

    day = Day(_l("从哪天开始？"))
    party = Choice(_l("下一步轮到谁？"), _PARTIES)
    documents = Documents(_l("凭证"), most=3, description=_l("批文、开工报告、验收单的照片或 PDF。"))
    before = Pictures(_l("施工前的照片"), most=2, description=_l("邻居都看得到。不要拍到人脸、车牌。"))
    after = Pictures(_l("完工后的照片"), most=2, description=_l("邻居都看得到。不要拍到人脸、车牌。"))
    note = Paragraphs(_l("说明"), most=600, required=False, description=_l("只有办事的人看得到。"))

    def said(self) -> Said:
        """What was typed and chosen."""
        return Said(day=self.day.day, party=rules.Party(self.party.data), note=self.note.data or "")

    def files(self) -> Files:
        """What was handed in."""
        return Files(documents=self.documents.pictures, before=self.before.pictures, after=self.after.pictures)


class PaperForm(Form):
    """A paper from outside."""

    paper = SelectField(
        _l("什么材料？"),
        choices=[SelectChoice(value=paper.value, label=_l(words)) for paper, words in rules.PAPER_LABELS.items()],
    )
    reference = Line(_l("文号"), most=120, description=_REFERENCE)
    issuer = Line(_l("哪里发的？"), most=120, required=False)
    day = Day(_l("原件上的日期"))
    documents = Documents(_l("原件"), most=4, required=True, description=_l("照片或 PDF。只有办事的人和小组看得到。"))
    note = Paragraphs(_l("说明"), most=600, required=False, description=_l("只有办事的人看得到。"))

    def kind(self) -> rules.Paper:
        """The kind of paper."""
        return rules.Paper(self.paper.data)

    def said(self) -> Said:
        """What was typed."""
        return Said(
            day=self.day.day,
            reference=self.reference.data or "",
            issuer=self.issuer.data or "",
            note=self.note.data or "",
        )


class TurnForm(Form):
    """Whose move it is."""

    party = Choice(_l("现在轮到谁？"), _PARTIES)
    day = Day(_l("从哪天起？"))
    note = Paragraphs(_l("要办什么？"), most=600, required=False, description=_l("只有办事的人看得到。"))

    def who(self) -> rules.Party:
        """Who moves."""
        return rules.Party(self.party.data)

    def said(self) -> Said:
        """What was typed."""
        return Said(day=self.day.day, note=self.note.data or "")


class PhotosForm(Form):
    """Photos of before and after the works."""

    day = Day(_l("哪天拍的？"))
    before = Pictures(_l("施工前的照片"), most=3, description=_l("邻居都看得到。不要拍到人脸、车牌。"))
    after = Pictures(_l("完工后的照片"), most=3, description=_l("邻居都看得到。不要拍到人脸、车牌。"))

    def said(self) -> Said:
        """What was typed."""
        return Said(day=self.day.day)

    def files(self) -> Files:
        """The photos."""
        return Files(before=self.before.pictures, after=self.after.pictures)


class CorrectionForm(Form):
    """How an event was really, or that it did not happen. A kind of event leaves the fields out that it has not."""

    word = Choice(_l("怎样更正？"), [(MENDED, _l("改成下面这样")), (TAKEN_BACK, _l("没有这回事，撤销"))])
    day = Day(_l("日期"))
    reference = Line(_l("文号"), most=120, required=False, description=_REFERENCE)
    issuer = Line(_l("哪里发的？"), most=120, required=False)
    party = Choice(_l("轮到谁？"), _PARTIES, required=False)
    documents = Documents(_l("凭证"), most=3, description=_l("原来的凭证还留着，这里可以补。"))
    reason = Paragraphs(_l("为什么更正？"), most=600, description=_l("只有办事的人看得到；大家看得到更正过。"))

    def fill(self, entry: rules.Entry) -> None:
        """Put what stands into an empty form."""
        self.day.data = entry.day.isoformat()
        self.reference.data, self.issuer.data = entry.reference, entry.issuer
        self.party.data = entry.party.value if entry.party is not None else None

    @property
    def takes_back(self) -> bool:
        """Whether the event did not happen."""
        return bool(self.word.data == TAKEN_BACK)

    def said(self) -> Said:
        """What was typed and chosen."""
        return Said(
            day=self.day.day,
            party=rules.Party(self.party.data) if self.party.data else None,
            reference=self.reference.data or "",
            issuer=self.issuer.data or "",
            note=self.reason.data or "",
        )


class SeatForm(Form):
    """Who was chosen into which office."""

    role = Choice(_l("什么职务？"), [(role.value, _l(label)) for role, label in rules.GROUP_LABELS.items()])
    place = SelectField(_l("哪一户的谁？"))
    day = Day(_l("哪天选定的？"))
    paper = Document(_l("推选记录"), required=True, description=_l("会议记录或者签名单的照片或 PDF。"))

    def offer(self, people: Sequence[Candidate]) -> SeatForm:
        """Offer the holders of the house."""
        self._people = {f"{each.unit_id}-{each.holder_id}": each for each in people}
        self.place.choices = [(key, f"{each.door} {each.person.name}") for key, each in self._people.items()]
        return self

    def office(self) -> rules.GroupRole:
        """The office."""
        return rules.GroupRole(self.role.data)

    def chosen(self) -> tuple[int, int]:
        """The flat and the holder."""
        found = self._people[self.place.data]
        return found.unit_id, found.holder_id


class EndSeatForm(Form):
    """That somebody left an office, why, and since when."""

    why = Choice(_l("为什么卸任？"), [(why.value, _l(label)) for why, label in rules.ENDING_LABELS.items()])
    day = Day(_l("哪天卸任的？"))
    note = Paragraphs(_l("说明"), most=600, required=False, description=_l("登记有误的，要写错在哪里。"))
    paper = Document(_l("凭证"), description=_l("辞任书或者改选记录的照片或 PDF。"))

    def ending(self) -> rules.Ending:
        """Why."""
        return rules.Ending(self.why.data)
