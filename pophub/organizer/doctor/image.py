"""The question about the participants' image: whether it is public, fits the machine's processor, and how large it is."""

from __future__ import annotations

from typing import Any

from pophub.core.contract import ARCHITECTURES, SERVER_HOME
from pophub.core.cost.tariff import ROOT_DISK_GIB
from pophub.organizer.doctor.case import Case
from pophub.organizer.doctor.finding import Verdict, green, red, yellow
from pophub.organizer.outside.registry import Image, look_up

GIB = 2**30
# pulling a larger image takes minutes, and the hub's first start waits for it
LARGE_GIB = 5
# an unpacked image together with its compressed layers takes two to three times the compressed size
UNPACKED = 3
# Debian, Docker and the hub's own programs
SYSTEM_GIB = 6


def image(case: Case) -> Verdict:
    """Judges `server.image` at its registry."""
    name, architecture = case.event.server.image, case.event.host.architecture
    return judge_image(name, architecture, look_up(case.web, name, ARCHITECTURES[architecture]))


def judge_image(name: str, architecture: str, found: Image) -> Verdict:
    """The image must be public and have the machine's architecture, because the hub pulls it without an account."""
    if found.refused:
        return red(f"{name} is not there, or not for everybody", "make it public, or correct `server.image`")
    if not found.sizes:
        return red(f"{name} is not there", "correct `server.image`: name and tag as the registry's page shows them")
    wanted = ARCHITECTURES[architecture]
    if wanted not in found.sizes:
        there = ", ".join(sorted(found.sizes))
        return red(
            f"{name} is there for {there}, not for {wanted}",
            f"set `host.architecture` to {'arm64' if wanted == 'amd64' else 'x86_64'}, or take another image",
        )
    return judge_home(name, found.config) or judge_size(name, wanted, (found.sizes[wanted] or 0) / GIB)


def judge_home(name: str, config: dict[str, Any]) -> Verdict | None:
    """Whether a participant's home, mounted over the image's, hides or loses files; None if it does not.

    Later, cloud-init/steps/image.sh checks the pulled image on the machine.
    """
    if lost := sorted(path for path in config.get("Volumes") or {} if path.startswith(f"{SERVER_HOME}/")):
        return red(f"{name}: what people write into {', '.join(lost)} is lost", "take an image without this VOLUME")
    environment = dict(line.split("=", 1) for line in config.get("Env") or ())
    # a folder for people's own programs hides nothing; repo2docker's images have it
    places = set(environment.get("PATH", "").split(":")) - {f"{SERVER_HOME}/.local/bin"}
    if any(place.startswith(f"{SERVER_HOME}/") for place in places):
        return yellow(
            f"{name} has programs in {SERVER_HOME}, where each participant has a home of their own",
            "see that Python and what people use lies elsewhere, as in /opt",
        )
    return None


def judge_size(name: str, architecture: str, size: float) -> Verdict:
    """Whether the image fits on the machine's disk; `size` is in GiB, compressed."""
    answer = f"{name} is there for {architecture}, {size:.1f} GiB compressed"
    if size * UNPACKED + SYSTEM_GIB > ROOT_DISK_GIB:
        return red(
            f"{answer}: unpacked, it does not fit on the machine's disk of {ROOT_DISK_GIB} GiB", "take a smaller image"
        )
    if size > LARGE_GIB:
        return yellow(answer, "a smaller image starts the hub sooner: leave out what nobody uses")
    return green(answer)
