"""Sheets: each kind of paper, as the data that fills it and the function that prints it."""

from hearing.printing.sheets.consent import (
    Certificate,
    CertificateLine,
    EarlierRecord,
    ManagerConsent,
    Measure,
    Objection,
    Proof,
    TallyLine,
    certificate,
)
from hearing.printing.sheets.door import Letter, Letters, Slip, Slips, letters, slips
from hearing.printing.sheets.frame import Fact, Frame
from hearing.printing.sheets.meeting import Confirmation, Minutes, SaidAndAnswered, minutes
from hearing.printing.sheets.posting import Notice, Roll, RollLine, Size, notice, roll
from hearing.printing.sheets.rounds import RoundLine, Rounds, rounds

__all__ = [
    "Certificate",
    "CertificateLine",
    "Confirmation",
    "EarlierRecord",
    "Fact",
    "Frame",
    "Letter",
    "Letters",
    "ManagerConsent",
    "Measure",
    "Minutes",
    "Notice",
    "Objection",
    "Proof",
    "Roll",
    "RollLine",
    "RoundLine",
    "Rounds",
    "SaidAndAnswered",
    "Size",
    "Slip",
    "Slips",
    "TallyLine",
    "certificate",
    "letters",
    "minutes",
    "notice",
    "roll",
    "rounds",
    "slips",
]
