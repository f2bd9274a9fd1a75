"""A phone in somebody's hand: what a person does with it, and what must be true of every page she sees."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple, Self

from playwright.sync_api import Browser, BrowserContext, Error, Locator, Page, Response, Route, expect

OUTPUT = Path(__file__).parents[1] / "output" / "screenshots"
WIDTH, HEIGHT, SMALLEST, TABLET = 360, 740, 320, 768
PATIENCE = 10_000
"""Milliseconds that anything may take."""
REDRAWN = 1_000
"""Milliseconds in which a browser gets its memory back."""


class View(NamedTuple):
    """One way in which a page is looked at."""

    width: int
    elder: bool

    def __str__(self) -> str:
        return f"{self.width} px, {'elder' if self.elder else 'normal'} view"


VIEWS = tuple(View(width, elder) for width in (SMALLEST, TABLET) for elder in (False, True))


@cache
def _axe() -> str:
    """axe-core, as it comes with axe-playwright-python."""
    return files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")


class Phone:
    """One person's phone: 360×740, touch, cookies of its own.

    Steps return the phone, so that a walk reads as one sentence. Whatever the browser complains about (scripts, blocked
    content, requests that failed) is kept in `complaints` and must be empty at the end.
    """

    def __init__(self, browser: Browser, context: BrowserContext, base_url: str, *, script: bool) -> None:
        self.browser, self.context, self.base_url, self.script = browser, context, base_url, script
        self.complaints: list[str] = []
        self.taps = 0
        """How often the person has tapped or typed into something since `enter` or `open`."""
        context.set_default_timeout(PATIENCE)
        context.on("console", lambda said: self._heard(said.type, said.text))
        context.on("weberror", lambda error: self.complaints.append(f"script: {error.error}"))
        context.on("requestfailed", lambda request: self._failed(request.url, request.failure))
        context.on("response", self._answered)
        self.page = context.new_page()

    @classmethod
    @contextmanager
    def held(cls, browser: Browser, base_url: str, *, script: bool = True, language: str = "zh-CN") -> Iterator[Self]:
        """A new phone for the length of the block. Raises AssertionError at its end when the browser complained."""
        context = browser.new_context(
            base_url=base_url,
            viewport={"width": WIDTH, "height": HEIGHT},
            device_scale_factor=2,
            has_touch=True,
            is_mobile=True,
            locale=language,
            timezone_id="Asia/Shanghai",
            java_script_enabled=script,
            reduced_motion="reduce",
        )
        phone = cls(browser, context, base_url, script=script)
        try:
            yield phone
            assert not phone.complaints, "\n".join(phone.complaints)
        finally:
            context.close()

    # --- what a person does

    def enter(self, ref: str) -> Self:
        """Come in as the account with this ref, second factor included."""
        self.open(f"/demo/enter/{ref}")
        self.taps = 0
        return self

    def open(self, path: str, status: int = 200) -> Self:
        """Type an address; the page must answer with `status`."""
        answer = self.page.goto(path)
        assert answer is not None
        assert answer.status == status, f"{path} answers {answer.status}"
        self.taps = 0
        return self

    def tap(self, label: str, *, within: str | None = None) -> Self:
        """Tap the button, link or fold that is called `label`; `within` is the text of the card or row it stands in."""
        self.thing(label, within=within).tap()
        self.taps += 1
        return self.settled()

    def fill(self, label: str, text: str) -> Self:
        """Type into the field with this label."""
        typed = self.page.locator("textarea, input:not([type=radio], [type=checkbox])")
        self.page.get_by_label(label).and_(typed).first.fill(text)
        self.taps += 1
        return self

    def choose(self, label: str) -> Self:
        """Tap an answer card, a box, or an option of a drop-down list."""
        option = self.page.locator("option", has_text=label)
        if option.count():
            chosen = option.first
            chosen.locator("xpath=ancestor::select").select_option(label=(chosen.text_content() or "").strip())
        else:
            card = self.page.locator("label", has_text=label)
            exact = self.page.get_by_text(label, exact=True).and_(self.page.locator("label"))
            (exact if exact.count() else card).first.tap()
        self.taps += 1
        return self

    def sign(self) -> Self:
        """Draw a signature with a finger on the pad; without JavaScript there is none, and this fails."""
        pad = self.page.locator("[data-sign] canvas")
        pad.scroll_into_view_if_needed()
        box = pad.bounding_box()
        assert box, "no pad to sign on"
        finger = self.context.new_cdp_session(self.page)
        for stroke in (((0.2, 0.3), (0.3, 0.5), (0.25, 0.8)), ((0.45, 0.25), (0.5, 0.7), (0.75, 0.45), (0.8, 0.8))):
            dots = [{"x": box["x"] + box["width"] * x, "y": box["y"] + box["height"] * y} for x, y in stroke]
            finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [dots[0]]})
            for dot in dots[1:]:
                finger.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [dot]})
                # At the pace of a hand: a faster one throws the page, and its next tap would only stop it.
                self.page.wait_for_timeout(100)
            finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        finger.detach()
        expect(self.page.locator("[data-sign-state]")).to_have_text(
            self.page.locator("[data-sign-state]").get_attribute("data-signed") or "", timeout=PATIENCE
        )
        self.taps += 1
        return self

    def attach(self, label: str, path: Path) -> Self:
        """Choose a file for the field with this label."""
        self.page.get_by_label(label).and_(self.page.locator("[type=file]")).first.set_input_files(path)
        self.taps += 1
        return self

    def back(self) -> Self:
        """The phone's own Back."""
        self.page.go_back()
        return self.settled()

    # --- what a person sees

    def see(self, *texts: str) -> Self:
        """Each text stands somewhere on the page, visible."""
        for text in texts:
            expect(self.page.get_by_text(text).filter(visible=True).first).to_be_visible(timeout=PATIENCE)
        return self

    def comes(self, *texts: str) -> Self:
        """Each text arrives by itself, without a reload; the page that it changed is looked at again."""
        return self.see(*texts).check()

    def miss(self, *texts: str) -> Self:
        """None of the texts stands on the page, visible or not."""
        words = self.page.locator("body").text_content() or ""
        assert not [text for text in texts if text in words], f"should not be here: {texts}"
        return self

    def thing(self, label: str, *, within: str | None = None) -> Locator:
        """The button, link or fold called `label`: the one called exactly so, otherwise the first that says it."""
        place: Page | Locator = self.page
        if within is not None:
            place = self.page.locator("li, tr, section, article, .card, form", has_text=within).last
        for exact in (True, False):
            named = place.get_by_role("button", name=label, exact=exact).or_(
                place.get_by_role("link", name=label, exact=exact)
            )
            fold = place.locator("summary", has_text=label)
            for found in (named.filter(visible=True), fold):
                if found.count():
                    return found.first
        return named.first  # Waits for it, and says what it waited for.

    @property
    def path(self) -> str:
        """Where the phone is, as a path with its query."""
        return self.page.url.removeprefix(self.base_url)

    def settled(self) -> Self:
        """Wait until the page that a tap led to is there, and htmx has finished."""
        self.page.wait_for_load_state("load")
        if self.script:
            expect(self.page.locator(".htmx-request")).to_have_count(0, timeout=PATIENCE)
        return self

    def screenshot(self, name: str) -> Self:
        """Keep a picture of the whole page in tests/output/screenshots for people to look at."""
        OUTPUT.mkdir(parents=True, exist_ok=True)
        picture = OUTPUT / f"{name}{'' if self.script else '-no-script'}.png"
        try:
            self.page.screenshot(path=picture, full_page=True)
        except Error as error:
            # A browser short of memory drops the surface that it was drawing; the page is whole, and is drawn anew.
            if "Unable to capture screenshot" not in error.message:
                raise
            self.page.wait_for_timeout(REDRAWN)
            self.page.screenshot(path=picture, full_page=True)
        return self

    # --- what must be true of every page

    def check(self) -> Self:
        """The page is accessible and fits.

        axe-core finds nothing at 320 and 768 px, in the normal and the elder view, and nothing scrolls sideways, not
        even at 320 px with text twice as large. The page is looked at as it stands, with what was typed into it;
        afterwards it is as before.
        """
        faults = []
        with _copied(self) as page:
            elder = bool(page.evaluate("document.documentElement.hasAttribute('data-elder')"))
            for view in VIEWS:
                _look(page, view)
                faults += [f"{view}: {fault}" for fault in [*too_wide(page), *violations(page)]]
            _look(page, View(SMALLEST, elder=False))
            with larger_text(page, 2):
                faults += [f"{SMALLEST} px, text at 200 %: {fault}" for fault in too_wide(page)]
            _look(page, View(WIDTH, elder))
        assert not faults, "\n".join([self.path, *faults])
        return self

    def _heard(self, kind: str, text: str) -> None:
        # A page that refuses (422, 404 …) is no fault of the browser's; `open` and the walk look at what it says.
        if kind in {"error", "warning"} and "the server responded with a status of 4" not in text:
            self.complaints.append(f"{kind}: {text}")

    def _failed(self, url: str, failure: str | None) -> None:
        # A download or a tap on the next link ends a request without a fault.
        if failure != "net::ERR_ABORTED":
            self.complaints.append(f"request: {url} {failure}")

    def _answered(self, response: Response) -> None:
        if response.status >= 500:
            self.complaints.append(f"request: {response.url} answers {response.status}")


