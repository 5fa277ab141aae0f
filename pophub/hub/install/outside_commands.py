"""The commands of `python3 -m pophub.hub.install` that ask AWS, Docker or a program's log, or make a page."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from pophub.core.contract import CERTIFICATE_FILE, RUN_FOLDER, STATE_FOLDER
from pophub.core.errors import PophubError
from pophub.core.look import brand_of_bundle
from pophub.hub.install import certificate, event_secrets, faults, public_name, server_image, swarm
from pophub.hub.install.aws import metadata
from pophub.hub.install.bucket import BUNDLE, EventBucket
from pophub.hub.install.bucket_requests import Requests
from pophub.hub.install.settings import EVENT, load_settings
from pophub.hub.install.waiting_page import waiting_page


def _secrets(file: str = "") -> str:
    """From Parameter Store if there is no file of the organizer's."""
    event = load_settings(EVENT)
    if file:
        return event_secrets.own_environment(event, Path(file))
    return event_secrets.environment(event_secrets.secret_values(event_secrets.stored_names(event)))


def _exchange(folder: str, *named: str) -> None:
    files = (name.partition("=") for name in named)
    EventBucket.of().exchange(Path(folder), {name: Path(file) for name, _, file in files})


def answer(command: str, *arguments: str) -> str | None:
    """What a command says.

    Raises:
        PophubError: it cannot be done; without words if a program has said why.
    """
    try:
        return COMMANDS[command](*arguments)
    except subprocess.CalledProcessError as error:
        raise PophubError("") from error


COMMANDS: dict[str, Callable[..., str | None]] = {
    "explain": lambda log, where: faults.explain(Path(log).read_text(errors="replace"), on_ec2=where == "ec2"),
    "authority-error": lambda: faults.authority_error(sys.stdin),
    "instance": lambda: metadata("instance-id"),
    "region": lambda: metadata("placement/region"),
    "secrets": _secrets,
    "fetch-certificate": lambda folder: certificate.fetch_certificate(
        EventBucket.of(), Path(folder) / CERTIFICATE_FILE
    ),
    "await-name": lambda seconds: public_name.HERE.await_name(load_settings(EVENT), float(seconds)),
    "own-certificate": lambda *files: certificate.write_own_certificate(*map(Path, files)),
    "put": lambda prefix, name, file: EventBucket.of().put(prefix, name, Path(file)),
    "exchange": _exchange,
    "role": swarm.role,
    "engine-settings": lambda file, wanted: swarm.engine_settings(Path(file), live_restore=wanted == "true"),
    "put-token": lambda: swarm.put_token(sys.stdin.read()),
    "join-swarm": swarm.join,
    "image-facts": lambda image, file: swarm.image_facts(image, Path(file)),
    "fact": lambda file, name: swarm.fact(Path(file), name),
    "end-worker": swarm.end_worker,
    "requests": lambda: Requests(BUNDLE, Path(STATE_FOLDER) / "requests", Path(RUN_FOLDER)).run_once(),
    "probe": lambda image, program, folder: server_image.probe(image, Path(program), Path(folder)),
    "waiting-page": lambda: waiting_page(load_settings(EVENT), brand_of_bundle(EVENT.parent)),
    "reason": lambda log: server_image.reason(Path(log).read_text(errors="replace")),
}
