"""Where the hub remembers and writes down, as settings; a hub that starts again is in test_hub_memory.py."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import SimpleNamespace

import pytest
from jupyter_events import EventLogger
from traitlets.config import Config

from pophub.core.contract import HUB_FOLDER

Load = Callable[..., Config]
EVENT = {
    "$id": "https://schema.jupyter.org/jupyterhub/events/server-action",
    "version": "1",
    "type": "object",
    "properties": {"action": {"type": "string"}},
}


def test_what_the_hub_must_remember_lies_on_the_home_volume(load: Load) -> None:
    config = load().JupyterHub

    assert config.db_url == f"sqlite:///{HUB_FOLDER}/jupyterhub.sqlite"
    assert config.cookie_secret_file == f"{HUB_FOLDER}/cookie_secret"


def test_a_postgresqls_address_comes_from_the_environment(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://hub:hush@db.example/hub?sslmode=require")
    config = load(lambda event: event.update(database="postgresql"))

    assert config.JupyterHub.db_url == "postgresql+psycopg2://hub:hush@db.example/hub?sslmode=require"


@pytest.mark.parametrize("address", ["", "postgresql://", "mysql://hub:hush@db/hub", "postgres://hub:hush@db/hub"])
def test_an_address_that_is_none_of_a_postgresql_stops_the_hub_and_is_not_told(
    load: Load, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", address)

    with pytest.raises(SystemExit, match="must be postgresql://USER:PASSWORD@HOST/DATABASE") as stop:
        load(lambda event: event.update(database="postgresql"))
    assert "hush" not in str(stop.value)


def test_the_event_log_cannot_fill_the_disk(load: Load, tmp_path: Path) -> None:
    config = load()
    (handler,) = config.EventLogger.handlers
    assert isinstance(handler, RotatingFileHandler)
    assert handler.baseFilename == f"{HUB_FOLDER}/events.jsonl"
    assert 0 < handler.maxBytes * (handler.backupCount + 1) < 100 * 1024**2
    handler.baseFilename, handler.maxBytes = str(tmp_path / "log" / "events.jsonl"), 2000
    (tmp_path / "log").mkdir()
    log = EventLogger(config=config)
    log.register_event_schema(EVENT)
    for _ in range(100):
        log.emit(schema_id=EVENT["$id"], data={"action": "start"})  # type: ignore[arg-type]
    handler.close()
    files = sorted((tmp_path / "log").iterdir())

    assert [path.name for path in files] == ["events.jsonl", "events.jsonl.1", "events.jsonl.2", "events.jsonl.3"]
    assert all(json.loads(line)["action"] == "start" for path in files for line in path.read_text().splitlines())


def test_a_servers_end_is_a_line_of_the_event_log_and_of_the_journal(load: Load, tmp_path: Path) -> None:
    load()
    file, journal = tmp_path / "events.jsonl", []
    log = EventLogger(handlers=[RotatingFileHandler(file)])
    user = SimpleNamespace(name="ada", settings={"eventlog": log})
    spawner = SimpleNamespace(
        user=user, name="", log=SimpleNamespace(warning=lambda text, *words: journal.append(text % words))
    )
    for reason in ("exit code 1\nmkdir: no", "exit code 137"):
        sys.modules["sections.memory"].note_end(spawner, reason)
    first, second = (json.loads(line) for line in file.read_text().splitlines())

    assert (first["action"], first["username"], first["reason"]) == ("ended", "ada", "exit code 1\nmkdir: no")
    assert second["reason"] == "exit code 137"
    assert journal[0] == "the server of ada has ended: exit code 1\nmkdir: no"
