"""What cloud-init/ asks of Python: `python3 -m pophub.hub.install COMMAND ARGUMENT…`."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from pophub.core.contract import EVENT_FILE, RUN_FOLDER, STATE_FOLDER
from pophub.core.errors import ExitCode, PophubError
from pophub.hub.install import settings
from pophub.hub.install.status import status, write_status

EVENT = settings.EVENT
# an installation asks for settings and writes its status thirty times; all that the others import takes as long again
OTHERS = "pophub.hub.install.outside_commands"
# those that the steps of cloud-init/ need
SETTINGS = ("domain", "url", "server.image", "tls.mode", "tls.certificate", "tls.key")
RUN, STATE = Path(RUN_FOLDER), Path(STATE_FOLDER)


def main(command: str, *arguments: str) -> ExitCode:
    """Print what the command returns."""
    try:
        commands = COMMANDS if command in COMMANDS else import_module(OTHERS).COMMANDS
        text = commands[command](*arguments)
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


def _settings() -> str:
    """Each as NAME=VALUE on a line; an empty value is a missing key."""
    known = settings.load_settings(EVENT)
    values = {name: settings.setting(known, name) or "" for name in SETTINGS}
    values["uses-accounts"] = "yes" if settings.uses_accounts(known) else ""
    values["has-workers"] = "yes" if "workers" in known else ""
    return "".join(f"{name}={value}\n" for name, value in values.items())


def _check() -> None:
    import_module(OTHERS)
    # the new bundle's one will fetch every later bundle
    import_module("pophub.hub.install.fetch_bundle")
    settings.check_settings(EVENT)


def _status(bundle: str, *progress: str) -> None:
    content = status(settings.load_settings(EVENT), progress, bundle=Path(bundle), refusal=STATE / "refusal")
    write_status(content, RUN)


COMMANDS: dict[str, Callable[..., str | None]] = {
    "setting": _setting,
    "settings": _settings,
    "check": _check,
    "caddy-environment": lambda *how: settings.caddy_environment(settings.load_settings(EVENT), *how),
    "home-limits": lambda: settings.home_limits(settings.load_settings(EVENT)),
    "status": _status,
    "has-workers": lambda: "yes" if EVENT.exists() and "workers" in settings.load_settings(EVENT) else "",
}

if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
