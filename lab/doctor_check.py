"""The doctor's examination of the demo's event in the lab, which answers every question: AWS, sign-in, DNS, images, content."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from urllib.parse import urlsplit

from lab.aws import LabAws
from lab.dns import LabDns
from lab.git_host import LabGitHost
from lab.registry import LabImage, LabRegistry
from lab.site import LabSite
from pophub.core.errors import ExitCode, PophubError
from pophub.organizer.doctor import case_of, examine
from pophub.organizer.doctor.finding import Colour, Finding
from pophub.organizer.outside.dns import VARIABLE
from pophub.organizer.outside.registry import named
from pophub.organizer.outside.web import Web

GIB = 2**30
# expected to be red before the demo's first deploy → the reason, for the table
EXPECTED_RED = {
    "placeholders": "the event file has the example's names",
    "account bucket": "the next deploy makes the account's bucket",
}


def examine_in_lab(site: LabSite, aws: LabAws, sign_in: Mapping[str, str], git: LabGitHost) -> list[Finding]:
    """The doctor's findings about the event before anything is deployed.

    `sign_in` are the variables with the addresses and secrets of the lab's provider; `git` has the event's content.
    """
    server = site.event.server
    image = named(server.image)
    mark = "@" if image.reference.startswith("sha256:") else ":"
    with ExitStack() as stack:
        names = stack.enter_context(LabDns({site.event.zone: {"NS": aws.name_servers(site.event.zone)}}))
        offered = {f"{image.repository}{mark}{image.reference}": LabImage({"amd64": (GIB,), "arm64": (GIB,)})}
        images = stack.enter_context(LabRegistry(offered))
        elsewhere = {_origin(image.url): images.url, "https://api.github.com": git.url("").rstrip("/")}
        if server.content:
            elsewhere[_origin(server.content)] = git.url("").rstrip("/")
        case = case_of(
            str(site.file),
            aws.as_scripts_see_it(),
            clock=lambda: datetime.now(UTC),
            environ={**sign_in, VARIABLE: names.server},
            web=Web(reroute=elsewhere),
        )
        return examine(case)


def _origin(url: str) -> str:
    place = urlsplit(url)
    return f"{place.scheme}://{place.netloc}"


def summary_of(findings: Sequence[Finding], *, is_example: bool) -> str:
    """The number of findings by colour, and why some are red. An organizer's own event may have more red ones.

    Raises:
        PophubError: a finding about the example is red that should not be.
    """
    red = [each for each in findings if each.colour is Colour.RED]
    wrong = [each for each in red if each.question not in EXPECTED_RED]
    if wrong and is_example:
        problems = "; ".join(f"{each.question}: {each.answer}" for each in wrong)
        raise PophubError(f"the doctor finds {problems}", hint=wrong[0].next_step, code=ExitCode.FIX)
    count = {colour: sum(each.colour is colour for each in findings) for colour in Colour}
    words = ", ".join(f"{count[colour]} {colour}" for colour in (Colour.GREEN, Colour.YELLOW, Colour.UNKNOWN))
    reasons = [EXPECTED_RED[each.question] for each in red if each not in wrong]
    by_design = f" by design: {' and '.join(reasons)}" if reasons else ""
    others = "".join(f"; {each.question}: {each.answer}" for each in wrong)
    return f"{words}, {len(red)} red{by_design}{others}"
