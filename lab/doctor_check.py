"""The doctor's examination of the demo's event in the lab, which answers every question: AWS, GitHub, DNS, images, content."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from lab.aws import LabAws
from lab.dns import LabDns
from lab.git_host import LabGitHost
from lab.github import LabGitHub
from lab.registry import LabImage, LabRegistry
from lab.site import LabSite
from pophub.core.errors import ExitCode, PophubError
from pophub.organizer.doctor import case_of, examine
from pophub.organizer.doctor.finding import Colour, Finding
from pophub.organizer.outside.dns import VARIABLE
from pophub.organizer.outside.web import Web

GIB = 2**30
# expected to be red before the demo's first deploy → the reason, for the table
EXPECTED_RED = {
    "placeholders": "the example event has the example's names",
    "account bucket": "the next deploy makes the account's bucket",
}


def examine_in_lab(site: LabSite, aws: LabAws, github: LabGitHub, folder: Path) -> list[Finding]:
    """The doctor's findings about the event before anything is deployed."""
    server = site.event.server
    registry, _, image = server.image.partition("/")
    with ExitStack() as stack:
        names = stack.enter_context(LabDns({site.event.zone: {"NS": aws.name_servers(site.event.zone)}}))
        images = stack.enter_context(LabRegistry({image: LabImage({"amd64": (GIB,), "arm64": (GIB,)})}))
        git = stack.enter_context(LabGitHost(folder))
        git.push(str(server.content).removeprefix("https://github.com/"), {"Welcome.md": "# Welcome\n"})
        elsewhere = {
            f"https://{registry}": images.url,
            "https://github.com": git.url("").rstrip("/"),
            "https://api.github.com": f"{github.url}/api/v3",
        }
        case = case_of(
            str(site.file),
            aws.as_scripts_see_it(),
            clock=lambda: datetime.now(UTC),
            environ={**github.environment, VARIABLE: names.server},
            web=Web(reroute=elsewhere),
        )
        return examine(case)


def summary_of(findings: Sequence[Finding]) -> str:
    """The number of findings by colour, and why some are red.

    Raises:
        PophubError: a finding is red that should not be.
    """
    red = [each for each in findings if each.colour is Colour.RED]
    wrong = [each for each in red if each.question not in EXPECTED_RED]
    if wrong:
        problems = "; ".join(f"{each.question}: {each.answer}" for each in wrong)
        raise PophubError(f"the doctor finds {problems}", hint=wrong[0].next_step, code=ExitCode.FIX)
    count = {colour: sum(each.colour is colour for each in findings) for colour in Colour}
    words = ", ".join(f"{count[colour]} {colour}" for colour in (Colour.GREEN, Colour.YELLOW, Colour.UNKNOWN))
    reasons = " and ".join(EXPECTED_RED[each.question] for each in red)
    return f"{words}, {len(red)} red{f' by design: {reasons}' if reasons else ''}"
