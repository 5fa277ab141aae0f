"""This computer: each fact judged, and the questions asked on the computer that runs this."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from pophub.organizer.doctor import laptop
from pophub.organizer.doctor.finding import Colour
from tests.pophub.organizer.doctor.conftest import NOW, MakeCase


@pytest.mark.parametrize(
    ("version", "colour"),
    [((3, 10, 14), Colour.RED), ((3, 11, 0), Colour.GREEN), ((3, 14, 8), Colour.GREEN), ((3, 15, 0), Colour.RED)],
)
def test_python(version: tuple[int, ...], colour: Colour) -> None:
    assert laptop.judge_python(version).colour is colour


@pytest.mark.parametrize(("version", "colour"), [("v18.20.4", Colour.RED), ("v20.11.0", Colour.GREEN)])
def test_node(make_case: MakeCase, only_program: Callable[[str, str], Path], version: str, colour: Colour) -> None:
    only_program("node", f"echo {version}")

    assert laptop.node(make_case()).colour is colour


def test_a_node_that_does_not_start_is_red(make_case: MakeCase, only_program: Callable[[str, str], Path]) -> None:
    only_program("node", "exit 127")

    assert laptop.node(make_case()).colour is Colour.RED


def test_a_missing_terraform_is_red(make_case: MakeCase, only_program: Callable[[str, str], Path]) -> None:
    only_program("node", "echo v22.1.0")

    assert laptop.node(make_case()).colour is Colour.GREEN
    assert laptop.terraform(make_case()).answer == "Terraform is not installed (no `terraform` on the PATH)"


@pytest.mark.parametrize(
    ("off", "colour", "words"),
    [
        (timedelta(seconds=3), Colour.GREEN, "right"),
        (timedelta(seconds=90), Colour.YELLOW, "90 seconds ahead of"),
        (timedelta(minutes=-6), Colour.RED, "360 seconds behind that of AWS, which AWS does not accept"),
    ],
)
def test_the_clock_is_compared_with_the_date_of_an_answer(off: timedelta, colour: Colour, words: str) -> None:
    verdict = laptop.judge_clock(NOW + off, format_datetime(NOW, usegmt=True))

    assert verdict.colour is colour
    assert words in verdict.answer


@pytest.mark.parametrize("date", [None, "soon"])
def test_without_a_date_nothing_is_known_of_the_clock(date: str | None) -> None:
    assert laptop.judge_clock(NOW, date).colour is Colour.UNKNOWN


def test_the_clock_is_that_of_the_aws_that_a_deploy_talks_to(make_case: MakeCase) -> None:
    here = datetime.now(UTC)

    assert laptop.clock(make_case()).colour is (Colour.RED if abs(here - NOW) > timedelta(minutes=6) else Colour.GREEN)


@pytest.mark.parametrize(("free", "colour"), [(10**9, Colour.RED), (3 * 10**9, Colour.GREEN)])
def test_disk(free: int, colour: Colour) -> None:
    assert laptop.judge_disk(free).colour is colour


def test_what_is_asked_of_this_computer_alone_has_an_answer(make_case: MakeCase) -> None:
    for ask in (laptop.python, laptop.disk, laptop.git, laptop.names):
        assert ask(make_case()).colour is Colour.GREEN, ask


def test_without_a_mirror_the_registry_is_asked(make_case: MakeCase, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pophub.organizer.deploy.toolchain.find_provider_mirror", lambda: None)
    case = make_case(reroute={"https://registry.terraform.io": make_case().aws.address("sts", "us-west-2")})

    # the lab AWS is no registry, and says so by its status
    assert laptop.provider(case).colour is Colour.UNKNOWN


@pytest.mark.parametrize(
    ("offline", "proxy", "colour", "words"),
    [
        (False, False, Colour.RED, "`region`"),
        (True, False, Colour.RED, "there is no network"),
        (True, True, Colour.UNKNOWN, "through a proxy"),
    ],
)
def test_a_name_that_is_not_found(offline: bool, proxy: bool, colour: Colour, words: str) -> None:
    verdict = laptop.judge_names("ec2.us-west-2.amazonaws.com", "unknown name", offline=offline, proxy=proxy)

    assert verdict.colour is colour
    assert words in f"{verdict.answer} {verdict.next_step}"


@pytest.mark.parametrize(("proxies", "offline"), [({}, True), ({"https": "http://proxy.example"}, False)])
def test_a_proxy_finds_names_that_this_computer_does_not(
    make_case: MakeCase, monkeypatch: pytest.MonkeyPatch, proxies: dict[str, str], offline: bool
) -> None:
    monkeypatch.setattr(laptop, "address_of", _no_such_name)
    monkeypatch.setattr(laptop, "getproxies", lambda: proxies)

    assert laptop.is_offline(make_case()) is offline


def _no_such_name(host: str) -> str:
    raise OSError(f"no such name: {host}")
