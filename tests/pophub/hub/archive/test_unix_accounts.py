"""Homes of accounts are found wherever they lie, and are archived under the accounts' own names."""

from __future__ import annotations

import json
import pwd
from pathlib import Path

import pytest

from pophub.aws.client import Aws
from pophub.core.contract import EVENT_FILE
from pophub.core.errors import PophubError
from pophub.hub.archive import unix_accounts as module
from pophub.hub.archive.command import archive_prefix, main
from pophub.hub.archive.homes import Home
from pophub.hub.archive.receipt import receipts_on
from pophub.hub.archive.unix_accounts import homes_elsewhere, uses_accounts
from pophub.organizer.destroy.restore import restore
from tests.pophub.planted import BUCKET, REGION


def account(name: str, home: Path, number: int = 1000) -> pwd.struct_passwd:
    return pwd.struct_passwd((name, "x", number, number, "", str(home), "/bin/bash"))


@pytest.fixture
def homes(tmp_path: Path) -> Path:
    for path in ("srv/home/abc", "srv/home/a-62c", "home/jean-de", "root"):
        (tmp_path / path).mkdir(parents=True)
        (tmp_path / path / "whose").write_text(path)
    return tmp_path / "srv/home"


def test_only_people_s_homes_that_lie_elsewhere_are_further_ones(homes: Path, tmp_path: Path) -> None:
    known = [
        account("root", tmp_path / "root", 0),
        account("nobody", tmp_path / "root", 65534),
        account("pophub-proxy", Path("/"), 61500),
        account("abc", homes / "abc"),
        account("jean-de", tmp_path / "home/jean-de"),
        account("moved-away", tmp_path / "home/nowhere"),
    ]

    assert homes_elsewhere(homes, known) == {Home("jean-de", account=True): tmp_path / "home/jean-de"}


@pytest.mark.parametrize("where", ["/", "srv", "home/jean-de twice", "leads nowhere", "two homes"])
def test_a_home_that_is_not_one_person_s_alone_is_refused(homes: Path, tmp_path: Path, where: str) -> None:
    (tmp_path / "dangling").symlink_to("/nowhere/ada")
    known = {
        "/": [account("ada", Path("/"))],
        "srv": [account("ada", tmp_path / "srv")],
        "home/jean-de twice": [account(name, tmp_path / "home/jean-de") for name in ("ada", "jean-de")],
        "leads nowhere": [account("ada", tmp_path / "dangling")],
        "two homes": [account("abc", tmp_path / "home/jean-de")],
    }
    with pytest.raises(PophubError, match=r"the home of the account .* cannot be archived") as refused:
        homes_elsewhere(homes, known[where])

    assert "usermod --home" in refused.value.hint


@pytest.mark.parametrize(
    ("login", "accounts"),
    [({"system": {}}, True), ({"github": {"create_users": True}}, True), ({"github": {"allow": []}}, False)],
)
def test_the_event_says_whether_people_are_accounts(login: dict[str, object], accounts: bool) -> None:
    assert uses_accounts({"login": login}) is accounts


def test_everybody_gets_their_own_home_back(
    aws: Aws, homes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module.pwd, "getpwall", lambda: [account("jean-de", tmp_path / "home/jean-de")])
    (tmp_path / EVENT_FILE).write_text(json.dumps({"login": {"system": {}}}))
    main(
        [
            "unix",
            "--bucket",
            BUCKET,
            "--region",
            REGION,
            "--homes",
            str(homes),
            "--settings",
            str(tmp_path / EVENT_FILE),
        ]
    )
    bucket = archive_prefix(aws, "unix", BUCKET, REGION, 90)
    by_user = {receipt.user: receipt.place for receipt in receipts_on(bucket)}

    assert set(by_user) == {"abc", "a-62c", "jean-de"}
    restore(bucket, by_user["jean-de"], tmp_path / "back")
    assert (tmp_path / "back" / "whose").read_text() == "home/jean-de"
