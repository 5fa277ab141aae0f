"""A participant's home, and its project on a disk that knows projects."""

from __future__ import annotations

import asyncio
import errno
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from traitlets.config import Config

from lab.venvs import ensure_venv
from pophub.core.contract import SERVER_HOME
from pophub.organizer.paths import HUB_CONFIG

Load = Callable[..., Config]
DELETE = """
import json, sys
from jupyter_server.services.contents.filemanager import FileContentsManager
from traitlets.config import Config
FileContentsManager(root_dir=sys.argv[2], config=Config(json.loads(sys.argv[1]))).delete_file("data")
"""


def spawner(home: Path, docker: str = "/var/lib/docker/1000000.1000000") -> Any:
    async def ask(what: str) -> dict[str, str]:
        assert what == "info"
        return {"DockerRootDir": docker}

    mounts = {str(home): {"bind": SERVER_HOME, "mode": "rw"}, "/not/a/home": {"mode": "ro"}}
    return SimpleNamespace(volume_binds=mounts, docker=ask)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
@pytest.mark.parametrize(
    ("docker", "owner"), [("/var/lib/docker/1000000.2000000", (1001000, 2000100)), ("/var/lib/docker", (1000, 100))]
)
def test_a_home_is_private_to_whoever_its_owner_is_outside_of_the_container(
    load: Load, tmp_path: Path, docker: str, owner: tuple[int, int]
) -> None:
    asyncio.run(load().DockerSpawner.pre_spawn_hook(spawner(tmp_path / "ada", docker)))
    home = (tmp_path / "ada").stat()

    assert home.st_mode & 0o777 == 0o700
    assert (home.st_uid, home.st_gid) == owner


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_a_home_that_its_owner_has_closed_is_opened_for_them(load: Load, tmp_path: Path) -> None:
    """`chmod 600 ~`: with it no container starts, and so nobody could take it back."""
    (tmp_path / "ada").mkdir()
    (tmp_path / "ada").chmod(0o640)
    asyncio.run(load().DockerSpawner.pre_spawn_hook(spawner(tmp_path / "ada")))

    assert (tmp_path / "ada").stat().st_mode & 0o777 == 0o740


