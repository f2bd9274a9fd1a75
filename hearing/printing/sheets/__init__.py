"""Sheets: each kind of paper, as the data that fills it and the function that prints it."""

from hearing.printing.sheets.ballot import BallotOption, BallotPaper, BallotPapers, ballots
from hearing.printing.sheets.case import CaseFile, Collected, Listing, Version, case_file
from hearing.printing.sheets.consent import (
    Certificate,
    CertificateLine,
    EarlierRecord,
    ManagerConsent,
    Measure,
    Objection,
    Official,
    PartLine,
    Proof,
    RecordList,
    TallyLine,
    certificate,
)
from hearing.printing.sheets.door import Letter, Letters, Slip, Slips, letters, slips
from hearing.printing.sheets.frame import Fact, Frame
from hearing.printing.sheets.meeting import Confirmation, Minutes, SaidAndAnswered, minutes
from hearing.printing.sheets.posting import Notice, Roll, RollLine, Size, notice, roll
from hearing.printing.sheets.rounds import RoundLine, Rounds, rounds

__all__ = [
    "BallotOption",
    "BallotPaper",
    "BallotPapers",
    "CaseFile",
    "Certificate",
    "CertificateLine",
    "Collected",
    "Confirmation",
    "EarlierRecord",
    "Fact",
    "Frame",
    "Letter",
    "Letters",
    "Listing",
    "ManagerConsent",
    "Measure",
    "Minutes",
    "Notice",
    "Objection",
    "Official",
    "PartLine",
    "Proof",
    "RecordList",
    "Roll",
    "RollLine",
    "RoundLine",
    "Rounds",
    "SaidAndAnswered",
    "Size",
    "Slip",
    "Slips",
    "TallyLine",
    "Version",
    "ballots",
    "case_file",
    "certificate",
    "letters",
    "minutes",
    "notice",
    "roll",
    "rounds",
    "slips",
]
