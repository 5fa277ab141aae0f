"""The same script on a Debian server that knows nothing of AWS, as `make install_jupyterhub` runs it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest

from lab.fake_participant import FakeParticipant
from lab.machine.internet import on_the_internet
from lab.machine.machine_lab import MachineLab
from lab.plans import plan_of
from pophub.core.errors import PophubError
from pophub.organizer.deploy.own_server import BUNDLE, INSTALL, SECRETS, Installation, install, place_bundle

pytestmark = pytest.mark.machine
SCRIPT = str(BUNDLE / INSTALL)


def test_any_debian_server_becomes_a_hub(lab: MachineLab) -> None:
    bare = dataclasses.replace(lab.instance, user_data="#cloud-config\n")
    with lab.machine(bare) as server:
        server.run("cloud-init", "status", "--wait", check=False)
        place = place_bundle(plan_of(lab.event), server.root / BUNDLE.relative_to("/"))
        # `make docker`
        server.run(SCRIPT, "docker")
        assert server.run("docker", "ps", "--quiet") == ""
        with pytest.raises(PophubError, match=r"secrets\.env has no GITHUB_CLIENT_ID GITHUB_CLIENT_SECRET: write"):
            server.run(SCRIPT)
        secrets = {name.upper(): value for name, value in lab.secrets.items()}
        plan = Installation(plan_of(lab.event), secrets, place, server.root / SECRETS.relative_to("/"))
        install(plan, lambda command: _succeeds(server.run, command))
        assert server.is_open()
        ada = FakeParticipant(server.url, "ada")
        with on_the_internet(server):
            ada.sign_in()
            ada.start_server()
            assert ada.execute("print(6 * 7)") == "42"


def _succeeds(run: Callable[..., str], command: list[str]) -> int:
    """The command, as the server itself knows its place."""
    (script,) = command
    assert script.endswith(SCRIPT)
    run(SCRIPT)
    return 0
