"""Docker's own folder with the lab's image, original and completed, so that a machine need neither pull nor build it.

All machines share its layers as hard links, because Docker never writes into a complete layer.
`python -m lab.machine.docker_store` creates it before a machine asks for it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from lab.machine import rootfs
from lab.machine.lab_ca import LabCa
from lab.machine.server_image import server_image
from pophub.core.contract import for_bash
from pophub.core.errors import PophubError
from pophub.organizer import paths
from pophub.organizer.event.event_file import load_event

SCRIPT = Path(__file__).with_name("docker_store.sh")
REMAPPED = Path(__file__).with_name("remapped.py")
STEP = (paths.CLOUD_INIT / "steps" / "image.sh", paths.ROOT / "pophub/hub/install/server_image.py")
LAYERS = "overlay2"


def docker_store(ca: LabCa, image: str) -> Path:
    """The folder; a Docker of the baked machine without a network creates it at first use."""
    with ThreadPoolExecutor() as beside:
        image_comes = beside.submit(server_image, ca)
        baked = rootfs.baked(ca)
    content = image_comes.result()
    files = [
        SCRIPT,
        REMAPPED,
        *STEP,
        *sorted(path for path in (paths.HUB_CONFIG / "image").iterdir() if path.is_file()),
    ]
    made_of = [baked.name, content.name, image, *(file.read_text() for file in files)]
    return rootfs.kept("docker", made_of, lambda folder: _load(folder, ca, content, image)) / "docker"


def copy_store(store: Path, target: Path) -> None:
    """Copy the store for one machine; this is fast, because layers are hard links."""
    for entry in store.iterdir():
        if (entry / LAYERS).is_dir():
            # a folder for the users that cloud-init/docker.json gives to containers
            _copy_folder(entry, target / entry.name)
            copy_store(entry, target / entry.name)
            continue
        link = ["--link"] if entry.name == LAYERS else []
        subprocess.run(["cp", "--archive", *link, str(entry), str(target)], check=True)


def forget_images(store: Path) -> None:
    """Take the images' records out of a machine's copy. Docker keeps the layers, so that it need not unpack them again."""
    for records in store.glob(f"*/image/{LAYERS}"):
        shutil.rmtree(records / "imagedb")
        (records / "repositories.json").unlink()


def _copy_folder(source: Path, target: Path) -> None:
    """Copy the folder itself, without its content."""
    known = source.stat()
    target.mkdir()
    os.chown(target, known.st_uid, known.st_gid)
    target.chmod(known.st_mode)


def _load(folder: Path, ca: LabCa, content: Path, image: str) -> None:
    for part in ("upper", "work", "root", "docker"):
        (folder / part).mkdir()
    (folder / "contract.env").write_text(for_bash())
    layers = f"{rootfs.baked(ca) / 'upper'}:{rootfs.base(ca) / 'root'}"
    arguments = (folder, layers, paths.ROOT, image, sys.executable)
    with (folder / "load.log").open("wb") as log:
        loading = subprocess.Popen(
            ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", str(SCRIPT), *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
        )
        assert loading.stdin is not None
        # if Docker ended early, its log says why
        with suppress(BrokenPipeError), loading.stdin, tarfile.open(fileobj=loading.stdin, mode="w|") as archive:
            _write_archive(archive, content, image, folder)
    if loading.wait():
        raise PophubError("the lab's image cannot be loaded", hint=f"its log is {folder / 'load.log'}")


def _write_archive(archive: tarfile.TarFile, content: Path, image: str, folder: Path) -> None:
    """The form of `docker save`: https://github.com/moby/docker-image-spec/blob/main/v1.2.md"""
    manifest = json.loads((content / "manifest.json").read_text())
    config, layer = (entry["digest"].removeprefix("sha256:") for entry in (manifest["config"], manifest["layers"][0]))
    index = folder / "manifest.json"
    index.write_text(json.dumps([{"Config": config, "RepoTags": [image], "Layers": [layer]}]))
    for name in (config, layer):
        archive.add(content / name, arcname=name)
    archive.add(index, arcname="manifest.json")


if __name__ == "__main__":
    print(docker_store(LabCa(), load_event(paths.EXAMPLE_EVENT).server.image))
