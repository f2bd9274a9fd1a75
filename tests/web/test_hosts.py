import pytest

from tests.browser import Browser


@pytest.mark.parametrize("path", ["/", "/healthz", "/assets/app.css", "/no/such/page"])
def test_a_request_for_a_host_that_is_not_ours_is_refused_with_a_page(client: Browser, path: str) -> None:
    answer = client.get(path, base_url="http://elsewhere.example")

    assert answer.status_code == 400
    assert "tel:" in answer.text


def test_a_form_sent_to_a_host_that_is_not_ours_is_refused_with_a_page(client: Browser) -> None:
    answer = client.post("/elder", base_url="http://elsewhere.example", data={"elder": "1"})

    assert answer.status_code == 400
    assert "tel:" in answer.text
