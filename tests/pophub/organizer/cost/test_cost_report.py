"""Collecting a report: the price of an unknown machine, the meter from a file or the bucket, the bill only where it is wanted."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from botocore.response import StreamingBody
from rich.console import Console

from pophub.aws.client import Aws, AwsRefusal
from pophub.core.contract import METER_FILE, REPORTS, WATCH_SETTINGS_FILE
from pophub.core.cost.basis import as_json
from pophub.core.cost.billed import Billed
from pophub.core.cost.forms import Form
from pophub.core.cost.records import Kind, Moment, as_line, of_hub
from pophub.core.cost.report import report
from pophub.core.errors import ExitCode, PophubError
from pophub.organizer.cost.basis_of_event import basis_of
from pophub.organizer.cost.cost_report import before, checked, priced, rendered, rendered_estimate, so_far
from pophub.organizer.paths import EXAMPLE_EVENT
from pophub.organizer.plan.pin import Pin
from pophub.organizer.plan.prices import region_prices
from tests.pophub.core.cost import finished
from tests.pophub.organizer.plan.price_lists import M9I, PriceList

NOW = datetime(2027, 3, 20, 9, tzinfo=UTC)
METER = b"".join(finished.lines())
TOTAL = Decimal(json.loads((finished.DOCS / "report.json").read_text())["total"])


class Stored(PriceList):
    """An AWS with a bucket, on which everything was put at `at`, a price list that has m9i.large, and nothing else."""

    def __init__(self, objects: dict[str, bytes], at: datetime = finished.GONE, **later: datetime) -> None:
        super().__init__(M9I)
        self._objects = {f"{REPORTS}/geo-hackweek/{name}": content for name, content in objects.items()}
        self._at, self._later = at, later

    def account_id(self) -> str:
        return "123456789012"

    def call(self, service: str, region: str, operation: str, **arguments: Any) -> dict[str, Any]:
        assert service == "s3"
        assert arguments["Bucket"] == "pophub-123456789012"
        key = arguments["Key"]
        if key not in self._objects:
            raise AwsRefusal(f"s3 {operation}", "NoSuchKey", "not there")
        content = self._objects[key]
        body = StreamingBody(io.BytesIO(content), len(content))
        at = self._later.get(key.rpartition("/")[2].partition(".")[0], self._at)
        return {"Body": body, "ETag": '"1"', "ContentLength": len(content), "LastModified": at}


class NoAws(Aws):
    """Nobody answers."""

    def call(self, service: str, region: str, operation: str, **arguments: Any) -> dict[str, Any]:
        raise PophubError("there are no AWS credentials", hint="aws configure", code=ExitCode.REFUSED)

    def pages(self, service: str, region: str, operation: str, entries: str, **arguments: Any) -> Iterator[Any]:
        raise PophubError("there are no AWS credentials", hint="aws configure", code=ExitCode.REFUSED)


class Lists(PriceList, NoAws):
    """Only its price list answers."""


@pytest.fixture
def event(tmp_path: Path) -> Path:
    path = tmp_path / "geo-hackweek.yaml"
    path.write_text(EXAMPLE_EVENT.read_text())
    return path


def _so_far(event: Path, aws: Aws, *meters: Path, ask: bool = False, names: bool = False) -> Any:
    return so_far(str(event), aws, meters, now=NOW, ask=ask, names=names, gone=finished.GONE)


def test_without_a_file_the_meter_comes_from_the_bucket(event: Path, tmp_path: Path) -> None:
    meter = tmp_path / METER_FILE
    meter.write_bytes(METER)
    bucket = Stored({METER_FILE: METER})

    assert _so_far(event, bucket).usd == _so_far(event, NoAws(), meter).usd == TOTAL


def test_a_bucket_without_a_meter_is_told_with_what_else_there_is(event: Path) -> None:
    with pytest.raises(
        PophubError, match=r"reports/geo-hackweek/meter\.jsonl cannot be read from the bucket"
    ) as refused:
        _so_far(event, Stored({}))

    assert "`--estimate` needs no meter" in refused.value.hint


def test_a_file_that_is_not_there_is_told(event: Path, tmp_path: Path) -> None:
    with pytest.raises(PophubError, match="is not a file"):
        _so_far(event, NoAws(), tmp_path / "none.jsonl")


def test_aws_is_asked_for_the_bill_only_where_it_is_wanted(event: Path) -> None:
    assert _so_far(event, NoAws(), finished.METER).billed is None
    asked = _so_far(event, NoAws(), finished.METER, ask=True)

    assert asked.billed.lines == ()
    assert any("Cost Explorer could not be asked: there are no AWS credentials" in note for note in asked.notes)


def test_participants_have_names_where_they_are_asked_for(event: Path) -> None:
    assert "octocat" in {row.what for row in _so_far(event, NoAws(), finished.METER, names=True).people}


def _live(aws: Aws, now: datetime, event: Path) -> Any:
    """The report of a hub that is still there."""
    return so_far(str(event), aws, [], now=now, ask=False, names=False, gone=None)


def test_a_copy_of_nine_minutes_is_of_a_machine_that_runs_and_says_its_age(event: Path) -> None:
    heard = finished.MONDAY + timedelta(hours=3)
    lines = [it for it in finished.lines() if datetime.fromisoformat(json.loads(it)["at"]) <= heard]
    bucket = Stored({METER_FILE: b"".join(lines)}, heard)
    found, late = (_live(bucket, heard + timedelta(minutes=minutes), event) for minutes in (9, 40))

    assert found.running
    assert found.usd_an_hour == found.basis.tariff.usd_an_hour_running(finished.MACHINE, finished.DISK_GIB)
    assert found.forecast is not None
    assert any("the copy of the meter is 9 minutes old" in note for note in found.notes)
    assert (late.running, late.usd_an_hour, late.forecast) == (None, None, None)
    assert any("whether it still does is not known" in note for note in late.notes)


def test_what_the_hub_counts_with_counts(event: Path) -> None:
    basis = basis_of(priced(str(event), NoAws(), now=NOW))
    deployed = replace(basis, tariff=replace(basis.tariff, address_usd_an_hour=Decimal(1)))
    settings = json.dumps({"meter": {"basis": as_json(deployed)}}).encode()
    bucket = Stored({METER_FILE: METER, WATCH_SETTINGS_FILE: settings})
    found, without = _so_far(event, bucket), _so_far(event, Stored({METER_FILE: METER, WATCH_SETTINGS_FILE: b"{}"}))

    assert found.usd == report(finished.lines(), deployed, now=finished.GONE).usd > TOTAL + 200
    assert without.usd == TOTAL
    assert any("its page may show other amounts" in note for note in without.notes)


def test_a_machine_that_the_hub_has_no_price_of_is_asked_for_and_told(event: Path) -> None:
    basis = basis_of(priced(str(event), NoAws(), now=NOW))
    event.write_text(event.read_text().replace("instance_type: null", "instance_type: m9i.large"))
    settings = json.dumps({"meter": {"basis": as_json(basis)}}).encode()
    meter = METER.replace(b"r6i.8xlarge", b"m9i.large")
    found = _so_far(event, Stored({METER_FILE: meter, WATCH_SETTINGS_FILE: settings}))

    assert found.unpriced_hours == 0
    assert any("the hub's own page has no price of m9i.large" in note for note in found.notes)


def test_a_machine_whose_price_nobody_tells_leaves_its_hours_without_one(event: Path, tmp_path: Path) -> None:
    event.write_text(event.read_text().replace("instance_type: null", "instance_type: m9i.large"))
    meter = tmp_path / METER_FILE
    meter.write_bytes(METER.replace(b"r6i.8xlarge", b"m9i.large"))
    found = _so_far(event, NoAws(), meter)

    assert found.unpriced_hours == found.use.hours_on > 50
    assert 0 < found.usd < 30
    assert [note for note in found.notes if "no credentials" in note or "cannot be asked" in note] == [
        "the price table has no m9i.large in us-west-2, and AWS's price list cannot be asked: "
        "there are no AWS credentials; next: aws configure"
    ]


def test_an_event_is_checked_also_where_nobody_tells_its_price(event: Path) -> None:
    early = datetime(2027, 1, 1, tzinfo=UTC)
    assert checked(str(event), NoAws(), now=early).cost is not None
    event.write_text(event.read_text().replace("instance_type: null", "instance_type: m9i.large"))
    found = checked(str(event), NoAws(), now=early)

    assert found.cost is None
    assert "AWS's price list cannot be asked: there are no AWS credentials; next: aws configure" in found.warnings[-1]
    cost = checked(str(event), Lists(M9I), now=early).cost
    assert cost is not None
    assert cost.instance_type == "m9i.large"


def test_workers_are_kept_where_aws_is_asked_for_the_price_of_their_hub(
    event: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    event.write_text(
        event.read_text()
        .replace("instance_type: null", "instance_type: m9i.large")
        .replace("workers: null", "workers: {}")
    )
    pin = Pin("m9i.large", region_prices("us-west-2"), "r7i.2xlarge")
    monkeypatch.setattr("pophub.organizer.deploy.pinned.Pins.read", lambda self, event: pin)
    found = checked(str(event), Lists(M9I), now=datetime(2027, 1, 1, tzinfo=UTC))

    assert (found.is_pinned, found.instance_type) == (True, "m9i.large")
    assert found.workers is not None
    assert found.workers.machine.name == "r7i.2xlarge"


def test_a_hub_that_was_destroyed_costs_nothing_from_then_on(event: Path) -> None:
    gone = finished.GONE
    copies = {METER_FILE: METER, "gone.json": b"{}"}
    found = _live(Stored(copies, gone - timedelta(days=3), gone=gone), NOW, event)
    again = _live(Stored(copies, gone + timedelta(hours=1), gone=gone), NOW, event)

    assert (found.usd, found.gone, found.usd_an_hour, found.until) == (TOTAL, True, 0, gone)
    assert (again.gone, again.until) == (False, NOW)


def test_aws_is_asked_for_the_days_since_the_first_start_and_the_meter_is_read_once(
    event: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[date] = []

    def ask(aws: Aws, name: str, first: date, last: date, *, as_of: datetime) -> Billed:
        asked.append(first)
        return Billed((), "USD", as_of, 1)

    monkeypatch.setattr("pophub.aws.cost_explorer.ask", ask)
    never_set = of_hub(Kind.BEAT, Moment(datetime(1970, 1, 1, tzinfo=UTC), "b9", 1000))
    copy = Stored({METER_FILE: METER + as_line(never_set)})
    so_far(str(event), copy, [], now=NOW, ask=True, names=False, gone=finished.GONE)

    assert asked == [finished.TRIED.date()]


def test_a_machine_the_table_does_not_know_is_asked_for(event: Path) -> None:
    event.write_text(event.read_text().replace("instance_type: null", "instance_type: m9i.large"))
    made = before(str(event), Lists(M9I), now=NOW)

    assert (made.instance_type, made.expected.items[0].usd_each) == ("m9i.large", Decimal("0.1"))


def test_a_machine_nobody_knows_is_an_error_at_its_line(event: Path) -> None:
    event.write_text(event.read_text().replace("instance_type: null", "instance_type: m9i.large"))
    with pytest.raises(PophubError, match="AWS's price list cannot be asked: there are no AWS credentials") as silent:
        before(str(event), NoAws(), now=NOW)
    with pytest.raises(PophubError, match=r"neither the price table nor AWS's price list has m9i\.large in us-west-2"):
        before(str(event), Lists(), now=NOW)

    assert silent.value.problems[0].field == "host.instance_type"
    assert silent.value.problems[0].line > 1


def test_an_estimate_with_old_prices_says_so(event: Path) -> None:
    assert any("the price table is 170 days old" in note for note in before(str(event), NoAws(), now=NOW).notes)


def test_an_estimate_has_no_page(event: Path) -> None:
    with pytest.raises(PophubError, match="there is no estimate as html") as refused:
        rendered_estimate(before(str(event), NoAws(), now=NOW), Form.HTML)

    assert refused.value.code is ExitCode.USAGE


@pytest.mark.parametrize("form", Form)
def test_every_form_says_the_same_total(event: Path, form: Form) -> None:
    console = Console(width=120)
    with console.capture() as captured:
        console.print(rendered(_so_far(event, NoAws(), finished.METER), form))

    assert "130.24" in captured.get() or str(TOTAL) in captured.get()
