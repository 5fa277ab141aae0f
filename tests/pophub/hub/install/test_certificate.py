"""The organizer's own certificate from Parameter Store; tests/cloud_init/test_take_certificate.py has that of the bucket."""

from __future__ import annotations

from pathlib import Path

import pytest

from pophub.hub.install import certificate


def test_the_certificate_and_its_key_are_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(certificate, "secret_values", lambda names: {name: f"the {name}" for name in names})
    certificate.write_own_certificate(tmp_path / "certificate", tmp_path / "key")

    assert (tmp_path / "certificate").read_text() == "the tls_certificate\n"
    assert (tmp_path / "key").read_text() == "the tls_key\n"
