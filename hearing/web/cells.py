"""Cells: text in a file that a spreadsheet opens."""


def safe_cell(text: str) -> str:
    """Text that a spreadsheet takes for text: a sign that would begin a formula gets an apostrophe before it.

    Full-width signs count as well, for spreadsheets read them as the plain ones.
    """
    dangerous = text[:1] in _LINE_SIGNS or text.lstrip()[:1] in _FORMULA_SIGNS
    return f"'{text}" if dangerous and text.strip() else text


_FORMULA_SIGNS = frozenset("=+-@＝＋－＠")
_LINE_SIGNS = frozenset("\t\r\n")
