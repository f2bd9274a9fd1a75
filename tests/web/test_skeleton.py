"""The bare building: health, headers, unknown pages."""

from tests.browser import Browser


def test_a_process_that_answers_and_reaches_its_database(client: Browser) -> None:
    assert client.get("/healthz").text == "ok\n"
    assert client.get("/readyz").text == "ready\n"
