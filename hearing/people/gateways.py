"""Gateways: the ways out for messages: the console of a demo, an HTTP service for text messages, an SMTP server."""

from __future__ import annotations

import json
import smtplib
import ssl
import sys
from collections.abc import Mapping
from email.message import EmailMessage
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

from hearing.config import Settings

TIMEOUT = 10
"""Seconds that a gateway has to answer."""
SUBJECT = "居民议事：有新事项 · News from your neighbourhood"
"""The same for every message and every reader: a subject line is read over shoulders."""


class NotSent(Exception):
    """A message did not go out. Its words name the kind of failure only, never the recipient or the text."""

    def __init__(self, why: str, *, for_good: bool = False) -> None:
        super().__init__(why)
        self.for_good = for_good


class Console:
    """Prints messages, for a demo on one's own computer."""

    def send(self, recipient: str, text: str) -> None:
        """Print the message."""
        sys.stdout.write(f"\n✉ {recipient}\n  {text}\n")
        sys.stdout.flush()


class HttpSms:
    """POSTs {"to", "text"} as JSON with a bearer token; any 2xx means taken.

    A 4xx other than 408, 425 and 429 will not get better by trying again. Redirects are not followed: a token goes to
    the address of the settings and nowhere else.
    """

    def __init__(self, url: str, token: str) -> None:
        self._url, self._token = urlsplit(url), token

    def send(self, recipient: str, text: str) -> None:
        """Hand the message to the service. Raises NotSent."""
        kind = HTTPSConnection if self._url.scheme == "https" else HTTPConnection
        connection = kind(self._url.hostname or "", self._url.port, timeout=TIMEOUT)
        headers = {"Content-Type": "application/json; charset=utf-8", "Authorization": f"Bearer {self._token}"}
        body = json.dumps({"to": recipient, "text": text}, ensure_ascii=False).encode()
        path = (self._url.path or "/") + (f"?{self._url.query}" if self._url.query else "")
        try:
            connection.request("POST", path, body, headers)
            status = connection.getresponse().status
        except (OSError, HTTPException) as error:
            raise NotSent(type(error).__name__) from None
        finally:
            connection.close()
        if not 200 <= status < 300:
            raise NotSent(f"HTTP {status}", for_good=400 <= status < 500 and status not in (408, 425, 429))


class Smtp:
    """Sends mail: smtps:// speaks TLS from the first byte, smtp:// after STARTTLS, in the clear to this host alone."""

    def __init__(self, url: str, sender: str) -> None:
        self._url, self._sender = urlsplit(url), sender

    def send(self, recipient: str, text: str) -> None:
        """Hand the message to the server. Raises NotSent."""
        letter = EmailMessage()
        try:
            letter["From"], letter["To"] = self._sender, recipient
        except ValueError:
            raise NotSent("bad address", for_good=True) from None
        letter["Subject"] = SUBJECT
        letter.set_content(text)
        try:
            with self._connect() as server:
                if self._url.username:
                    server.login(unquote(self._url.username), unquote(self._url.password or ""))
                server.send_message(letter)
        except smtplib.SMTPRecipientsRefused as error:
            refused = all(500 <= code < 600 for code, _ in error.recipients.values())
            raise NotSent("recipient refused", for_good=refused) from None
        except (OSError, smtplib.SMTPException) as error:
            raise NotSent(type(error).__name__) from None

    def _connect(self) -> smtplib.SMTP:
        host = self._url.hostname or ""
        context = ssl.create_default_context()
        if self._url.scheme == "smtps":
            return smtplib.SMTP_SSL(host, self._url.port or 465, timeout=TIMEOUT, context=context)
        server = smtplib.SMTP(host, self._url.port or 587, timeout=TIMEOUT)
        try:
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls(context=context)
            elif not _is_this_host(host):
                raise NotSent("no STARTTLS")
        except BaseException:
            server.close()
            raise
        return server


def of(settings: Settings) -> Mapping[str, Console | HttpSms | Smtp]:
    """The gateways of an installation by channel; a channel without one keeps its messages."""
    ways: dict[str, Console | HttpSms | Smtp] = {}
    if settings.is_demo:
        ways = {"sms": Console(), "mail": Console()}
    if settings.sms_url:
        ways["sms"] = HttpSms(settings.sms_url, settings.sms_token)
    if settings.smtp_url:
        ways["mail"] = Smtp(settings.smtp_url, settings.mail_from)
    return ways


def _is_this_host(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
