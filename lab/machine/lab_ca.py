"""The lab's own certificate authority; only the lab's images trust it, and it exists only in the shared cache."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from lab import shared_cache
from lab.shared_cache import exclusive_lock

DAYS = 3650


class LabCa:
    """Created at first use and kept, because the machine's image has to trust it."""

    def __init__(self, folder: Path | None = None) -> None:
        folder = folder or shared_cache.SHARED_CACHE / "ca"
        folder.mkdir(parents=True, exist_ok=True)
        self.certificate = folder / "pophub-lab.crt"
        self._key = folder / "pophub-lab.key"
        # two at once would leave the key of one beside the certificate of the other
        with exclusive_lock(folder / "pophub-lab.lock"):
            if not self._key.exists() or not self.certificate.exists():
                self._make()

    def _make(self) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = _name("pophub lab CA")
        signs = x509.KeyUsage(
            digital_signature=True,
            key_cert_sign=True,
            crl_sign=True,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            encipher_only=False,
            decipher_only=False,
        )
        built = (
            _certificate(name, name, key.public_key(), key.public_key())
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(signs, critical=True)
        )
        _write(self._key, _private(key))
        _write(self.certificate, built.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))

    def issue(self, names: Iterable[str], folder: Path) -> tuple[Path, Path]:
        """Issue a certificate for host names; returns the files of the certificate and its key."""
        names = list(names)
        signer = serialization.load_pem_private_key(self._key.read_bytes(), password=None)
        assert isinstance(signer, ec.EllipticCurvePrivateKey)
        issuer = x509.load_pem_x509_certificate(self.certificate.read_bytes()).subject
        key = ec.generate_private_key(ec.SECP256R1())
        built = _certificate(_name(names[0]), issuer, key.public_key(), signer.public_key()).add_extension(
            x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), critical=False
        )
        certificate, private = folder / "tls.crt", folder / "tls.key"
        _write(private, _private(key))
        _write(certificate, built.sign(signer, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
        return certificate, private


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common[:64])])


def _certificate(
    subject: x509.Name, issuer: x509.Name, public: ec.EllipticCurvePublicKey, signer: ec.EllipticCurvePublicKey
) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=DAYS))
        # Python 3.13 requires both
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer), critical=False)
    )


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write(path: Path, content: bytes) -> None:
    path.touch(mode=0o600)
    path.write_bytes(content)
