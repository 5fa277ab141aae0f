"""How a server of this image would run: which Python the image's entrypoint leads to, and with which environment.

Run as `python3 -s probe.py` like a server: through the entrypoint, as the server's user, with an empty home. The
entrypoint may print too, so the answer is the line that begins with ANSWER. Any Python 3.
"""

import json
import os
import shutil
import sys

ANSWER = "pophub: "
# programs that end every terminal at once
NO_SHELLS = {"false", "nologin"}
# variables of this container, or of the user that completes the image
OWN = {"HOME", "HOSTNAME", "OLDPWD", "PWD", "SHLVL", "USER", "LOGNAME", "_", "PYTHONDONTWRITEBYTECODE"}


def shell() -> str:
    """The shell for terminals: the image's own choice, if that program exists."""
    candidates = [os.environ.get("SHELL"), "/bin/bash", "/bin/sh"]
    runs = (it for it in candidates if it and shutil.which(it) and os.path.basename(it) not in NO_SHELLS)  # noqa: PTH119
    return next(runs, "/bin/sh")


if __name__ == "__main__":
    given = {name: value for name, value in os.environ.items() if name not in OWN and name.isidentifier()}
    answer = {
        "python": sys.executable,
        "version": list(sys.version_info[:2]),
        "home": os.environ.get("HOME"),
        "shell": shell(),
        "environment": given,
    }
    print("\n" + ANSWER + json.dumps(answer))  # noqa: T201
