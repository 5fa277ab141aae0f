"""Where the hub's database is; a hub that starts again is in test_hub_memory.py."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from jupyterhub.orm import new_session_factory  # type: ignore[import-untyped]
from sqlalchemy import text
from traitlets.config import Config

from pophub.core.contract import HUB_FOLDER

Load = Callable[..., Config]


def test_what_the_hub_must_remember_lies_on_the_home_volume(load: Load) -> None:
    config = load().JupyterHub

    assert config.db_url == f"sqlite:///{HUB_FOLDER}/jupyterhub.sqlite"
    assert config.cookie_secret_file == f"{HUB_FOLDER}/cookie_secret"


def test_a_commit_waits_for_no_disk(load: Load, tmp_path: Path) -> None:
    options = load().JupyterHub.db_kwargs
    database = new_session_factory(f"sqlite:///{tmp_path}/hub.sqlite", **options)()

    assert database.execute(text("PRAGMA journal_mode")).scalar() == "wal"
    # NORMAL
    assert database.execute(text("PRAGMA synchronous")).scalar() == 1
    database.close()


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
