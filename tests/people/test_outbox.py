"""The outbox and its gateways, against a real HTTP server and a real SMTP server."""

from __future__ import annotations

import json
import socketserver
import ssl
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from flask import Flask
from sqlalchemy import func, select
from structlog.testing import capture_logs

from hearing import clock
from hearing.audit.ledger import keep
from hearing.config import Mode, Settings
from hearing.db import db
from hearing.people import gateways, outbox, tidying
from hearing.people.gateways import NotSent
from hearing.people.models import Account, Arrival, Message, OneTimeCode
from tests.browser import Browser
from tests.cast import Cast
from tests.people import steps

TEXT = "有新事项，请看 http://127.0.0.1:8000/me"
PHONE = "14100012345"


@dataclass
class Service:
    """A text-message service that answers as told and remembers what it was sent."""

    statuses: list[int] = field(default_factory=list)
    taken: list[tuple[dict[str, str], Any]] = field(default_factory=list)
    url: str = ""
    hurdle: threading.Barrier | None = None


@contextmanager
def sms_service() -> Iterator[Service]:
    service = Service()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            service.taken.append(({key.lower(): value for key, value in self.headers.items()}, json.loads(body)))
            status = service.statuses.pop(0) if service.statuses else 200
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST  # noqa: N815 - the name that the library asks for

        def log_message(self, *_args: object) -> None:
            """Stay silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    service.url = f"http://127.0.0.1:{server.server_port}/v1/send?from=hearing"
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class MailServer:
    """An SMTP server that remembers letters, who logged in, and whether TLS was spoken."""

    port: int = 0
    letters: list[str] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    tls: list[bool] = field(default_factory=list)
    refuses: str = ""


@contextmanager
def mail_server(context: ssl.SSLContext | None, *, starttls: bool = False) -> Iterator[MailServer]:
    mail = MailServer()

    class Handler(socketserver.StreamRequestHandler):
        def setup(self) -> None:
            self.secure = context is not None and not starttls
            if self.secure and context is not None:
                self.request = context.wrap_socket(self.request, server_side=True)
            super().setup()

        def say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())
            self.wfile.flush()

        def handle(self) -> None:
            self.say("220 test")
            while line := self.rfile.readline().decode().strip():
                verb = line.split()[0].upper()
                if verb == "EHLO":
                    offers = ["250-test"] + (["250-STARTTLS"] if starttls and not self.secure else [])
                    for offer in offers:
                        self.say(offer)
                    self.say("250 AUTH PLAIN")
                elif verb == "STARTTLS" and context is not None:
                    self.say("220 go")
                    self.request = context.wrap_socket(self.request, server_side=True)
                    self.secure = True
                    self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb")
                elif verb == "AUTH":
                    mail.logins.append(line)
                    self.say("235 in")
                elif verb == "RCPT" and mail.refuses:
                    self.say(mail.refuses)
                elif verb == "DATA":
                    self.say("354 go")
                    body = []
                    while (part := self.rfile.readline().decode()) != ".\r\n":
                        body.append(part)
                    mail.letters.append("".join(body))
                    mail.tls.append(self.secure)
                    self.say("250 taken")
                elif verb == "QUIT":
                    self.say("221 bye")
                    return
                else:
                    self.say("250 ok")

        def finish(self) -> None:
            super().finish()
            self.request.close()

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True

        def handle_error(self, *_args: object) -> None:
            """A client that does not trust us hangs up; that is what is tested."""

    server = Server(("127.0.0.1", 0), Handler)
    mail.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield mail
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    today = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("certificate") / "server.pem"
    pem = serialization.Encoding.PEM
    plain = serialization.PrivateFormat.PKCS8
    path.write_bytes(made.public_bytes(pem) + key.private_bytes(pem, plain, serialization.NoEncryption()))
    return path


@pytest.fixture
def context(certificate: Path) -> ssl.SSLContext:
    """The server's side of TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def settings_for(app: Flask, **changes: Any) -> Settings:
    """A production installation's settings on the test's database."""
    settings: Settings = app.extensions["settings"]
    return replace(settings, mode=Mode.PRODUCTION, **changes)


def put(app: Flask, count: int = 1, channel: str = outbox.SMS, recipient: str = PHONE) -> None:
    with app.app_context():
        for number in range(count):
            keep(outbox.write, db.session, channel, recipient, f"{TEXT}?{number}")


def states(app: Flask) -> list[tuple[str, int, str]]:
    with app.app_context():
        rows = db.session.execute(select(Message.state, Message.tries, Message.text).order_by(Message.id))
        return [(row.state, row.tries, row.text) for row in rows]


def deliver(app: Flask, settings: Settings, limit: int = 20) -> int:
    with app.app_context():
        return outbox.deliver_due(settings, limit)


