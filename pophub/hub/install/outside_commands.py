"""The commands of `python3 -m pophub.hub.install` that ask AWS, Docker or a program's log, or make a page."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from pophub.core.contract import CERTIFICATE_FILE, RUN_FOLDER, STATE_FOLDER
from pophub.core.errors import PophubError
from pophub.hub.install.settings import BUNDLE, EVENT, load_settings


def answer(command: str, *arguments: str) -> str | None:
    """What a command says.

    Raises:
        PophubError: it cannot be done; without words if a program has said why.
    """
    name, do = COMMANDS[command]
    try:
        # an installation runs these fifteen times; all of them together take 0.2 s of a processor to import
        said: str | None = do(_module(name), *arguments)
    except subprocess.CalledProcessError as error:
        raise PophubError("") from error
    return said


def import_all() -> None:
    """Raise ImportError if this bundle lacks a module that a command needs."""
    for name, _ in COMMANDS.values():
        _module(name)


def _module(name: str) -> Any:
    return import_module(f"pophub.hub.install.{name}")


def _secrets(of: Any, file: str = "") -> str:
    """From Parameter Store if there is no file of the organizer's."""
    event = load_settings(EVENT)
    if file:
        return str(of.own_environment(event, Path(file)))
    return str(of.environment(of.secret_values(of.stored_names(event))))


def _exchange(of: Any, folder: str, *named: str) -> None:
    files = (name.partition("=") for name in named)
    of.EventBucket.of().exchange(Path(folder), {name: Path(file) for name, _, file in files})


def _fetch_certificate(of: Any, folder: str) -> None:
    of.fetch_certificate(of.EventBucket.of(), Path(folder) / CERTIFICATE_FILE)


def _waiting_page(of: Any) -> str:
    brand = import_module("pophub.core.look").brand_of_bundle(EVENT.parent)
    return str(of.waiting_page(load_settings(EVENT), brand))


# each with its module
COMMANDS: dict[str, tuple[str, Callable[..., Any]]] = {
    "explain": (
        "faults",
        lambda of, log, where: of.explain(Path(log).read_text(errors="replace"), on_ec2=where == "ec2"),
    ),
    "authority-error": ("faults", lambda of: of.authority_error(sys.stdin)),
    "instance": ("aws", lambda of: of.metadata("instance-id")),
    "region": ("aws", lambda of: of.metadata("placement/region")),
    "secrets": ("event_secrets", _secrets),
    "fetch-certificate": ("certificate", _fetch_certificate),
    "await-name": ("public_name", lambda of, seconds: of.HERE.await_name(load_settings(EVENT), float(seconds))),
    "own-certificate": ("certificate", lambda of, *files: of.write_own_certificate(*map(Path, files))),
    "put": ("bucket", lambda of, prefix, name, file: of.EventBucket.of().put(prefix, name, Path(file))),
    "exchange": ("bucket", _exchange),
    "role": ("swarm", lambda of: of.role()),
    "engine-settings": (
        "swarm",
        lambda of, file, wanted: of.engine_settings(Path(file), live_restore=wanted == "true"),
    ),
    "put-token": ("swarm", lambda of: of.put_token(sys.stdin.read())),
    "join-swarm": ("joining", lambda of: of.join()),
    "image-facts": ("swarm", lambda of, image, file: of.image_facts(image, Path(file))),
    "fact": ("swarm", lambda of, file, name: of.fact(Path(file), name)),
    "end-worker": ("swarm", lambda of: of.end_worker()),
    "requests": (
        "bucket_requests",
        lambda of: of.Requests(BUNDLE, Path(STATE_FOLDER) / "requests", Path(RUN_FOLDER)).run_once(),
    ),
    "probe": ("server_image", lambda of, image, program, folder: of.probe(image, Path(program), Path(folder))),
    "waiting-page": ("waiting_page", _waiting_page),
    "reason": ("server_image", lambda of, log: of.reason(Path(log).read_text(errors="replace"))),
}
