"""A hub on which all places are taken: one place, for the sake of the test."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab.fake_participant import FakeParticipant, Refused
from lab.github import LabGitHub
from lab.hub import LabHub
from pophub.organizer.event.event import Event
from tests.conftest import unpacked

pytestmark = pytest.mark.hub
ONE_PLACE = "c.JupyterHub.active_server_limit = 1\n"


@pytest.mark.parametrize("chosen", [False, True], ids=["without choices", "with choices"])
def test_who_finds_no_place_is_told_what_to_do(
    hackweek: Event, lab_github: LabGitHub, tmp_path: Path, chosen: bool
) -> None:
    server = hackweek.server if chosen else hackweek.server.model_copy(update={"choices": ()})
    bundle = unpacked(hackweek.model_copy(update={"server": server}), tmp_path)
    (bundle / "hub-config" / "config.d").mkdir(exist_ok=True)
    (bundle / "hub-config" / "config.d" / "50-one-place.py").write_text(ONE_PLACE)
    with LabHub(bundle, lab_github, servers="processes") as hub:
        ada, grace = (FakeParticipant(hub.url, person) for person in ("ada", "grace"))
        for person in (ada, grace):
            person.sign_in()
        ada.start_server()
        with pytest.raises(Refused) as refused:
            grace.start_server()

        assert "servers run, and this hub has no room for more" in refused.value.text
        assert "limit exceeded" not in refused.value.text
        ada.sign_out()
        grace.start_server()
        grace.sign_out()