def test_a_text_message_goes_out_once_with_the_token_and_is_then_erased(app: Flask) -> None:
    with sms_service() as service:
        settings = settings_for(app, sms_url=service.url, sms_token="s3cret")
        put(app)
        assert deliver(app, settings) == 1
        assert deliver(app, settings) == 0
    assert len(service.taken) == 1
    headers, body = service.taken[0]
    assert headers["authorization"] == "Bearer s3cret"
    assert body == {"to": PHONE, "text": f"{TEXT}?0"}
    assert states(app) == [("sent", 1, "")]


def test_a_gateway_that_fails_is_tried_again_after_a_pause_and_then_given_up(app: Flask) -> None:
    with sms_service() as service, capture_logs() as logged:
        settings = settings_for(app, sms_url=service.url, sms_token="s3cret")
        put(app)
        service.statuses = [503] * 10
        spent = timedelta(0)
        for tries, pause in enumerate(outbox.BACK_OFF, 1):
            assert deliver(app, settings) == 0
            assert states(app)[0][:2] == ("waiting", tries)
            clock.shift(spent + pause - timedelta(seconds=2))
            assert deliver(app, settings) == 0
            assert states(app)[0][1] == tries
            spent += pause + timedelta(seconds=2)
            clock.shift(spent)
        assert deliver(app, settings) == 0
    assert states(app) == [("failed", len(outbox.BACK_OFF) + 1, "")]
    assert [entry["why"] for entry in logged] == ["HTTP 503"] * (len(outbox.BACK_OFF) + 1)
    said = json.dumps(logged, ensure_ascii=False)
    assert not any(secret in said for secret in (PHONE, "有新事项", "s3cret"))


@pytest.mark.parametrize(
    ("status", "state"), [(400, "failed"), (403, "failed"), (429, "waiting"), (500, "waiting"), (302, "waiting")]
)
def test_what_will_not_get_better_is_not_tried_again(app: Flask, status: int, state: str) -> None:
    with sms_service() as service:
        service.statuses = [status]
        put(app)
        assert deliver(app, settings_for(app, sms_url=service.url)) == 0
        assert len(service.taken) == 1  # A redirect is not followed: the token stays at home.
    assert states(app)[0][0] == state


def test_a_gateway_that_does_not_answer_is_tried_again(app: Flask) -> None:
    with sms_service() as service:
        gone = service.url
    put(app)
    assert deliver(app, settings_for(app, sms_url=gone)) == 0
    assert states(app)[0][:2] == ("waiting", 1)


def test_a_slow_gateway_is_left_after_the_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateways, "TIMEOUT", 0.2)
    with socketserver.TCPServer(("127.0.0.1", 0), socketserver.BaseRequestHandler) as silent:
        gateway = gateways.HttpSms(f"http://127.0.0.1:{silent.server_address[1]}/", "x")
        with pytest.raises(NotSent, match="TimeoutError"):
            gateway.send(PHONE, TEXT)


def test_messages_of_a_channel_without_a_gateway_are_kept(app: Flask) -> None:
    put(app)
    put(app, channel=outbox.MAIL, recipient="a@example.org")
    assert deliver(app, settings_for(app)) == 0
    assert [row[:2] for row in states(app)] == [("waiting", 0), ("waiting", 0)]


def test_a_code_that_is_of_no_more_use_is_not_sent(app: Flask, client: Browser, cast: Cast) -> None:
    steps.ask(client, steps.phone_of(app, cast.ref(7)))
    steps.later(minutes=10, seconds=1)
    with sms_service() as service:
        assert deliver(app, settings_for(app, sms_url=service.url)) == 0
    assert service.taken == []
    assert states(app) == [("failed", 0, "")]


def test_workers_side_by_side_send_each_message_once(app: Flask) -> None:
    put(app, 60)
    with sms_service() as service:
        settings = settings_for(app, sms_url=service.url)
        start = threading.Barrier(6)

        def work() -> int:
            start.wait()
            return sum(deliver(app, settings, 5) for _ in range(12))

        with ThreadPoolExecutor(6) as pool:
            total = sum(worker.result() for worker in [pool.submit(work) for _ in range(6)])
        total += deliver(app, settings, 60)
    texts = [body["text"] for _, body in service.taken]
    assert len(texts) == len(set(texts)) == total == 60
    assert {row[0] for row in states(app)} == {"sent"}


def test_a_message_of_a_worker_that_died_is_taken_up_after_the_lease(app: Flask) -> None:
    put(app)
    with app.app_context():
        assert len(keep(outbox._take, [outbox.SMS], 20)) == 1
    with sms_service() as service:
        settings = settings_for(app, sms_url=service.url)
        assert deliver(app, settings) == 0
        clock.shift(outbox.LEASE + timedelta(seconds=1))
        assert deliver(app, settings) == 1
    assert len(service.taken) == 1


