"""The bench's shelf answers the few calls of S3 that the archive makes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pophub.lab.child import Child
from pophub.outside.aws import Aws
from pophub.outside.shelf import MIB, ShelfPrefix


def test_objects_go_in_whole_or_in_parts_and_come_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "shelf").mkdir()
    with Child("pophub.lab.shelf_server", str(tmp_path / "shelf"), log=tmp_path / "log") as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.port}")
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.setenv(name, "lab")
        shelf = ShelfPrefix(Aws(), "bench-shelf", "us-west-2", "archive/bench")
        content = os.urandom(20 * MIB)
        upload = shelf.upload("homes/large")
        upload.write(content)
        stored = {"homes/large": upload.close(), "homes/small": shelf.put("homes/small", b"x")}

        assert b"".join(shelf.read("homes/large")) == content
        assert b"".join(shelf.read("homes/small")) == b"x"
        assert shelf.list("homes/") == stored
        assert shelf.list("homes/s") == {"homes/small": stored["homes/small"]}
