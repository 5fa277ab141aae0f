"""The registry of one image, as Docker asks it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from lab.child import Child

LAYER = b"a layer"
DIGEST = hashlib.sha256(LAYER).hexdigest()


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[str]:
    (tmp_path / "manifest.json").write_text("{}")
    (tmp_path / DIGEST).write_bytes(LAYER)
    with Child("lab.machine.registry", str(tmp_path), log=tmp_path / "log") as child:
        yield f"http://127.0.0.1:{child.port}/v2"


def test_a_manifest_comes_with_its_digest(registry: str) -> None:
    answer = requests.get(f"{registry}/jupyter/scipy-notebook/manifests/2026-10-06", timeout=5)
    assert answer.headers["Docker-Content-Digest"] == f"sha256:{hashlib.sha256(b'{}').hexdigest()}"
    assert answer.headers["Content-Type"] == "application/vnd.oci.image.manifest.v1+json"


def test_a_blob_comes_whole_and_its_head_without_it(registry: str) -> None:
    blob = f"{registry}/jupyter/scipy-notebook/blobs/sha256:{DIGEST}"
    assert requests.get(blob, timeout=5).content == LAYER
    assert requests.head(blob, timeout=5).headers["Content-Length"] == str(len(LAYER))


@pytest.mark.parametrize(
    "path", ["x/blobs/sha256:" + "0" * 64, "x/blobs/../manifest.json", "x/tags/list", "x/manifests/absent"]
)
def test_nothing_else_is_there(registry: str, path: str) -> None:
    assert requests.get(f"{registry}/{path}", timeout=5).status_code == 404
