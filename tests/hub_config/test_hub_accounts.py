"""Unix accounts at a running hub, in a copy of this computer's /etc: nothing of them is left afterwards."""

from __future__ import annotations

import json
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.fake_participant import FakeParticipant, Refused
from lab.github import LabGitHub
from lab.hub import LabHub, Secrets
from pophub.core.contract import EVENT_FILE, HOMES_FOLDER
from pophub.organizer.event.event import Event
from pophub.organizer.event.login import Login
from tests.conftest import unpacked

pytestmark = [pytest.mark.hub, pytest.mark.accounts]
# what a unit of the hub leaves of root: cloud-init/systemd/pophub-hub.service, and CAP_AUDIT_WRITE for PAM
CAPABILITIES = "-all,+chown,+dac_override,+fowner,+kill,+audit_write"
PASSWORD = "of lise's own"


class Etc:
    """A copy of /etc, in which a command can be run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "etc"
        shutil.copytree("/etc", self.folder, symlinks=True, ignore_dangling_symlinks=True)
        mount = f'mount --bind "{self.folder}" /etc && mkdir -p "$0" && mount -t tmpfs tmpfs /srv && exec "$@"'
        self.inside = ("unshare", "--mount", "--propagation", "private", "sh", "-c", mount, str(folder / "unused"))

    def run(self, *command: str, told: str = "") -> None:
        subprocess.run([*self.inside, *command], input=told, text=True, check=True, capture_output=True)

    def accounts(self) -> dict[str, list[str]]:
        lines = (self.folder / "passwd").read_text().splitlines()
        return {line.split(":")[0]: line.split(":") for line in lines}


@pytest.fixture(scope="module")
def etc(tmp_path_factory: pytest.TempPathFactory) -> Etc:
    etc = Etc(tmp_path_factory.mktemp("accounts"))
    for name in ("lise", "grace"):
        etc.run("adduser", "--quiet", "--gecos", "", "--disabled-password", "--no-create-home", name)
    etc.run("chpasswd", told=f"lise:{PASSWORD}\ngrace:{PASSWORD}\nroot:{PASSWORD}\n")
    return etc


@pytest.fixture(scope="module")
def hub(hackweek: Event, etc: Etc, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabHub]:
    login = Login.model_validate({"system": {"create_users": True, "admins": ["grace"]}})
    folder = unpacked(hackweek.model_copy(update={"login": login}), tmp_path_factory.mktemp("system"))
    hardened = ("setpriv", "--no-new-privs", f"--bounding-set={CAPABILITIES}", "--inh-caps=-all")
    with LabHub(folder, Secrets(), servers="processes", inside=(*etc.inside, *hardened)) as hub:
        yield hub


def test_an_account_signs_in_with_its_own_password_under_the_units_restrictions(hub: LabHub) -> None:
    lise = FakeParticipant(hub.url, "lise")
    lise.sign_in_with(PASSWORD)

    assert lise.ask_api("GET", "user").json()["name"] == "lise"
    assert lise.get("/hub/admin").status_code == 403


@pytest.mark.parametrize(
    ("name", "password", "words"),
    [
        ("lise", "guessed", "The user name or the password is not right."),
        ("unknown", PASSWORD, "The user name or the password is not right."),
        ("root", PASSWORD, "is an account of the machine itself"),
    ],
)
def test_nobody_else_does(hub: LabHub, name: str, password: str, words: str) -> None:
    with pytest.raises(Refused) as refusal:
        FakeParticipant(hub.url, name).sign_in_with(password)

    assert refusal.value.status == 403
    assert words in refusal.value.text


def test_whom_a_helper_adds_gets_an_account_and_no_password(hub: LabHub, etc: Etc) -> None:
    grace = FakeParticipant(hub.url, "grace")
    grace.sign_in_with(PASSWORD)
    added = grace.ask_api("POST", "users/2nd-person")
    _, _, uid, _, _, home, _ = etc.accounts()["2nd-person"]

    assert added.status_code == 201
    assert (int(uid) >= 1000, home) == (True, f"{HOMES_FOLDER}/2nd-person")
    assert (
        "2nd-person:!:" in (etc.folder / "shadow").read_text() or "2nd-person:*:" in (etc.folder / "shadow").read_text()
    )
    for password in ("", "!", "*"):
        with pytest.raises(Refused):
            FakeParticipant(hub.url, "2nd-person").sign_in_with(password)
    etc.run("chpasswd", told=f"2nd-person:{PASSWORD}\n")
    assert FakeParticipant(hub.url, "2nd-person").sign_in_with(PASSWORD).ok


def test_this_computer_has_no_account_more(hub: LabHub, etc: Etc) -> None:
    assert {"lise", "2nd-person"} <= etc.accounts().keys()
    assert not {"lise", "2nd-person"} & {each.pw_name for each in pwd.getpwall()}


def test_with_github_an_account_is_made_at_the_first_sign_in_and_none_is_taken_over(
    hackweek: Event, hackweek_bundle: Path, lab_github: LabGitHub, etc: Etc
) -> None:
    event_json = hackweek_bundle / "hub-config" / EVENT_FILE
    event = json.loads(event_json.read_text())
    event["login"]["github"]["create_users"] = True
    event_json.write_text(json.dumps(event))
    with LabHub(hackweek_bundle, lab_github, servers="processes", inside=etc.inside) as hub:
        FakeParticipant(hub.url, "ada").sign_in()
        # made by somebody else, with a home elsewhere
        with pytest.raises(Refused, match="Nobody can have this name here"):
            FakeParticipant(hub.url, "grace").sign_in()
        with pytest.raises(Refused, match="Your GitHub account is not on"):
            FakeParticipant(hub.url, "mallory").sign_in()

    assert etc.accounts()["ada"][5] == f"{HOMES_FOLDER}/ada"
    assert "mallory" not in etc.accounts()
