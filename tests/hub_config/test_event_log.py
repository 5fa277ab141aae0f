"""What the hub writes into its event log; a hub that starts again is in test_hub_memory.py."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import SimpleNamespace

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
        sys.modules["sections.event_log"].note_end(spawner, reason)
    first, second = (json.loads(line) for line in file.read_text().splitlines())

    assert (first["action"], first["username"], first["reason"]) == ("ended", "ada", "exit code 1\nmkdir: no")
    assert second["reason"] == "exit code 137"
    assert journal[0] == "the server of ada has ended: exit code 1\nmkdir: no"