def test_a_home_is_not_made_where_its_volume_is_missing(load: Load, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        asyncio.run(load().DockerSpawner.pre_spawn_hook(spawner(tmp_path / "not mounted" / "ada")))


class Disk:
    """A disk whose file system knows projects, or gives another answer."""

    def __init__(self, quota: Any, refuses: int = 0) -> None:
        self.quota, self.refuses = quota, refuses
        self.projects: dict[int, int] = {}
        self.inherit: set[int] = set()

    def ioctl(self, descriptor: int, request: int, words: bytes) -> bytes:
        if self.refuses:
            raise OSError(self.refuses, "no")
        inode, layout = os.fstat(descriptor).st_ino, self.quota.ATTRIBUTES
        if request == self.quota.FS_IOC_FSGETXATTR:
            return bytes(layout.pack(0, 0, 0, self.projects.get(inode, 0), 0, bytes(8)))
        flags, _, _, number, _, _ = layout.unpack(words)
        self.projects[inode] = number
        if flags & self.quota.FS_XFLAG_PROJINHERIT:
            self.inherit.add(inode)
        return words

    def of(self, path: Path) -> int:
        return self.projects.get(path.stat().st_ino, 0)


@pytest.fixture
def quota(load: Load) -> Any:
    load()
    from sections import quota  # noqa: PLC0415 - only now it is this bundle's

    return quota


@pytest.fixture
def disk(quota: Any, monkeypatch: pytest.MonkeyPatch) -> Disk:
    disk = Disk(quota)
    monkeypatch.setattr(quota, "fcntl", disk)
    return disk


def test_every_home_has_a_project_of_its_own_and_keeps_it(quota: Any, disk: Disk, tmp_path: Path) -> None:
    homes = [tmp_path / name for name in ("ada", "grace", "zoe")]
    for home in homes:
        home.mkdir()
        quota.give_project(home)
    quota.give_project(homes[0])

    assert [disk.of(home) for home in homes] == [1, 2, 3]
    assert disk.inherit == {home.stat().st_ino for home in homes}


def test_what_is_in_a_home_already_counts_too(quota: Any, disk: Disk, tmp_path: Path) -> None:
    home, elsewhere = tmp_path / "ada", tmp_path / "elsewhere"
    (home / "folder").mkdir(parents=True)
    (home / "folder" / "file").touch()
    elsewhere.touch()
    (home / "link").symlink_to(elsewhere)
    os.mkfifo(home / "pipe")
    quota.give_project(home)

    assert disk.of(home) == disk.of(home / "folder") == disk.of(home / "folder" / "file") == 1
    assert disk.of(elsewhere) == 0
    assert (home / "folder").stat().st_ino in disk.inherit
    assert (home / "folder" / "file").stat().st_ino not in disk.inherit


@pytest.mark.parametrize("answer", [errno.ENOTTY, errno.EOPNOTSUPP, errno.EINVAL])
def test_a_disk_without_projects_takes_homes_as_ever(quota: Any, disk: Disk, tmp_path: Path, answer: int) -> None:
    disk.refuses = answer
    quota.give_project(tmp_path)


def test_another_failure_of_the_disk_is_not_passed_over(quota: Any, disk: Disk, tmp_path: Path) -> None:
    disk.refuses = errno.EIO
    with pytest.raises(OSError, match="no"):
        quota.give_project(tmp_path)


def test_the_home_of_an_account_is_limited_and_left_to_its_owner(quota: Any, disk: Disk, tmp_path: Path) -> None:
    from sections.homes import limit_home  # noqa: PLC0415 - only now it is this bundle's

    home = tmp_path / "ada"
    home.mkdir(mode=0o755)
    os.chown(home, os.geteuid(), os.getegid())
    before = home.stat()
    limit_home(spawner(home))

    assert disk.of(home) == 1
    assert (home.stat().st_uid, home.stat().st_mode) == (before.st_uid, before.st_mode)


@pytest.mark.hub
def test_what_is_deleted_makes_room_also_a_folder_with_files(hub_folder: Path, tmp_path: Path) -> None:
    """As JupyterLab's list of files deletes; without a trash, Jupyter refuses a folder that is not empty."""
    home = tmp_path / "ada"
    (home / "data").mkdir(parents=True)
    (home / "data" / "a.txt").touch()
    python = ensure_venv(HUB_CONFIG / "image" / "requirements-server.txt") / "bin" / "python"
    settings = (hub_folder / "jupyter" / "jupyter_server_config.json").read_text()
    subprocess.run([python, "-c", DELETE, settings, home], check=True, timeout=60)

    assert [*home.iterdir()] == []


def test_hidden_files_of_a_home_are_removed_and_nothing_else(load: Load, tmp_path: Path) -> None:
    load()
    home = tmp_path / "ada"
    kept = [home / ".nfs", home / "data.nfs000000000000000100000002", home / "deep" / "a.txt"]
    hidden = [folder / ".nfs000000000012d68700000003" for folder in (home, home / "deep")]
    (home / "deep").mkdir(parents=True)
    for file in (*kept, *hidden):
        file.write_text("content")
    (home / "deep" / ".nfs000000000012d68700000009").symlink_to(kept[2])
    (home / ".nfs000000000012d6870000000a").hardlink_to(kept[0])
    os.mkfifo(home / ".nfs000000000012d6870000000b")
    sys.modules["sections.homes"].remove_hidden(home)

    assert sorted(it for it in home.rglob("*") if not it.is_dir()) == sorted(kept)
    assert {file.read_text() for file in kept} == {"content"}


def test_a_hidden_file_that_is_held_open_takes_no_room_any_more(load: Load, tmp_path: Path) -> None:
    """As nfsd holds it while a worker has it open."""
    load()
    file = tmp_path / ".nfs000000000012d68700000003"
    with file.open("wb", buffering=0) as held:
        held.write(b"content")
        sys.modules["sections.homes"].remove_hidden(tmp_path)

        assert not file.exists()
        assert os.fstat(held.fileno()).st_size == 0


def test_a_hidden_file_that_cannot_be_emptied_is_told(
    load: Load, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load()
    (tmp_path / ".nfs000000000012d68700000003").touch()
    monkeypatch.setattr(os, "O_WRONLY", os.O_DIRECTORY)
    with pytest.raises(NotADirectoryError):
        sys.modules["sections.homes"].remove_hidden(tmp_path)
