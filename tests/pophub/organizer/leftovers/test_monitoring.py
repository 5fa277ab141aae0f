"""Budget, schedule, alarms and topics are known by their tag or exact name; a neighbour's longer name is not ours."""

from __future__ import annotations

import pytest

from lab.aws import LabAws
from pophub.aws.client import Aws
from pophub.organizer.leftovers.monitoring import MONITORING, TELLERS
from tests.pophub.planted import Garden, event_context

RESOURCE_TYPES = [type_ for type_ in (*MONITORING, *TELLERS) if type_.name != "log group"]


@pytest.fixture(scope="module")
def _neighbours(lab_aws: LabAws) -> None:
    Garden(lab_aws, "bird", None).guards()
    Garden(lab_aws, "bird-song", None).guards()
    # tagged, whatever its name
    Garden(lab_aws, "owl", "owl", name="pophub-owl-renamed").guards()


@pytest.mark.usefixtures("_neighbours")
@pytest.mark.parametrize("type_", RESOURCE_TYPES, ids=lambda type_: type_.name)
@pytest.mark.parametrize(("event", "count"), [("bird", 1), ("bird-song", 1), ("owl", 1), ("bir", 0)])
def test_each_event_has_its_own(aws: Aws, type_, event: str, count: int) -> None:
    assert len(list(type_.find(event_context(aws, event)))) == count
