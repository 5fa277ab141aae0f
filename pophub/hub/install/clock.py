"""Whether the machine's clock is right: with a wrong one, no certificate is valid and AWS accepts no signature.

The user data contains this file, so it imports nothing of ours.
"""

from __future__ import annotations

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
    now, right = time.time(), next(filter(None, map(_time_at, (*addresses, *_package_addresses()))), None)
    if right is None or abs(now - right) < MOST_SECONDS_OFF:
        return ""
    shown, should = (time.strftime("%F %H:%M", time.gmtime(seconds)) for seconds in (now, right))
    remedy = "set it (chronyc makestep, or timedatectl set-time)"
    return f"the machine's clock is wrong: it says {shown} and should say {should}; {remedy}"


def _time_at(address: str) -> float | None:
    """The time of an address's host in seconds since 1970; None if it says none."""
    # certificates are not checked, because a wrong clock makes all invalid
    asked = [
        "curl",
        "-s",
        "--insecure",
        "--connect-timeout",
        "3",
        "--max-time",
        "5",
        "-D",
        "-",
        "-o",
        "/dev/null",
        address,
    ]
    try:
        headers = subprocess.run(asked, stdout=subprocess.PIPE, text=True, check=True).stdout
        # of several answers, as with a proxy, the last one counts
        date = re.findall(r"(?im)^date: *(.+?)\r?$", headers)[-1]
        # a cache adds how old its answer is: https://www.rfc-editor.org/rfc/rfc9111#section-5.1
        age = (re.findall(r"(?im)^age: *(\d{1,9})\r?$", headers) or [0])[-1]
        return parsedate_to_datetime(date).timestamp() + int(age)
    except (OSError, subprocess.CalledProcessError, IndexError, ValueError):
        return None


def _package_addresses() -> Iterator[str]:
    """From apt's settings, so this works before apt has fetched anything."""
    for address in _addresses_in(APT / "sources.list", *(APT / "sources.list.d").glob("*")):
        # Debian's cloud images: https://manpages.debian.org/trixie/apt/apt-transport-mirror.1.en.html
        if address.startswith("mirror+file:"):
            yield from _addresses_in(Path(address.removeprefix("mirror+file:")))
        else:
            yield address.removeprefix("mirror+")


def _addresses_in(*files: Path) -> list[str]:
    text = "\n".join(file.read_text() for file in files if file.is_file())
    return list(dict.fromkeys(re.findall(r"(?:mirror\+file:|(?:mirror\+)?https?://)\S+", re.sub("#.*", "", text))))
