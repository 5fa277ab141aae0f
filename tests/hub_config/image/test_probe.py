"""What hub-config/image/probe.py says of the Python that runs it."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from pophub.core.contract import SERVER_HOME
from pophub.organizer.paths import HUB_CONFIG

PROBE = HUB_CONFIG / "image/probe.py"


def probe(**environment: str) -> dict[str, object]:
    done = subprocess.run([sys.executable, "-s", PROBE], env=environment, capture_output=True, text=True, check=True)
    (answer,) = (line for line in done.stdout.splitlines() if line.startswith("pophub: "))
    return dict(json.loads(answer.removeprefix("pophub: ")))


def test_it_says_which_python_it_is_and_what_it_was_given() -> None:
    found = probe(HOME=SERVER_HOME, PATH="/opt/env/bin:/bin", GREETING="it's", HOSTNAME="abc", **{"a%%": "()"})

    assert found["python"] == sys.executable
    assert found["version"] == list(sys.version_info[:2])
    assert found["home"] == SERVER_HOME
    environment = found["environment"]
    assert isinstance(environment, dict)
    # Python adds one of its own where it finds no locale
    assert environment | {"LC_CTYPE": ""} == {"PATH": "/opt/env/bin:/bin", "GREETING": "it's", "LC_CTYPE": ""}


@pytest.mark.parametrize(
    ("wish", "shell"),
    [
        ("/bin/sh", "/bin/sh"),
        ("/usr/bin/no-such-shell", "/bin/bash"),
        ("/usr/sbin/nologin", "/bin/bash"),
        ("", "/bin/bash"),
    ],
)
def test_a_terminal_runs_the_images_own_shell_where_it_is_there(wish: str, shell: str) -> None:
    assert probe(PATH="/bin", SHELL=wish)["shell"] == shell
