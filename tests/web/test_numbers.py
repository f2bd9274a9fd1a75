"""Numbers in addresses: what a query may ask for, and what no database would take."""

import pytest
from flask import Flask

from hearing.web.numbers import LARGEST, asked_number


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ("", 0),
        ("?from=", 0),
        ("?from=7", 7),
        ("?from=-3", 0),
        ("?from=1e3", 0),
        ("?from=七", 0),
        (f"?from={10**40}", LARGEST),
    ],
)
def test_a_query_asks_for_a_number_that_a_database_takes(app: Flask, query: str, number: int) -> None:
    with app.test_request_context(f"/{query}"):
        assert asked_number("from") == number
