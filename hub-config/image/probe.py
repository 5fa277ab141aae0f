"""What a server of an image would be: the Python that the image's own entrypoint leads to, and what that one is given.

Run as `python3 -s probe.py`, like a server: through the entrypoint, as the server's user, with an empty home. An
entrypoint may print on its own, so the answer is the line that begins with ANSWER. Any Python 3.
"""

import json
import os
import shutil
import sys

ANSWER = "pophub: "
# programs that end every terminal at once
NO_SHELLS = {"false", "nologin"}
# of the container that this runs in, or of the user that the image is completed by
OWN = {"HOME", "HOSTNAME", "OLDPWD", "PWD", "SHLVL", "USER", "LOGNAME", "_", "PYTHONDONTWRITEBYTECODE"}


def shell() -> str:
    """What a terminal runs: the image's own wish, where there is such a program."""
    wishes = [os.environ.get("SHELL"), "/bin/bash", "/bin/sh"]
    runs = (wish for wish in wishes if wish and shutil.which(wish) and os.path.basename(wish) not in NO_SHELLS)  # noqa: PTH119
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
