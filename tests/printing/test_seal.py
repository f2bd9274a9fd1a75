"""The office's seal: valid as others see it, broken by one byte, and never left out where it was promised."""

from __future__ import annotations

import builtins
import dataclasses
import io
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12
from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from pypdf import PdfReader

from hearing.audit import doctor
from hearing.cli import main
from hearing.config import Mode, Settings
from hearing.printing import seal, sheets
from hearing.printing.seal import SealExpired, SealTrouble
from tests.printing import papers

NOW = datetime.now(UTC)
OWNER = "天津路居民委员会"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An installation with a seal for trying out."""
    plain = Settings(mode=Mode.TESTING, data_dir=tmp_path)
    path = seal.make_trial(plain, OWNER, NOW)
    return dataclasses.replace(plain, seal_file=str(path))


@pytest.fixture(scope="module")
def pdf() -> bytes:
    """A certificate as ours are, whose foot says whose seal it carries."""
    return sheets.certificate(papers.certificate(3, frame=papers.frame(sealed_by=OWNER)), NOW)


def status(data: bytes, settings: Settings) -> Any:
    """What pyHanko's own validator says, which trusts this certificate as a root and no other."""
    _key, certificate, _more = pkcs12.load_key_and_certificates(
        Path(settings.seal_file).read_bytes(), (settings.keys_dir / "seal.password").read_bytes()
    )
    assert certificate is not None
    root = settings.data_dir / "root.der"
    root.write_bytes(certificate.public_bytes(Encoding.DER))
    trusted = load_cert_from_pemder(str(root))  # type: ignore[no-untyped-call]
    context = ValidationContext(trust_roots=[trusted], allow_fetching=False)
    return validate_pdf_signature(PdfFileReader(io.BytesIO(data)).embedded_signatures[0], context)


def sealed(settings: Settings, pdf: bytes) -> bytes:
    found = seal.of(settings)
    assert found is not None
    return found.set_on(pdf, NOW)


def test_a_sealed_paper_is_intact_and_valid(settings: Settings, pdf: bytes) -> None:
    data = sealed(settings, pdf)
    said = status(data, settings)
    assert (said.intact, said.valid, said.trusted, said.bottom_line) == (True, True, True, True)
    assert said.md_algorithm == "sha256"
    assert data.startswith(pdf), "what was printed stays as it was"
    assert len(data) - len(pdf) < 40_000
    assert b"/ETSI.CAdES.detached" in data


def test_one_flipped_byte_breaks_it(settings: Settings, pdf: bytes) -> None:
    data = bytearray(sealed(settings, pdf))
    place = data.find(b"stream", 2000) + 40
    data[place] ^= 1
    assert not status(bytes(data), settings).intact


def test_pdfsig_of_poppler_says_valid(settings: Settings, pdf: bytes, tmp_path: Path) -> None:
    file = tmp_path / "sealed.pdf"
    file.write_bytes(sealed(settings, pdf))
    said = subprocess.run(["pdfsig", "-nocert", str(file)], capture_output=True, text=True, check=False).stdout
    assert "Signature is Valid." in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said


def test_the_paper_says_whose_seal_it_carries(settings: Settings, pdf: bytes) -> None:
    found = seal.of(settings)
    assert found is not None
    assert (found.owner, found.trial) == (OWNER, True)
    text = PdfReader(io.BytesIO(sealed(settings, pdf))).pages[0].extract_text()
    assert f"本文件带电子印章（PAdES）：{OWNER}" in text


def test_without_a_setting_nothing_changes(tmp_path: Path) -> None:
    assert seal.of(Settings(mode=Mode.TESTING, data_dir=tmp_path)) is None


# ---- what cannot be sealed


def expired(settings: Settings) -> Settings:
    """The same with a certificate of three years ago."""
    (settings.keys_dir / "seal.p12").unlink()
    seal.make_trial(settings, OWNER, NOW - timedelta(days=1000))
    return settings


def test_an_expired_certificate_seals_nothing(settings: Settings, pdf: bytes) -> None:
    found = seal.of(expired(settings))
    assert found is not None
    with pytest.raises(SealExpired, match="good from"):
        found.set_on(pdf, NOW)


def test_a_wrong_password_says_so_and_names_it_not(settings: Settings) -> None:
    wrong = dataclasses.replace(settings, seal_password="geheim")
    with pytest.raises(SealTrouble, match="HEARING_SEAL_PASSWORD is wrong") as trouble:
        seal.of(wrong)
    assert "geheim" not in str(trouble.value)


@pytest.mark.parametrize("content", [b"", b"not a key", b"\x30\x82"])
def test_a_file_that_is_no_seal_says_so(settings: Settings, content: bytes) -> None:
    Path(settings.seal_file).write_bytes(content)
    with pytest.raises(SealTrouble, match="HEARING_SEAL_FILE"):
        seal.of(settings)


def test_a_missing_file_says_so(settings: Settings) -> None:
    Path(settings.seal_file).unlink()
    with pytest.raises(SealTrouble, match="cannot be read"):
        seal.of(settings)


def test_a_missing_library_says_what_to_install(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    known = builtins.__import__

    def without(name: str, *args: Any, **kwargs: Any) -> Any:
        if name.startswith("pyhanko"):
            raise ImportError(name)
        return known(name, *args, **kwargs)

    for name in [name for name in sys.modules if name.startswith("pyhanko")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(SealTrouble, match=r"hearing\[seal\]"):
        seal.of(settings)


def test_a_seal_is_never_replaced_by_mistake(settings: Settings) -> None:
    with pytest.raises(SealTrouble, match="there already"):
        seal.make_trial(settings, OWNER, NOW)


def test_its_files_are_nobody_elses(settings: Settings) -> None:
    for name in ("seal.p12", "seal.password"):
        assert (settings.keys_dir / name).stat().st_mode & 0o77 == 0


# ---- the command and the doctor


def test_the_command_makes_one_for_trying_out(tmp_path: Path) -> None:
    environment = {"HEARING_MODE": "testing", "HEARING_DATA_DIR": str(tmp_path)}
    done = CliRunner().invoke(main, ["seal", "new", "--name", OWNER], env=environment)
    assert done.exit_code == 0, done.output
    assert "HEARING_SEAL_FILE=" in done.output
    assert "没有法律效力" in done.output
    again = CliRunner().invoke(main, ["seal", "new", "--name", OWNER], env=environment)
    assert again.exit_code == 1
    assert "there already" in again.output


def test_a_server_does_not_start_with_a_seal_that_does_not_open(settings: Settings) -> None:
    environment = {
        "HEARING_MODE": "testing",
        "HEARING_DATA_DIR": str(settings.data_dir),
        "HEARING_SEAL_FILE": settings.seal_file,
        "HEARING_SEAL_PASSWORD": "wrong",
    }
    done = CliRunner().invoke(main, ["serve", "--bind", "127.0.0.1:0"], env=environment)
    assert done.exit_code == 1
    assert "HEARING_SEAL_PASSWORD is wrong" in done.output


@pytest.mark.parametrize("old", [False, True])
def test_the_doctor_looks_at_it(settings: Settings, old: bool) -> None:
    lines = list(doctor._seal(expired(settings) if old else settings))
    assert [line.health for line in lines] == [doctor.Health.BAD if old else doctor.Health.WARNING]
    assert not list(doctor._seal(dataclasses.replace(settings, seal_file="")))
