"""The event's image in the lab's registry: Debian and requirements-image.txt, built without Docker.

It has one layer, by https://github.com/opencontainers/image-spec/blob/main/spec.md; the additions of hub-config/image
are not in it.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from lab.machine import rootfs
from lab.machine.lab_ca import LabCa
from pophub.core.contract import SERVER_HOME

REQUIREMENTS = Path(__file__).with_name("requirements-image.txt")
PACKAGES = ["python3-minimal", "python3-venv", "ca-certificates", "procps", "curl", "git"]
HOOK = Path(__file__).with_name("server_image.sh")
CONFIG_TYPE = "application/vnd.oci.image.config.v1+json"
LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar+gzip"
MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json"


def server_image(ca: LabCa) -> Path:
    """A folder with `manifest.json` and each blob, named after its digest in hex; made at first use in a minute or two."""
    made_of = [LAYER_TYPE, " ".join(PACKAGES), HOOK.read_text(), REQUIREMENTS.read_text(), ca.certificate.read_text()]
    return rootfs.kept("image", made_of, lambda folder: _build(folder, ca))


def _build(folder: Path, ca: LabCa) -> None:
    trusted = folder / "trusted"
    trusted.mkdir()
    rootfs.trust(trusted, ca)
    shutil.copy(REQUIREMENTS, folder / "requirements.txt")
    layer = folder / "layer.tar"
    rootfs.mmdebstrap(layer, PACKAGES, f"sh {HOOK} {folder} $1")
    content = _digest(layer)
    # compressed as in real registries; an uncompressed layer would take most of a pull's time in the lab's networks
    subprocess.run(["gzip", "--fast", "--no-name", str(layer)], check=True)
    layer_digest, layer_size = _store(layer.with_name("layer.tar.gz"))
    config = folder / "config.json"
    config.write_text(json.dumps(_config(content)))
    config_digest, config_size = _store(config)
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST_TYPE,
        "config": {"mediaType": CONFIG_TYPE, "digest": f"sha256:{config_digest}", "size": config_size},
        "layers": [{"mediaType": LAYER_TYPE, "digest": f"sha256:{layer_digest}", "size": layer_size}],
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))


def _config(content: str) -> dict[str, Any]:
    """The settings of the images of https://jupyter-docker-stacks.readthedocs.io on which a hub relies.

    `content` is the digest of the uncompressed layer.
    """
    return {
        "architecture": "amd64",
        "os": "linux",
        "config": {
            "User": "1000",
            "Env": [
                "PATH=/opt/conda/bin:/usr/local/bin:/usr/bin:/bin",
                f"HOME={SERVER_HOME}",
                "LANG=C.UTF-8",
                "SHELL=/bin/bash",
            ],
            "WorkingDir": SERVER_HOME,
            "Cmd": ["jupyter", "lab"],
            "ExposedPorts": {"8888/tcp": {}},
        },
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{content}"]},
    }


def _store(file: Path) -> tuple[str, int]:
    stored = file.rename(file.with_name(_digest(file)))
    return stored.name, stored.stat().st_size


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
