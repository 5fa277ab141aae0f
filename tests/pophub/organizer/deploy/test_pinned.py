"""The pin in Parameter Store: read for each plan, and a question without an answer deploys nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from lab.aws import LabAws
from lab.plans import plan_of
from pophub.aws.client import UNREACHABLE, Aws, AwsRefusal
from pophub.core.errors import ExitCode, PophubError
from pophub.organizer.deploy.pinned import Pins, pin_name, plan_with_pin, require_certificate, require_pin
from pophub.organizer.event.event import Event
from pophub.organizer.paths import CLOUD_INIT
from pophub.organizer.plan.pin import STRICT_TLS, Unread, as_text
from pophub.organizer.plan.plan import make_plan

NOW = datetime(2026, 11, 20, tzinfo=UTC)
FILES = {"mode": "files", "certificate": "/etc/ssl/certs/hub.pem", "key": "/etc/ssl/private/hub.key"}
TLS = {"acme": {"mode": "acme"}, "staging": {"mode": "staging"}, "files": FILES, "none": {"mode": "none"}}
MakeEvent = Callable[..., Event]


class Refusing(Aws):
    """An AWS that refuses every call, and counts them."""

    def __init__(self, error: PophubError) -> None:
        super().__init__()
        self.error, self.calls = error, 0

    def call(self, service: str, region: str, operation: str, **arguments: Any) -> dict[str, Any]:
        self.calls += 1
        raise self.error


def test_what_was_deployed_is_read_back(make_event: MakeEvent, aws: Aws, lab_aws: LabAws) -> None:
    event = make_event(name="pinned", host={"instance_type": "r7i.8xlarge"})
    assert Pins(aws).read(event) is None
    kept = plan_of(event).new_pin
    ssm = lab_aws.client("ssm", event.region)
    ssm.put_parameter(Name=pin_name("pinned"), Type="String", Value=as_text(kept), Tier="Intelligent-Tiering")
    found = plan_with_pin(aws, make_event(name="pinned"), now=NOW)

    assert (found.instance_type, found.is_pinned) == ("r7i.8xlarge", True)
    ssm.put_parameter(Name=pin_name("pinned"), Type="String", Value="{}", Overwrite=True)
    assert isinstance(unread := Pins(aws).read(event), Unread)
    assert "/pophub/pinned/plan in us-west-2 is not one that this version of pophub wrote" in unread.reason


def test_an_open_question_deploys_nothing(make_event: MakeEvent) -> None:
    refusing = Refusing(AwsRefusal("ssm get_parameters", "AccessDeniedException", "not authorized"))
    plan = plan_with_pin(refusing, make_event(), now=NOW)

    with pytest.raises(PophubError, match="nothing was deployed: it is not known whether") as refused:
        require_pin(plan)
    assert refused.value.code is ExitCode.REFUSED
    require_pin(plan_of(make_event()))


@pytest.mark.parametrize("before", ["acme", "files"])
@pytest.mark.parametrize("after", ["staging", "none"])
def test_an_address_that_had_a_valid_certificate_keeps_one(make_event: MakeEvent, before: str, after: str) -> None:
    kept = plan_of(make_event(tls=TLS[before])).new_pin
    changed = make_event(tls={"mode": after})
    elsewhere = make_event(tls={"mode": after}, domain="elsewhere.geohackweek.example.org")

    with pytest.raises(PophubError, match=f"nothing was deployed: with `tls.mode: {after}`, nobody who") as refused:
        require_certificate(make_plan(changed, kept.prices, now=NOW, pin=kept))
    assert "set `tls.mode` to acme or files" in refused.value.hint
    for event in (make_event(), elsewhere):
        require_certificate(make_plan(event, kept.prices, now=NOW, pin=kept))
    require_certificate(make_plan(changed, kept.prices, now=NOW, pin=None))


@pytest.mark.parametrize("before", ["staging", "none"])
@pytest.mark.parametrize("after", ["staging", "none", "acme", "files"])
def test_an_address_without_one_may_get_any(make_event: MakeEvent, before: str, after: str) -> None:
    kept = plan_of(make_event(tls=TLS[before])).new_pin

    require_certificate(make_plan(make_event(tls=TLS[after]), kept.prices, now=NOW, pin=kept))


@pytest.mark.parametrize("mode", TLS)
def test_the_modes_whose_address_keeps_a_certificate_are_those_that_caddy_serves_so(mode: str) -> None:
    served = (CLOUD_INIT / "tls" / f"{mode}.caddy").read_text()

    assert (mode in STRICT_TLS) == ("import strict" in served)


@pytest.mark.parametrize(
    ("error", "calls"),
    [
        (PophubError("there are no AWS credentials"), 1),
        (AwsRefusal("ssm get_parameters", UNREACHABLE, "no route"), 1),
        (AwsRefusal("ssm get_parameters", "AccessDeniedException", "not authorized"), 2),
    ],
    ids=["no credentials", "no network", "denied here"],
)
def test_aws_that_does_not_answer_is_asked_once(make_event: MakeEvent, error: PophubError, calls: int) -> None:
    aws = Refusing(error)
    pins = Pins(aws)

    assert [type(pins.read(make_event(name=name))) for name in ("one", "two")] == [Unread, Unread]
    assert aws.calls == calls
