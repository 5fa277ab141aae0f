"""The lab's certificate authority, as a strict client sees it."""

from __future__ import annotations

import socket
import ssl
import threading
from pathlib import Path

import pytest

from lab.machine.lab_ca import LabCa


def greet(names: list[str], asked: str, ca: LabCa, folder: Path) -> None:
    """A handshake between a server with a new certificate and a client that trusts the authority alone."""
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(*ca.issue(names, folder))
    client = ssl.create_default_context(cafile=str(ca.certificate))
    client.verify_flags |= ssl.VERIFY_X509_STRICT
    one, other = socket.socketpair()
    thread = threading.Thread(target=lambda: _accept(server, one))
    thread.start()
    try:
        client.wrap_socket(other, server_hostname=asked).close()
    finally:
        other.close()
        thread.join()


def _accept(context: ssl.SSLContext, connection: socket.socket) -> None:
    try:
        context.wrap_socket(connection, server_side=True).close()
    except OSError:
        connection.close()


def test_a_strict_client_takes_its_certificates(tmp_path: Path) -> None:
    greet(["a.example", "b.example"], "b.example", LabCa(tmp_path), tmp_path)


def test_a_name_that_is_not_in_the_certificate_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        greet(["a.example"], "c.example", LabCa(tmp_path), tmp_path)


def test_it_is_made_once_and_nobody_else_reads_its_key(tmp_path: Path) -> None:
    first = LabCa(tmp_path).certificate.read_bytes()
    assert LabCa(tmp_path).certificate.read_bytes() == first
    assert (tmp_path / "pophub-lab.key").stat().st_mode & 0o077 == 0


def test_several_at_once_share_one_authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[LabCa] = []
    make = LabCa._make
    monkeypatch.setattr(LabCa, "_make", lambda ca: (made.append(ca), make(ca)))
    together = threading.Barrier(8)
    threads = [threading.Thread(target=lambda: (together.wait(), LabCa(tmp_path))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(made) == 1
    greet(["a.example"], "a.example", LabCa(tmp_path), tmp_path)
