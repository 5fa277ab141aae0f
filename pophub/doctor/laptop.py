"""Questions about this computer: the programs that a deploy runs, its clock, its disk, its way out."""

from __future__ import annotations

import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from pophub import toolchain
from pophub.doctor.case import Case
from pophub.doctor.finding import Verdict, green, red, unknown, yellow
from pophub.errors import PophubError
from pophub.outside.dns import address_of
from pophub.paths import ROOT

OLDEST_PYTHON = (3, 11)
# jsii, which the cdktf library runs in: https://github.com/aws/jsii/blob/main/packages/%40jsii/check-node/src/constants.ts
OLDEST_NODE = 20
# "a request must reach AWS within five minutes of the time stamp in the request":
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-signing.html
LARGEST_SKEW = timedelta(minutes=5)
# as much as HTTP's Date, in whole seconds, and a slow answer explain
USUAL_SKEW = timedelta(seconds=30)
# the AWS provider takes 0.7 GB unpacked, once for each stack that is made without a plugin cache
LEAST_FREE_GB = 2
REGISTRY = "https://registry.terraform.io/.well-known/terraform.json"
NODE_HINT = "install Node.js 22: https://nodejs.org/en/download"


def python(_: Case) -> Verdict:
    """The Python that runs this."""
    return judge_python(sys.version_info[:3])


def judge_python(version: tuple[int, ...]) -> Verdict:
    """Python 3.11 and newer."""
    text = ".".join(map(str, version))
    if version < OLDEST_PYTHON:
        return red(f"Python {text} is too old", "install Python 3.11 or newer, and run `make setup PYTHON=python3.13`")
    return green(f"Python {text}")


def node(_: Case) -> Verdict:
    """The Node.js that the cdktf library starts."""
    found = shutil.which("node")
    if found is None:
        return judge_node(None)
    try:
        done = subprocess.run([found, "--version"], capture_output=True, text=True, check=True, timeout=5)
    except (OSError, subprocess.SubprocessError) as error:
        return red(f"{found} does not run: {error}", NODE_HINT)
    return judge_node(done.stdout.strip())


def judge_node(version: str | None) -> Verdict:
    """`version` is what `node --version` prints, as in v22.11.0; None if there is no Node.js."""
    if version is None:
        return red("Node.js is not installed (no `node` on the PATH)", NODE_HINT)
    major = version.lstrip("v").partition(".")[0]
    if not major.isdigit():
        return unknown(f"`node --version` answers {version[:40]!r}", NODE_HINT)
    if int(major) < OLDEST_NODE:
        return red(f"Node.js {version} is too old", NODE_HINT)
    return green(f"Node.js {version.lstrip('v')}")


def terraform(_: Case) -> Verdict:
    """Terraform itself."""
    try:
        return green(f"Terraform {toolchain.check_terraform()}")
    except PophubError as error:
        return red(error.problem, error.hint)


def provider(case: Case) -> Verdict:
    """Where Terraform's AWS provider comes from."""
    mirror = toolchain.find_provider_mirror()
    if mirror is not None:
        return green(f"version {toolchain.PROVIDER.name}, from the mirror {mirror}")
    status = case.web.get(REGISTRY).status
    if status != 200:
        return unknown(f"the Terraform registry answers {status}", "the same command again in some minutes")
    return green(f"version {toolchain.PROVIDER.name}, from the Terraform registry")


def clock(case: Case) -> Verdict:
    """The clock beside that of AWS."""
    date = case.web.get(case.aws.address("sts", case.region), method="HEAD").headers.get("date")
    return judge_clock(case.clock(), date)


def judge_clock(here: datetime, date: str | None) -> Verdict:
    """`date` is the Date header of an answer of AWS."""
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
    """Room for Terraform's provider."""
    return judge_disk(shutil.disk_usage(ROOT).free)


def judge_disk(free_bytes: int) -> Verdict:
    """Room where this checkout lies."""
    free = f"{free_bytes / 1e9:.1f} GB free"
    if free_bytes < LEAST_FREE_GB * 10**9:
        return red(free, f"make room for {LEAST_FREE_GB} GB: Terraform's AWS provider is unpacked here")
    return green(free)


def names(case: Case) -> Verdict:
    """Whether this computer finds AWS by name."""
    host = urlsplit(case.aws.address("ec2", case.region)).hostname or ""
    try:
        place = address_of(host)
    except OSError as error:
        return red(f"{host} cannot be found: {error.strerror or error}", "is the network up? Is a VPN in the way?")
    return green(f"{host} is {place}")


def git(_: Case) -> Verdict:
    """Git, which keeps the event files' history and is needed by nothing here."""
    return green("there" if shutil.which("git") else "not installed, and not needed")
