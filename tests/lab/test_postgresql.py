"""The lab's PostgreSQL: a password, this computer only, and nothing of it stays."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from lab import postgresql
from lab.postgresql import LabPostgresql
from pophub.core.errors import PophubError


@pytest.mark.postgresql
def test_it_runs_as_long_as_it_is_needed_and_leaves_nothing() -> None:
    with LabPostgresql() as server:
        socket.create_connection(("127.0.0.1", server.port), 5).close()
        log = (server.folder / "postgresql.log").read_text()
        rules = (server.folder / "data" / "pg_hba.conf").read_text()
        password_is_written = server.password in "".join(path.read_text() for path in server.folder.glob("*.*"))
    server.stop()

    assert "ready to accept connections" in log
    assert not [line for line in rules.splitlines() if line.split()[-1:] == ["trust"]]
    assert not password_is_written
    assert not server.folder.exists()
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", server.port), 5)


def test_without_postgresql_the_remedy_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(postgresql, "DEBIAN", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(PophubError, match="not installed") as error:
        LabPostgresql()
    assert error.value.hint == "apt-get install postgresql"