def test_nothing_goes_out_for_an_act_that_was_undone(app: Flask) -> None:
    with app.app_context():
        outbox.write(db.session, outbox.SMS, PHONE, TEXT)
        db.session.rollback()
    with sms_service() as service:
        assert deliver(app, settings_for(app, sms_url=service.url)) == 0
    assert service.taken == []


def test_a_demo_prints_its_messages_and_shows_them(
    app: Flask, client: Browser, cast: Cast, capfd: pytest.CaptureFixture[str]
) -> None:
    phone = steps.phone_of(app, cast.ref(7))
    steps.ask(client, phone)
    assert deliver(app, app.extensions["settings"]) == 1
    code = steps.code_for(app, phone)
    assert code in capfd.readouterr().out
    inbox = client.get("/demo/inbox")
    assert code in inbox.text


def test_messages_are_written_in_the_readers_language(app: Flask, cast: Cast) -> None:
    with app.app_context():
        account = db.session.scalars(select(Account).where(Account.ref == cast.ref(7))).one()
        account.phone, account.email = None, "chen@example.org"
        outbox.tell(db.session, account, "有新事项 %(url)s", path="/me")
        message = db.session.scalars(select(Message)).one()
        assert (message.channel, message.recipient) == ("mail", "chen@example.org")
        assert message.text == "有新事项 http://127.0.0.1:8000/me"
        account.email = ""
        outbox.tell(db.session, account, "有新事项 %(url)s")
        assert db.session.scalar(select(func.count(Message.id))) == 1
        db.session.rollback()


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_mail_goes_out_over_tls(
    app: Flask, context: ssl.SSLContext, certificate: Path, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with mail_server(context, starttls=scheme == "smtp") as mail:
        url = f"{scheme}://clerk:p%40ss@127.0.0.1:{mail.port}"
        put(app, channel=outbox.MAIL, recipient="chen@example.org")
        assert deliver(app, settings_for(app, smtp_url=url, mail_from="office@example.org")) == 1
    assert mail.tls == [True]
    assert len(mail.logins) == 1
    assert "To: chen@example.org" in mail.letters[0]
    assert "From: office@example.org" in mail.letters[0]
    assert states(app)[0][0] == "sent"


def test_a_server_without_a_trusted_certificate_gets_no_mail(app: Flask, context: ssl.SSLContext) -> None:
    with mail_server(context) as mail:
        put(app, channel=outbox.MAIL, recipient="chen@example.org")
        url = f"smtps://clerk:pass@127.0.0.1:{mail.port}"
        assert deliver(app, settings_for(app, smtp_url=url, mail_from="office@example.org")) == 0
    assert mail.letters == mail.logins == []
    assert states(app)[0][:2] == ("waiting", 1)


def test_mail_without_tls_stays_on_this_host(monkeypatch: pytest.MonkeyPatch) -> None:
    with mail_server(None) as mail:
        gateway = gateways.Smtp(f"smtp://127.0.0.1:{mail.port}", "office@example.org")
        gateway.send("chen@example.org", TEXT)
        monkeypatch.setattr(gateways, "_is_this_host", lambda _host: False)
        with pytest.raises(NotSent, match="no STARTTLS"):
            gateway.send("chen@example.org", TEXT)
    assert len(mail.letters) == 1


def test_a_refused_recipient_and_a_bad_address_are_given_up(app: Flask) -> None:
    with mail_server(None) as mail:
        mail.refuses = "550 nobody here"
        settings = settings_for(app, smtp_url=f"smtp://127.0.0.1:{mail.port}", mail_from="office@example.org")
        put(app, channel=outbox.MAIL, recipient="gone@example.org")
        put(app, channel=outbox.MAIL, recipient="a@example.org\nBcc: b@example.org")
        assert deliver(app, settings) == 0
        mail.refuses = "450 later"
        put(app, channel=outbox.MAIL, recipient="slow@example.org")
        assert deliver(app, settings) == 0
    assert [row[0] for row in states(app)] == ["failed", "failed", "waiting"]
    assert mail.letters == []


def test_old_codes_and_messages_are_forgotten(app: Flask, client: Browser, cast: Cast) -> None:
    steps.ask(client, steps.phone_of(app, cast.ref(7)))
    assert deliver(app, app.extensions["settings"]) == 1
    tables = (OneTimeCode, Arrival, Message)
    left = []
    for days in (1, 3, 31):
        steps.later(days=days)
        with app.app_context():
            tidying.tidy()
            left.append([db.session.scalar(select(func.count(table.id))) for table in tables])
    assert left == [[1, 1, 1], [0, 0, 1], [0, 0, 0]]