@contextmanager
def _copied(phone: Phone) -> Iterator[Page]:
    """The phone's page where axe-core can look at it.

    Without JavaScript that is a copy of what the phone shows, in a browser whose only script is axe-core.
    """
    if phone.script:
        yield phone.page
        phone.page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
        return
    url, html = phone.page.url, phone.page.content()
    context = phone.browser.new_context(has_touch=True, is_mobile=True, reduced_motion="reduce")
    try:
        context.add_cookies(phone.context.cookies())  # type: ignore[arg-type]
        context.route("**/*", lambda route: _same(route, url, html))
        page = context.new_page()
        page.goto(url)
        yield page
    finally:
        context.close()


def _same(route: Route, url: str, html: str) -> None:
    """Answer with the copied page, leave scripts out, fetch the rest."""
    if route.request.url == url:
        route.fulfill(body=html, content_type="text/html; charset=utf-8")
    elif route.request.resource_type == "script":
        route.abort()
    else:
        route.continue_()


def _look(page: Page, view: View) -> None:
    page.set_viewport_size({"width": view.width, "height": HEIGHT})
    page.evaluate("elder => document.documentElement.toggleAttribute('data-elder', elder)", view.elder)


def violations(page: Page) -> list[str]:
    """What axe-core finds wrong with the page as it is shown now: rule, and the elements."""
    if not page.evaluate("typeof window.axe === 'object'"):
        page.evaluate(_axe())
    # Only the faults of its long report leave the browser. Style sheets would be fetched for a rule that is off.
    found: list[str] = page.evaluate(
        """() => axe.run({resultTypes: ['violations'], preload: false}).then(({violations}) => violations.map(rule =>
          `${rule.id} (${rule.help}): ${rule.nodes.map(node => node.target.join(' ')).join(', ')}`))"""
    )
    return found


