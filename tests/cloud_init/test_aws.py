"""cloud-init/aws.sh where somebody takes the call and says nothing: it ends, so that the next look can be a better one."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator

import pytest

from pophub.organizer.paths import CLOUD_INIT

CALLS = {
    "the metadata": "from_metadata placement/region",
    "AWS": 'from_metadata() { echo \'{"AccessKeyId": "x", "SecretAccessKey": "y", "Token": "z"}\'; }\n'
    'aws s3 us-west-2 "$metadata/"',
}


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of somebody who listens, and does no more."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        yield int(listener.getsockname()[1])


@pytest.mark.parametrize("who", CALLS)
def test_nobody_waits_for_ever_for(who: str, silent: int) -> None:
    hurry = 'curl() { command curl "$@" --retry 0; }\nsilence=1'
    script = f". {CLOUD_INIT}/aws.sh\nmetadata=http://127.0.0.1:{silent}\n{hurry}\n{CALLS[who]}"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=20, check=False)
    # https://curl.se/docs/manpage.html: the time is over
    assert done.returncode == 28, done.stderr
    assert done.stdout == ""
