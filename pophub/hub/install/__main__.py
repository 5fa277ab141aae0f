"""What cloud-init/ asks of Python: `python3 -m pophub.hub.install COMMAND ARGUMENT…`."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from pophub.core.contract import CERTIFICATE_FILE, EVENT_FILE, RUN_FOLDER, STATE_FOLDER
from pophub.core.errors import ExitCode, PophubError
from pophub.hub.install import certificate, event_secrets, faults, server_image, settings, swarm
from pophub.hub.install.aws import metadata
from pophub.hub.install.bucket import BUNDLE, EventBucket
from pophub.hub.install.bucket_requests import Requests
from pophub.hub.install.status import status, write_status

EVENT = BUNDLE / "hub-config" / EVENT_FILE
RUN, STATE = Path(RUN_FOLDER), Path(STATE_FOLDER)


def main(command: str, *arguments: str) -> ExitCode:
    """Print what the command returns."""
    try:
        text = COMMANDS[command](*arguments)
    except PophubError as error:
        sys.stderr.write(f"{error.problem}\n")
        return ExitCode.FIX
    except subprocess.CalledProcessError:
        # the program has said why
        return ExitCode.FIX
    if text:
        sys.stdout.write(text.removesuffix("\n") + "\n")
    return ExitCode.DONE


def _setting(name: str) -> str:
    value = settings.setting(settings.load_settings(EVENT), name)
    if value is None:
        raise PophubError(f"{EVENT_FILE} has no {name}")
    return str(value)


def _secrets(file: str = "") -> str:
    """From Parameter Store if there is no file of the organizer's."""
    event = settings.load_settings(EVENT)
    if file:
        return event_secrets.own_environment(event, Path(file))
    return event_secrets.environment(event_secrets.secret_values(event_secrets.stored_names(event)))


def _check() -> None:
    # the new bundle's one will fetch every later bundle
    import_module("pophub.hub.install.fetch_bundle")
    settings.check_settings(EVENT)


def _status(bundle: str, *progress: str) -> None:
    content = status(settings.load_settings(EVENT), progress, bundle=Path(bundle), refusal=STATE / "refusal")
    write_status(content, RUN)


def _exchange(folder: str, *named: str) -> None:
    files = (name.partition("=") for name in named)
    EventBucket.of().exchange(Path(folder), {name: Path(file) for name, _, file in files})


COMMANDS: dict[str, Callable[..., str | None]] = {
    "setting": _setting,
    "check": _check,
    "caddy-environment": lambda mode, page: settings.caddy_environment(settings.load_settings(EVENT), mode, page),
    "home-limits": lambda: settings.home_limits(settings.load_settings(EVENT)),
    "uses-accounts": lambda: "yes" if settings.uses_accounts(settings.load_settings(EVENT)) else "",
    "status": _status,
    "explain": lambda log, where: faults.explain(Path(log).read_text(errors="replace"), on_ec2=where == "ec2"),
    "authority-error": lambda: faults.authority_error(sys.stdin),
    "instance": lambda: metadata("instance-id"),
    "region": lambda: metadata("placement/region"),
    "secrets": _secrets,
    "fetch-certificate": lambda folder: certificate.fetch_certificate(
        EventBucket.of(), Path(folder) / CERTIFICATE_FILE
    ),
    "own-certificate": lambda *files: certificate.write_own_certificate(*map(Path, files)),
    "put": lambda prefix, name, file: EventBucket.of().put(prefix, name, Path(file)),
    "exchange": _exchange,
    "has-workers": lambda: "yes" if EVENT.exists() and "workers" in settings.load_settings(EVENT) else "",
    "role": swarm.role,
    "engine-settings": lambda file, wanted: swarm.engine_settings(Path(file), live_restore=wanted == "true"),
    "put-token": lambda: swarm.put_token(sys.stdin.read()),
    "join-swarm": swarm.join,
    "image-facts": lambda image, file: swarm.image_facts(image, Path(file)),
    "fact": lambda file, name: swarm.fact(Path(file), name),
    "end-worker": swarm.end_worker,
    "requests": lambda: Requests(BUNDLE, STATE / "requests", RUN).look(),
    "probe": lambda image, program, folder: server_image.probe(image, Path(program), Path(folder)),
    "reason": lambda log: server_image.reason(Path(log).read_text(errors="replace")),
}

if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
