"""The commands that cloud-init/ calls: `python3 -m pophub.hub.install COMMAND ARGUMENT…`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module

from pophub.core.contract import EVENT_FILE
from pophub.core.errors import ExitCode, PophubError
from pophub.hub.install import settings

EVENT = settings.EVENT
# an installation runs these thirty times; the imports of the other commands would double their time
OTHERS = "pophub.hub.install.outside_commands"


def main(command: str, *arguments: str) -> ExitCode:
    """Print what the command returns."""
    try:
        text = (
            COMMANDS[command](*arguments) if command in COMMANDS else import_module(OTHERS).answer(command, *arguments)
        )
    except PophubError as error:
        if error.problem:
            sys.stderr.write(f"{error.problem}\n")
        return ExitCode.FIX
    if text:
        sys.stdout.write(text.removesuffix("\n") + "\n")
    return ExitCode.DONE


def _setting(name: str) -> str:
    value = settings.asked_by_steps(settings.load_settings(EVENT)).get(name)
    if value is None:
        raise PophubError(f"{EVENT_FILE} has no {name}")
    return value


def _settings() -> str:
    return "\n".join(
        f"{name} {value}" for name, value in settings.asked_by_steps(settings.load_settings(EVENT)).items()
    )


def _check() -> None:
    import_module(OTHERS).import_all()
    # that of the new bundle will fetch every later bundle
    import_module("pophub.hub.install.fetch_bundle")
    settings.check_settings(EVENT)


COMMANDS: dict[str, Callable[..., str | None]] = {
    "setting": _setting,
    "settings": _settings,
    "check": _check,
    "caddy-environment": lambda *how: settings.caddy_environment(settings.load_settings(EVENT), *how),
    "home-limits": lambda: settings.home_limits(settings.load_settings(EVENT)),
    "has-workers": lambda: "yes" if EVENT.exists() and "workers" in settings.load_settings(EVENT) else "",
}

if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
