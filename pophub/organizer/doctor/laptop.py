"""Questions about this computer: the programs that a deploy runs, its clock, its disk, its network."""

from __future__ import annotations

import shutil
import sys
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit
from urllib.request import getproxies

from pophub.core.errors import PophubError
from pophub.organizer.deploy import toolchain
from pophub.organizer.doctor.account import HOME_REGION
from pophub.organizer.doctor.case import Case
from pophub.organizer.doctor.finding import Verdict, green, red, unknown, yellow
from pophub.organizer.outside.dns import address_of
from pophub.organizer.paths import ROOT

# some of the locked packages have no build for Python 3.15
OLDEST_PYTHON, FIRST_UNTRIED_PYTHON = (3, 11), (3, 15)
# "a request must reach AWS within five minutes of the time stamp in the request":
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-signing.html
LARGEST_SKEW = timedelta(minutes=5)
# explained by a slow answer, and by HTTP's Date, which counts whole seconds
USUAL_SKEW = timedelta(seconds=30)
# the AWS provider takes 0.7 GB unpacked; without a plugin cache each stack has a copy of its own
LEAST_FREE_GB = 2
REGISTRY = "https://registry.terraform.io/.well-known/terraform.json"


def python(_: Case) -> Verdict:
    """The Python that runs this program."""
    return judge_python(sys.version_info[:3])


def judge_python(version: tuple[int, ...]) -> Verdict:
    """Python 3.11 to 3.14, as scripts/setup.sh demands."""
    text = ".".join(map(str, version))
    if version >= FIRST_UNTRIED_PYTHON:
        return red(f"Python {text} is too new for the locked packages", "`make setup PYTHON=python3.13`")
    if version < OLDEST_PYTHON:
        return red(f"Python {text} is too old", "install Python 3.11 to 3.14, and run `make setup PYTHON=python3.13`")
    return green(f"Python {text}")


def node(_: Case) -> Verdict:
    """The Node.js that the cdktf library starts."""
    try:
        return green(f"Node.js {toolchain.check_node()}")
    except PophubError as error:
        return red(error.problem, error.hint)


def terraform(_: Case) -> Verdict:
    """Whether Terraform is installed and new enough."""
    try:
        return green(f"Terraform {toolchain.check_terraform()}")
    except PophubError as error:
        return red(error.problem, error.hint)


def provider(case: Case) -> Verdict:
    """Where Terraform's AWS provider comes from."""
    mirror = toolchain.find_provider_mirror()
    if mirror is not None:
        return green(f"version {toolchain.PROVIDER.name}, from the mirror {mirror}")
    if is_offline(case):
        raise PophubError("not asked: there is no network (see name resolution)")
    status = case.web.get(REGISTRY).status
    if status != 200:
        return unknown(f"the Terraform registry answers {status}", "the same command again in some minutes")
    return green(f"version {toolchain.PROVIDER.name}, from the Terraform registry")


def clock(case: Case) -> Verdict:
    """The clock of this computer, compared with that of AWS."""
    date = case.web.get(case.aws.address("sts", case.region), method="HEAD").headers.get("date")
    return judge_clock(case.clock(), date)


def judge_clock(here: datetime, date: str | None) -> Verdict:
    """`date` is the Date header of an answer from AWS."""
    try:
        there = parsedate_to_datetime(date or "").astimezone(UTC)
    except ValueError:
        return unknown("the answer of AWS has no date")
    skew = here - there
    off = f"{abs(skew) // timedelta(seconds=1)} seconds {'ahead of' if skew > timedelta() else 'behind'} that of AWS"
    remedy = "switch automatic time on (Linux: `sudo timedatectl set-ntp true`; WSL: `sudo hwclock -s`)"
    if abs(skew) > LARGEST_SKEW:
        return red(f"this computer's clock is {off}, which AWS does not accept", remedy)
    if abs(skew) > USUAL_SKEW:
        return yellow(f"this computer's clock is {off}", remedy)
    return green("right")


def disk(_: Case) -> Verdict:
    """Whether there is space for Terraform's provider."""
    return judge_disk(shutil.disk_usage(ROOT).free)


def judge_disk(free_bytes: int) -> Verdict:
    """`free_bytes` is the free space on the disk with this checkout."""
    free = f"{free_bytes / 1e9:.1f} GB free"
    if free_bytes < LEAST_FREE_GB * 10**9:
        return red(free, f"make room for {LEAST_FREE_GB} GB: Terraform's AWS provider is unpacked here")
    return green(free)


def names(case: Case) -> Verdict:
    """Whether this computer can look up the names of AWS's hosts."""
    host = _host(case, "ec2", case.region)
    try:
        return green(f"{host} is {address_of(host)}")
    except OSError as error:
        return judge_names(host, error.strerror or str(error), offline=is_offline(case), proxy="https" in getproxies())


def judge_names(host: str, why: str, *, offline: bool, proxy: bool) -> Verdict:
    """A host of AWS has no address here. That is usual behind a proxy, because the proxy looks the names up."""
    if proxy:
        return unknown(f"{host} is not found from here ({why}); HTTPS goes through a proxy, which may find it")
    if offline:
        return red(f"there is no network, or no name resolution: {host} is not found ({why})", "connect this computer")
    return red(f"{host} is not found: {why}", "is `region` right? Is a VPN or a firewall in the way?")


def is_offline(case: Case) -> bool:
    """Whether not even the name of AWS's STS is found, and no proxy is set that could look it up."""

    def ask() -> bool:
        if "https" in getproxies():
            return False
        try:
            address_of(_host(case, "sts", HOME_REGION))
        except PophubError:
            return False
        except OSError:
            return True
        return False

    return case.facts.once("offline", ask)


def _host(case: Case, service: str, region: str) -> str:
    return urlsplit(case.aws.address(service, region)).hostname or ""


def git(_: Case) -> Verdict:
    """Git keeps the history of the event files; a deploy does not need it."""
    return green("there" if shutil.which("git") else "not installed, and not needed")
