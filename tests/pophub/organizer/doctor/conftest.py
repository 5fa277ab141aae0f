"""An event before its first deploy, in a lab AWS and a lab domain name system that know it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from lab.account_kinds import ORDINARY, AccountKind
from lab.aws import LabAws
from lab.dns import LabDns
from pophub.organizer.doctor import case_of
from pophub.organizer.doctor.case import Case
from pophub.organizer.outside.dns import VARIABLE
from pophub.organizer.outside.web import Web
from pophub.organizer.paths import EXAMPLE_EVENT

NOW = datetime(2027, 2, 20, 12, tzinfo=UTC)
ZONE = "geohackweek.example.org"
BUCKET = "pophub-123456789012"
MakeCase = Callable[..., Case]


@pytest.fixture(scope="session")
def accounts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[AccountKind], LabAws]]:
    """A lab AWS of each kind that is asked for, with the zone and the account's bucket."""
    made: dict[str, LabAws] = {}

    def account(kind: AccountKind) -> LabAws:
        if kind.name not in made:
            aws = made[kind.name] = LabAws(tmp_path_factory.mktemp("aws"), kind)
            aws.add_zone(ZONE)
            aws.client("s3", "us-west-2").create_bucket(
                Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "us-west-2"}
            )
        return made[kind.name]

    yield account
    for aws in made.values():
        aws.stop()


@pytest.fixture
def make_case(accounts: Callable[[AccountKind], LabAws]) -> MakeCase:
    """The example event at an account of a kind."""

    def make(kind: AccountKind = ORDINARY, name: str = str(EXAMPLE_EVENT), resolver: str = "", **web: Any) -> Case:
        aws = accounts(kind).as_scripts_see_it()
        return case_of(name, aws, clock=lambda: NOW, environ={VARIABLE: resolver}, web=Web(**web))

    return make


@pytest.fixture
def lab_dns(accounts: Callable[[AccountKind], LabAws]) -> Iterator[LabDns]:
    """The world sends people to the zone of the ordinary account."""
    with LabDns({ZONE: {"NS": accounts(ORDINARY).name_servers(ZONE)}}) as found:
        yield found


@pytest.fixture
def example_in(tmp_path: Path) -> Callable[[str, str], str]:
    """The example event with one text in place of another, as the path of a file."""

    def write(old: str, new: str) -> str:
        text = EXAMPLE_EVENT.read_text()
        assert old in text
        path = tmp_path / "geo-hackweek.yaml"
        path.write_text(text.replace(old, new))
        return str(path)

    return write
