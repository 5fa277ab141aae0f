"""The image of people's servers that the lab's registry serves: Debian and requirements-server.txt, made without Docker.

One layer, as https://github.com/opencontainers/image-spec/blob/main/spec.md describes it; not tuned as image/ is.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

from pophub import paths
from pophub.lab import rootfs
from pophub.lab.lab_ca import LabCa

REQUIREMENTS = paths.HUB_CONFIG / "image" / "requirements-server.txt"
HOOK = Path(__file__).with_name("server_image.sh")
CONFIG_TYPE = "application/vnd.oci.image.config.v1+json"
LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar"
MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json"


def server_image(ca: LabCa) -> Path:
    """A folder with `manifest.json` and every blob under its digest's hex; made at first use, in a minute or two."""
    made_of = [HOOK.read_text(), REQUIREMENTS.read_text(), ca.certificate.read_text()]
    return rootfs.kept("image", made_of, lambda folder: _build(folder, ca))


def _build(folder: Path, ca: LabCa) -> None:
    trusted = folder / "trusted"
    trusted.mkdir()
    rootfs.trust(trusted, ca)
    shutil.copy(REQUIREMENTS, folder / "requirements.txt")
    layer = folder / "layer.tar"
    rootfs.mmdebstrap(
        layer, ["python3-minimal", "python3-venv", "ca-certificates", "procps", "curl"], f"sh {HOOK} {folder} $1"
    )
    layer_digest, layer_size = _store(layer)
    config = folder / "config.json"
    config.write_text(json.dumps(_config(layer_digest)))
    config_digest, config_size = _store(config)
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST_TYPE,
        "config": {"mediaType": CONFIG_TYPE, "digest": f"sha256:{config_digest}", "size": config_size},
        "layers": [{"mediaType": LAYER_TYPE, "digest": f"sha256:{layer_digest}", "size": layer_size}],
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))


def _config(layer: str) -> dict[str, Any]:
    """As the images of https://jupyter-docker-stacks.readthedocs.io say it, where a hub relies on it."""
    return {
        "architecture": "amd64",
        "os": "linux",
        "config": {
            "User": "1000:100",
            "Env": [
                "PATH=/opt/server/bin:/usr/local/bin:/usr/bin:/bin",
                "HOME=/home/jovyan",
                "LANG=C.UTF-8",
                "SHELL=/bin/bash",
            ],
            "WorkingDir": "/home/jovyan",
            "Cmd": ["jupyter", "lab"],
            "ExposedPorts": {"8888/tcp": {}},
        },
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{layer}"]},
    }


def _store(file: Path) -> tuple[str, int]:
    with file.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    stored = file.rename(file.with_name(digest))
    return digest, stored.stat().st_size
