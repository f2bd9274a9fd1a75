"""Figures: exact numbers of a record as people read them, rounded half up and only here."""

from fractions import Fraction
from math import floor

HUNDRED = 100


def fen(amount: Fraction | str | int, unit: int) -> int:
    """An amount in smallest units as whole 分, half up; `unit` of them are one yuan."""
    return rounded(Fraction(amount) * HUNDRED / unit)


def rounded(value: Fraction) -> int:
    """The nearest whole number; exactly between two, the larger."""
    return floor(value + Fraction(1, 2))


def decimal(value: Fraction | str | int, places: int = 2) -> str:
    """A number with so many decimals; none where they would all be 0."""
    scale = 10**places
    whole, part = divmod(rounded(Fraction(value) * scale), scale)
    return f"{whole:,}.{part:0{places}}" if part else f"{whole:,}"


def percent(part: int, whole: int) -> str:
    """Part of a whole as a percentage with one decimal; of nothing, 0."""
    return decimal(Fraction(part * HUNDRED, whole), 1) if whole else "0"
