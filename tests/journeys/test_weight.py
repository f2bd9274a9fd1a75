"""Weight: what a page costs over the wire, as Chromium counts it, and when it can be read on a slow phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import CDPSession

from hearing.styleguide import PAGES
from tests.cast import Cast
from tests.journeys.conftest import Measure
from tests.journeys.phone import Phone

KB = 1024
FIRST_VISIT, LATER = 60 * KB, 20 * KB
READABLE = 3000
"""Milliseconds; more than half of the readers do not wait longer."""
SLOW_LINE = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 94_000}
"""1.6 Mbit/s down and 750 kbit/s up, in bytes a second, with 150 ms to the server and back."""
SLOW_PROCESSOR = 4


class Wire:
    """Bytes that came over the wire, heads included, by address."""

    def __init__(self, session: CDPSession) -> None:
        self.bytes: dict[str, int] = {}
        self.packed: dict[str, str] = {}
        self._urls: dict[str, str] = {}
        session.on("Network.responseReceived", self._answered)
        session.on("Network.loadingFinished", self._finished)

    def _answered(self, event: dict[str, dict[str, object]]) -> None:
        url = str(event["response"]["url"])
        self._urls[str(event["requestId"])] = url
        headers = event["response"]["headers"]
        assert isinstance(headers, dict)
        self.packed[url] = next((str(v) for name, v in headers.items() if name.lower() == "content-encoding"), "")

    def _finished(self, event: dict[str, object]) -> None:
        url = self._urls[str(event["requestId"])]
        if not url.startswith("data:"):
            self.bytes[url] = self.bytes.get(url, 0) + int(str(event["encodedDataLength"]))

    @property
    def total(self) -> int:
        """Everything together."""
        return sum(self.bytes.values())


@contextmanager
def listening(phone: Phone) -> Iterator[Wire]:
    """Count what comes over the wire inside."""
    session = phone.context.new_cdp_session(phone.page)
    session.send("Network.enable")
    wire = Wire(session)
    yield wire
    phone.page.wait_for_load_state("networkidle")
    session.detach()


def loaded(phone: Phone, path: str) -> Wire:
    """Open a page and count what it took."""
    with listening(phone) as wire:
        phone.open(path)
        phone.page.wait_for_load_state("networkidle")
    return wire


def kb(size: int) -> str:
    return f"{size / KB:.1f} KB"


@pytest.mark.parametrize("who", ["visitor", "household", "clerk"])
def test_the_first_visit_is_light(phones: Callable[..., Phone], cast: Cast, measured: Measure, who: str) -> None:
    phone = phones()
    if who != "visitor":
        other = phones().enter(cast.ref(1 if who == "household" else "clerk"))
        phone.context.add_cookies(other.context.cookies())  # type: ignore[arg-type]
    wire = loaded(phone, "/desk" if who == "clerk" else "/")
    measured(f"first visit of a {who}", f"{kb(wire.total)} of {kb(FIRST_VISIT)} in {len(wire.bytes)} requests")
    assert wire.total <= FIRST_VISIT, wire.bytes
    assert set(wire.packed.values()) - {""} == {"br"}, wire.packed


def test_later_pages_are_lighter(phones: Callable[..., Phone], measured: Measure) -> None:
    """Also the page with the signature pad, and the longest ones."""
    phone = phones().open("/")
    sizes = {path: loaded(phone, path).total for path in ["/verify", *(f"/styleguide/{name}" for name in PAGES)]}
    heaviest = max(sizes, key=lambda path: sizes[path])
    measured("heaviest later page", f"{kb(sizes[heaviest])} of {kb(LATER)} ({heaviest})")
    assert sizes[heaviest] <= LATER, sizes


def test_nothing_is_fetched_twice(phones: Callable[..., Phone]) -> None:
    phone = phones().open("/")
    fetched = [url for url, size in loaded(phone, "/").bytes.items() if size]
    assert fetched == [f"{phone.base_url}/"], "style sheet, scripts and icons stay with the browser"


def test_the_first_page_can_be_read_soon_on_a_slow_phone(phones: Callable[..., Phone], measured: Measure) -> None:
    times = []
    for _ in range(3):
        phone = phones()
        session = phone.context.new_cdp_session(phone.page)
        session.send("Network.enable")
        session.send("Network.emulateNetworkConditions", SLOW_LINE)
        session.send("Emulation.setCPUThrottlingRate", {"rate": SLOW_PROCESSOR})
        phone.open("/")
        times.append(
            phone.page.evaluate(
                """() => new Promise(done => new PerformanceObserver(list => {
                  const paint = list.getEntries().find(entry => entry.name === 'first-contentful-paint');
                  if (paint) done(paint.startTime);
                }).observe({type: 'paint', buffered: true}))"""
            )
        )
        session.detach()
    measured("home page readable at 1.6 Mbit/s with a four times slower processor", f"{min(times):.0f} ms")
    assert min(times) <= READABLE
