"""Whether people's servers can run from an image, and what its own entrypoint sets up for them."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from shlex import quote
from typing import Any

from pophub.core.contract import SERVER_GID, SERVER_HOME, SERVER_UID
from pophub.core.errors import PophubError

OLDEST_PYTHON = [3, 10]
CONTAINER = "pophub-probe"
# the path of hub-config/image/probe.py in the container
PROBE_FILE = "/opt/pophub-probe.py"
PROBE_SECONDS = 120
ANSWER = "pophub: "
LONGEST_REASON = 300
# lines of a log that describe the program and not the problem
ITSELF = re.compile(
    r"^ *$|^DEPRECATED|^ *(Install the buildx|BuildKit is currently|environment-variable)"
    r"|^ *--->|^Removing intermediate|The command .* returned a non-zero code|^See .docker run --help"
    # what complete.py prints after a program that has already described its error
    r"|^Traceback|^ |^subprocess.CalledProcessError"
    # s6-overlay's own message: https://github.com/just-containers/s6-overlay/issues/600
    r"|^s6-overlay-suexec: fatal: child failed"
)


def probe(image: str, program: Path, folder: Path) -> str:
    """Start a container of the image as a server is started; write `server.sh` to `folder`; the shell for terminals.

    Raises:
        PophubError: no server can run from the image.
    """
    image_config = json.loads(_docker("image", "inspect", "--format", "{{json .}}", image))
    _check_before(image, image_config)
    log = _run(image, program)
    line = next((line for line in log.splitlines() if line.startswith(ANSWER)), None)
    if line is None:
        raise _refusal(image, f"{_why_no_python(image_config['Config'])}: {reason(log)}")
    probed = json.loads(line.removeprefix(ANSWER))
    if probed["home"] != SERVER_HOME:
        lost = (
            f"what people write into their home is lost, because the image's entrypoint sets HOME to {probed['home']}"
        )
        raise _refusal(image, lost)
    if probed["version"] < OLDEST_PYTHON:
        version = ".".join(map(str, probed["version"]))
        raise _refusal(image, f"its Python is {version}, and JupyterHub wants 3.10 or later")
    exports = {"SERVER_PYTHON": probed["python"], **probed["environment"]}
    lines = (f"export {name}={quote(value)}\n" for name, value in exports.items())
    (folder / "server.sh").write_text("".join(lines))
    return str(probed["shell"])


def _check_before(image: str, image_config: dict[str, Any]) -> None:
    built, here = image_config["Architecture"], _docker("version", "--format", "{{.Server.Arch}}").strip()
    if built != here:
        wrong = f"it is built for {built}, and this machine is {here} (docker build --platform linux/{here})"
        raise _refusal(image, wrong)
    volumes = sorted(it for it in image_config["Config"].get("Volumes") or () if it.startswith(f"{SERVER_HOME}/"))
    if volumes:
        lost = f"what people write into {', '.join(volumes)} is lost, because the image says so by VOLUME"
        raise _refusal(image, lost)


def _run(image: str, program: Path) -> str:
    """The output of probe.py as a server's user, in an empty home, without privileges.

    It is a file, because `conda run` accepts no argument of several lines.
    """
    remove = ["docker", "rm", "--force", CONTAINER]
    limits = ["--network", "none", "--init", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"]
    user = ["--user", f"{SERVER_UID}:{SERVER_GID}", "--env", f"HOME={SERVER_HOME}"]
    files = [
        "--tmpfs",
        f"{SERVER_HOME}:exec,mode=1777",
        "--workdir",
        SERVER_HOME,
        "--volume",
        f"{program}:{PROBE_FILE}:ro",
    ]
    run = ["docker", "run", "--name", CONTAINER, *limits, *user, *files, image, "python3", "-s", PROBE_FILE]
    subprocess.run(remove, capture_output=True, check=False)
    try:
        done = subprocess.run(run, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=PROBE_SECONDS, check=False)
        output = done.stdout
    except subprocess.TimeoutExpired as error:
        output = error.stdout or b""
    subprocess.run(remove, capture_output=True, check=False)
    return output.decode(errors="replace")


def _why_no_python(image_config: dict[str, Any]) -> str:
    """Why an image has no Python that can start a server."""
    entrypoint = image_config.get("Entrypoint")
    path = next((it.removeprefix("PATH=") for it in image_config.get("Env") or () if it.startswith("PATH=")), "")
    shown = json.dumps(entrypoint, separators=(",", ":"), ensure_ascii=False)
    if f":{SERVER_HOME}/" in f":{path}":
        return f"its PATH leads into {SERVER_HOME}, where each participant has a home of their own"
    if not entrypoint:
        return f"it has no python3 on its PATH ({path}) that user {SERVER_UID} can run"
    if entrypoint[-2:-1] == ["-c"]:
        return f'its ENTRYPOINT {shown} is in shell form, which drops a server\'s command (write it as ["program"])'
    return f'its ENTRYPOINT {shown} does not run a server\'s command (it should end with: exec "$@")'


def reason(log: str) -> str:
    """The last line of a log that describes the problem and not the program."""
    # after a broken connection, pip also says that the package does not exist
    if broken := re.search(r"connection broken by '.*: (.+)['\"]\)': /", log):
        return f"the package index cannot be reached: {broken[1]}"
    lines = re.sub(r"\x1b\[[0-9;]*m", "", log).splitlines()
    found = next((line for line in reversed(lines) if not ITSELF.search(line)), "")
    return re.sub("^.*Error response from daemon: ", "", found)[:LONGEST_REASON] or "it came to no end in time"


def _refusal(image: str, why: str) -> PophubError:
    return PophubError(f"people's servers cannot run from {image}: {why}")


def _docker(*arguments: str) -> str:
    return subprocess.run(["docker", *arguments], stdout=subprocess.PIPE, text=True, check=True).stdout
