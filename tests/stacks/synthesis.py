"""What main.py makes of three events and a file that is none, and how to ask a synthesized stack about it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab.shared_cache import exclusive_lock
from pophub.organizer.paths import EXAMPLE_EVENT, ROOT

# stands in the environment of every synth and must stand nowhere else
SECRET = "s3cret-of-the-organizer"
SECRET_NAMES = ("github_client_id", "github_client_secret", "google_client_secret")
_SECRETS = {name: SECRET for key in SECRET_NAMES for name in (f"TF_VAR_{key}", key.upper())}
_EXAMPLE = EXAMPLE_EVENT.read_text()
EVENTS = {
    "geo-hackweek": _EXAMPLE,
    "winter-school": Path(__file__).with_name("winter-school.yaml").read_text(),
    "past": _EXAMPLE.replace("2027-", "2021-"),
    "new-year": _EXAMPLE.replace("2027-03-0", "2027-12-2").replace("2027-03-12", "2028-01-08"),
    "course": _EXAMPLE.replace("workers: null", "workers: {spot: true}"),
    "on-demand": _EXAMPLE.replace("workers: null", "workers: {spot: false}"),
    "broken": _EXAMPLE.replace("participants: 60", "participants: many"),
    # a good file that no machine is large enough for; people with accounts on the machine cannot have workers
    "too-large": _EXAMPLE.replace("memory_gib: 4", "memory_gib: 512").replace(
        "create_users: false", "create_users: true"
    ),
}


@dataclass(frozen=True)
class Stack:
    """A stack's cdk.tf.json, asked by what a thing is or by where it stands in the code."""

    name: str
    document: Mapping[str, Any]

    def all(self, kind: str) -> list[dict[str, Any]]:
        return list(self.document["resource"].get(kind, {}).values())

    def only(self, kind: str) -> dict[str, Any]:
        [found] = self.all(kind)
        return found

    def data(self, kind: str) -> dict[str, Any]:
        [found] = self.document["data"][kind].values()
        return dict(found)

    @property
    def addresses(self) -> dict[str, str]:
        """Construct path, without the stack's name → Terraform's address."""
        return {
            resource["//"]["metadata"]["path"].removeprefix(f"{self.name}/"): f"{kind}.{id_}"
            for kind, resources in self.document["resource"].items()
            for id_, resource in resources.items()
        }

    def at(self, path: str) -> dict[str, Any]:
        kind, _, id_ = self.addresses[path].partition(".")
        return dict(self.document["resource"][kind][id_])

    def reference(self, path: str, attribute: str) -> str:
        return f"${{{self.addresses[path]}.{attribute}}}"

    def policy(self, path: str, key: str = "policy") -> list[dict[str, Any]]:
        """The statements of a policy."""
        return list(json.loads(self.at(path)[key])["Statement"])


@dataclass(frozen=True)
class Synthesis:
    """One run of main.py in a folder."""

    folder: Path
    stderr: str

    @property
    def out(self) -> Path:
        return self.folder / "cdktf.out"

    @property
    def stacks(self) -> dict[str, Stack]:
        files = sorted(self.out.glob("stacks/*/cdk.tf.json"))
        return {file.parent.name: Stack(file.parent.name, json.loads(file.read_text())) for file in files}


# in place of Parameter Store: no event is deployed
NEVER_DEPLOYED = "from pophub.organizer.deploy.pinned import Pins\nPins.read = lambda pins, event: None\n"


def run_main(folder: Path, *events: str, account: str = "", before: str = "") -> subprocess.CompletedProcess[str]:
    """Run main.py; `account` stands in for hub-config/account.yaml, and `before` is code that runs first."""
    folder.joinpath("events").mkdir(exist_ok=True)
    for event in events:
        (folder / "events" / f"{event}.yaml").write_text(EVENTS[event])
    (folder / "account.yaml").write_text(account)
    other = {"POPHUB_ACCOUNT": str(folder / "account.yaml")} if account else {}
    return subprocess.run(
        [sys.executable, "-c", f"{NEVER_DEPLOYED}{before}\nimport main\nmain.main()"],
        cwd=folder,
        env={**os.environ, **_SECRETS, **other, "POPHUB_EVENTS": str(folder / "events"), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


def synthesize(folder: Path, *events: str, account: str = "", before: str = "") -> Synthesis:
    """As `run_main`, where it must go well."""
    done = run_main(folder, *events, account=account, before=before)
    assert done.returncode == 0, done.stderr
    return Synthesis(folder, done.stderr)


def synthesize_once(folder: Path, *events: str, account: str = "") -> Synthesis:
    """As `synthesize`; whichever process comes first does it, and the others wait for it."""
    folder.mkdir(exist_ok=True)
    said = folder / "stderr"
    with exclusive_lock(folder / "lock"):
        if not said.exists():
            said.write_text(synthesize(folder, *events, account=account).stderr)
    return Synthesis(folder, said.read_text())
