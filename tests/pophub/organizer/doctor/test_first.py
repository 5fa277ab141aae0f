"""Before a deploy, red stops it and says how to go on; what is not green is shown."""

from __future__ import annotations

import pytest

from lab.plans import plan_of
from pophub.aws.client import Aws
from pophub.core.errors import ExitCode, PophubError
from pophub.organizer.doctor.finding import Colour, Finding
from pophub.organizer.doctor.first import examine_first
from pophub.organizer.doctor.render import summary
from pophub.organizer.event.event_file import load_event
from pophub.organizer.paths import EXAMPLE_EVENT
from tests.pophub.organizer.doctor.conftest import NOW

GREEN = Finding("machine", "zones", Colour.GREEN, "offered everywhere")
YELLOW = Finding("money", "cost tag", Colour.YELLOW, "not active", "activate it")
RED = Finding("machine", "vCPU quota", Colour.RED, "32 needed, 16 allowed", "ask AWS")


def _look(*findings: Finding, stops: bool) -> None:
    plan = plan_of(load_event(EXAMPLE_EVENT))
    examine_first(
        str(EXAMPLE_EVENT), Aws(), plan=plan, clock=lambda: NOW, stops=stops, examine=lambda case: list(findings)
    )


def test_red_stops_a_deploy(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(PophubError, match="nothing was deployed: 1 finding would") as refused:
        _look(GREEN, RED, stops=True)
    assert (refused.value.code, "--ignore-doctor" in refused.value.hint) == (ExitCode.FIX, True)
    assert "32 needed, 16 allowed" in capsys.readouterr().err


@pytest.mark.parametrize(("findings", "stops"), [([RED], False), ([GREEN, YELLOW], True)])
def test_what_does_not_stop_is_shown(findings: list[Finding], stops: bool, capsys: pytest.CaptureFixture[str]) -> None:
    _look(*findings, stops=stops)
    shown = capsys.readouterr()

    assert summary(findings) in shown.err
    assert (findings[-1].answer in shown.err, shown.out, GREEN.answer in shown.err) == (True, "", False)
