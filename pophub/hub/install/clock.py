"""Check the machine's clock: with a wrong one, no certificate is valid and AWS accepts no signature.

The user data contains this file, so it imports nothing of ours.
"""

from __future__ import annotations

import email
import re
import subprocess
import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from pathlib import Path

APT = Path("/etc/apt")
MOST_SECONDS_OFF = 300


def clock_problem(*addresses: str) -> str:
    """What is wrong with the clock; empty if it is right or if no host answers.

    It asks the hosts of these addresses first, then those of this machine's package sources.
    """
    asked = (_time_at(address) for address in (*addresses, *_package_addresses()))
    right = next(filter(None, asked), None)
    now = int(time.time())
    if right is None or abs(now - right) < MOST_SECONDS_OFF:
        return ""
    said, should = (time.strftime("%F %H:%M", time.gmtime(seconds)) for seconds in (now, right))
    return (
        f"the machine's clock is wrong: it says {said} and should say {should};"
        " set it (chronyc makestep, or timedatectl set-time)"
    )


def _time_at(address: str) -> int | None:
    """The time of an address's host in seconds since 1970; None if it says none."""
    # certificates are not checked, because a wrong clock makes all invalid
    command = ["curl", "-s", "--insecure", "--connect-timeout", "3", "--max-time", "5"]
    try:
        answer = subprocess.run(
            [*command, "--dump-header", "-", "--output", "/dev/null", address], stdout=subprocess.PIPE, check=True
        )
        # of several answers, as with a proxy, the last one counts
        head = answer.stdout.decode("latin-1").replace("\r", "").rstrip().split("\n\n")[-1]
        headers = email.message_from_string(head.partition("\n")[2])
        date = parsedate_to_datetime(headers["Date"])
    except (OSError, subprocess.CalledProcessError, TypeError, ValueError):
        return None
    # a cache adds how old its answer is: https://www.rfc-editor.org/rfc/rfc9111#section-5.1
    age = headers.get("Age", "")
    return int(date.timestamp()) + (int(age) if re.fullmatch(r"\d{1,9}", age) else 0)


def _package_addresses() -> Iterator[str]:
    """From apt's settings, so this works before apt has fetched anything.

    Debian's cloud images name a file that lists them, mirror+file:/etc/apt/mirrors/debian.list
    (https://manpages.debian.org/trixie/apt/apt-transport-mirror.1.en.html).
    """
    for address in _addresses_in(APT / "sources.list", *sorted((APT / "sources.list.d").glob("*"))):
        if address.startswith("mirror+file:"):
            yield from _addresses_in(Path(address.removeprefix("mirror+file:")))
        else:
            yield address.removeprefix("mirror+")


def _addresses_in(*files: Path) -> list[str]:
    text = "\n".join(file.read_text(errors="replace") for file in files if file.is_file())
    return sorted(set(re.findall(r"(?:mirror\+file:|(?:mirror\+)?https?://)\S+", re.sub("#.*", "", text))))
