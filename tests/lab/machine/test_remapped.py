"""Docker's folder afterwards: the named images, and their files with the owners that containers have on a machine."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from lab.machine.remapped import remap

FIRST = 1_000_000
# CAP_NET_RAW, permitted and effective: linux/capability.h
NET_RAW = bytes.fromhex("0100000200200000000000000000000000000000")
pytestmark = pytest.mark.accounts


@pytest.fixture
def docker(tmp_path: Path) -> Path:
    """As a Docker leaves it: a layer, an image with a name, the one it was made from, and things of the daemon's own."""
    docker = tmp_path / "docker"
    layer, records = docker / "overlay2" / "b810", docker / "image" / "overlay2"
    for folder in (layer / "diff" / "bin", layer / "work", docker / "overlay2" / "l", docker / "network" / "files"):
        folder.mkdir(parents=True)
    for name in ("content", "metadata"):
        (records / "imagedb" / name / "sha256").mkdir(parents=True)
    for name in ("aaaa", "bbbb"):
        (records / "imagedb" / "content" / "sha256" / name).touch()
        (records / "imagedb" / "metadata" / "sha256" / name).mkdir()
    (records / "repositories.json").write_text(json.dumps({"Repositories": {"x": {"x:1": "sha256:aaaa"}}}))
    (layer / "link").touch()
    (docker / "engine-id").touch()
    return docker


@pytest.fixture
def diff(docker: Path) -> Path:
    return docker / "overlay2" / "b810" / "diff"


def after(docker: Path) -> Path:
    remap(docker)
    return docker / f"{FIRST}.{FIRST}"


def test_only_images_with_a_name_are_left(docker: Path) -> None:
    found = after(docker)
    records = found / "image" / "overlay2" / "imagedb"

    assert [each.name for each in docker.iterdir()] == [found.name]
    assert sorted(each.name for each in found.iterdir()) == ["image", "overlay2"]
    assert [each.name for each in (records / "content" / "sha256").iterdir()] == ["aaaa"]
    assert not list((records / "metadata" / "sha256").iterdir())


def test_what_containers_see_belongs_to_their_ids_and_the_rest_to_root(docker: Path, diff: Path) -> None:
    home = diff / "home"
    home.mkdir()
    os.chown(home, 1000, 100)
    (diff / "link-to-nowhere").symlink_to("/absent")
    layer = after(docker) / "overlay2" / "b810"

    def owners(path: Path) -> tuple[int, int]:
        return path.lstat().st_uid - FIRST, path.lstat().st_gid - FIRST

    assert owners(layer / "diff" / "home") == (1000, 100)
    assert owners(layer / "diff") == owners(layer / "work") == owners(layer / "diff" / "link-to-nowhere") == (0, 0)
    assert owners(layer) == (-FIRST, 0)
    assert owners(layer / "link") == owners(layer.parent / "l") == (-FIRST, -FIRST)


def test_a_program_keeps_its_rights_and_a_second_name_its_owner(docker: Path, diff: Path) -> None:
    su, ping = diff / "bin" / "su", diff / "bin" / "ping"
    su.touch()
    su.chmod(0o4755)
    (diff / "bin" / "also-su").hardlink_to(su)
    ping.touch()
    os.setxattr(ping, "security.capability", NET_RAW)
    programs = after(docker) / "overlay2" / "b810" / "diff" / "bin"

    assert (programs / "su").stat().st_mode & 0o7777 == 0o4755
    assert (programs / "also-su").stat().st_uid == FIRST
    assert os.getxattr(programs / "ping", "security.capability") == NET_RAW
