"""Seal 电子印章: the office's digital signature on a PDF (PAdES, baseline B), where an installation has a certificate.

The key and its certificate stand in a PKCS#12 file. Who set one up has promised a seal: a PDF that should carry it and
cannot is not handed out without. The library comes with the extra `hearing[seal]`.
"""

from __future__ import annotations

import io
import os
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.x509.oid import NameOID

from hearing.config import Settings, read_or_make_secret

FIELD = "Seal"
TRIAL_DAYS = 730
"""For how long a certificate that we make ourselves is good: it is for trying out."""


class SealTrouble(Exception):
    """The seal cannot be set; the message says why and what to do, and names no secret."""


class SealExpired(SealTrouble):
    """The certificate is not good today."""


@dataclass(frozen=True)
class Seal:
    """A key with its certificate, ready to seal."""

    owner: str
    """Whose seal it is, as its certificate says."""
    since: datetime
    until: datetime
    trial: bool
    """Whether it vouches for itself: good for trying out, worth nothing before a court."""
    _signer: Any

    def check(self, at: datetime) -> None:
        """Whether the certificate is good at a moment. Raises SealExpired."""
        if not self.since <= at <= self.until:
            raise SealExpired(
                f"the certificate of the seal is good from {self.since:%Y-%m-%d} to {self.until:%Y-%m-%d}, not today: "
                "put a new one at HEARING_SEAL_FILE"
            )

    def set_on(self, pdf: bytes, at: datetime) -> bytes:
        """The PDF with the seal: whatever was there stays as it was, byte for byte. Raises SealTrouble."""
        self.check(at)
        try:
            from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
            from pyhanko.sign import fields, signers

            wanted = signers.PdfSignatureMetadata(
                field_name=FIELD,
                md_algorithm="sha256",
                subfilter=fields.SigSeedSubFilter.PADES,
                name=self.owner,
                certify=True,
                docmdp_permissions=fields.MDPPerm.NO_CHANGES,
            )
            done = signers.PdfSigner(wanted, signer=self._signer).sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)))
        except Exception as error:
            raise SealTrouble(f"the seal could not be set ({type(error).__name__})") from error
        return bytes(done.getbuffer())


def of(settings: Settings) -> Seal | None:
    """The seal of an installation; None where none was set up.

    Raises SealTrouble when it cannot be opened: no such file, a wrong password, no key in it, the library missing.
    Whether it is good today, `Seal.check` says.
    """
    if not settings.seal_file:
        return None
    path = Path(settings.seal_file)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SealTrouble(f"HEARING_SEAL_FILE cannot be read: {path.name} ({type(error).__name__})") from error
    try:
        key, certificate, _others = pkcs12.load_key_and_certificates(data, _password(settings))
    except ValueError as error:
        raise SealTrouble(
            "HEARING_SEAL_FILE does not open: it is no PKCS#12 file, or HEARING_SEAL_PASSWORD is wrong"
        ) from error
    if key is None or certificate is None:
        raise SealTrouble("HEARING_SEAL_FILE holds no key with its certificate")
    return Seal(
        owner=_common_name(certificate),
        since=certificate.not_valid_before_utc,
        until=certificate.not_valid_after_utc,
        trial=certificate.issuer == certificate.subject,
        _signer=_signer(data, _password(settings)),
    )


def _signer(data: bytes, password: bytes | None) -> Any:
    try:
        from pyhanko.sign import signers
    except ImportError as error:
        raise SealTrouble(
            "HEARING_SEAL_FILE is set and pyHanko is not installed: install hearing[seal], or unset it"
        ) from error
    found = signers.SimpleSigner.load_pkcs12_data(data, other_certs=[], passphrase=password)
    if found is None:
        raise SealTrouble("HEARING_SEAL_FILE holds a key that cannot sign PDFs")
    return found


def _password(settings: Settings) -> bytes | None:
    """From the environment, otherwise from the file beside the other keys; None for a file without one."""
    if settings.seal_password:
        return settings.seal_password.encode()
    beside = settings.keys_dir / "seal.password"
    try:
        return beside.read_bytes().strip() or None
    except FileNotFoundError:
        return None
    except OSError as error:
        raise SealTrouble(f"keys/seal.password cannot be read ({type(error).__name__})") from error


def _common_name(certificate: x509.Certificate) -> str:
    found = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(found[0].value) if found else certificate.subject.rfc4514_string()


def make_trial(settings: Settings, owner: str, at: datetime, days: int = TRIAL_DAYS) -> Path:
    """Make a key whose certificate vouches for itself, in keys/seal.p12, with its password beside it.

    Raises SealTrouble when there is one already: a seal that was used is never replaced by mistake.
    """
    path = settings.keys_dir / "seal.p12"
    if path.exists():
        raise SealTrouble("keys/seal.p12 is there already: move it away first")
    key = rsa.generate_private_key(public_exponent=65537, key_size=3072)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, owner[:64])])
    usage = dict.fromkeys(
        ("key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign"), False
    ) | {"encipher_only": False, "decipher_only": False}
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at.astimezone(UTC) - timedelta(minutes=5))
        .not_valid_after(at.astimezone(UTC) + timedelta(days=days))
        .add_extension(x509.KeyUsage(digital_signature=True, content_commitment=True, **usage), critical=True)
        .sign(key, hashes.SHA256())
    )
    password = read_or_make_secret(settings.keys_dir / "seal.password", lambda: secrets.token_urlsafe(24))
    sealed = pkcs12.serialize_key_and_certificates(
        b"seal", key, certificate, None, BestAvailableEncryption(password.encode())
    )
    handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(sealed)
        file.flush()
        os.fsync(file.fileno())
    return path