def too_wide(page: Page) -> list[str]:
    """That the page scrolls sideways, and the innermost elements that make it; nothing when it fits."""
    found: list[str] = page.evaluate(
        """() => {
          const root = document.scrollingElement, room = root.clientWidth;
          if (root.scrollWidth <= room) return [];
          const wide = [...document.body.querySelectorAll('*')].filter(e =>
            e.getBoundingClientRect().left + Math.max(e.scrollWidth, e.getBoundingClientRect().width) > room + 1);
          const inner = wide.filter(e => !wide.some(other => other !== e && e.contains(other)));
          return [`scrolls sideways, ${root.scrollWidth} px in ${room} px: ` + inner.slice(0, 5).map(e =>
            `<${e.tagName.toLowerCase()} class="${e.getAttribute('class') || ''}"> ${e.textContent.trim().slice(0, 30)}`
          ).join(', ')];
        }"""
    )
    return found


@contextmanager
def larger_text(page: Page, times: float) -> Iterator[None]:
    """Text `times` as large inside, as if the reader had asked her browser for it."""
    page.evaluate(
        """times => {
          const root = document.documentElement, size = parseFloat(getComputedStyle(root).fontSize);
          root.style.fontSize = `${size * times}px`;
        }""",
        times,
    )
    try:
        yield
    finally:
        page.evaluate("document.documentElement.style.removeProperty('font-size')")


__all__ = ["Error", "Phone", "View", "larger_text", "too_wide", "violations"]
