"""Each kind of value takes what it should and refuses its neighbours, in words of its own."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from pophub.organizer.event import fields

TAKEN: list[tuple[Any, Any, Any]] = [
    (fields.Amount, 400, Decimal(400)),
    (fields.Amount, Decimal("0.01"), Decimal("0.01")),
    (fields.Day, "2028-02-29", date(2028, 2, 29)),
    (fields.Day, "2199-12-31", date(2199, 12, 31)),
    (fields.Clock, "00:00", time(0, 0)),
    (fields.Clock, "23:59", time(23, 59)),
    (fields.Region, "us-gov-west-1", "us-gov-west-1"),
    (fields.Hostname, "hub.xn--mnchen-3ya.example", "hub.xn--mnchen-3ya.example"),
    (fields.Hostname, f"{'a' * 63}.example", f"{'a' * 63}.example"),
    (fields.Mail, "Ada+hub@Uni.example", "Ada+hub@Uni.example"),
    (fields.Organization, "geo-hackweek:team_2027", "geo-hackweek:team_2027"),
    (fields.Username, "ada@uni.example", "ada@uni.example"),
    (fields.InstanceTypeName, "u7i-12tb.224xlarge", "u7i-12tb.224xlarge"),
    (fields.InstanceTypeName, "m7i-flex.large", "m7i-flex.large"),
    (fields.UrlPath, "/lab/tree/start.ipynb", "/lab/tree/start.ipynb"),
    (fields.VariableValue, "two\nlines", "two\nlines"),
    (fields.Text, "Göttingen 👩‍💻", "Göttingen 👩‍💻"),
]

REFUSED: list[tuple[Any, Any]] = [
    (fields.Amount, True),
    (fields.Amount, "400"),
    (fields.Amount, 0),
    (fields.Amount, Decimal("NaN")),
    (fields.Day, "2027-02-29"),
    (fields.Day, "20270301"),
    (fields.Day, "2019-12-31"),
    (fields.Day, 20270301),
    (fields.Clock, "24:00"),
    (fields.Clock, "9:00"),
    (fields.Clock, "09:00:00"),
    (fields.Clock, "09:0\u0660"),
    (fields.Region, "us-west-2a"),
    (fields.Region, "us-west-2\n"),
    (fields.Hostname, "localhost"),
    (fields.Hostname, "hub.example.org."),
    (fields.Hostname, "-hub.example.org"),
    (fields.Hostname, "hub_1.example.org"),
    (fields.Hostname, f"{'a' * 64}.example"),
    (fields.Mail, "ada@localhost"),
    (fields.Mail, "a b@uni.example"),
    (fields.Organization, "geo:team:other"),
    (fields.Organization, "https://github.com/geo"),
    (fields.Username, "../ada"),
    (fields.Image, "UPPER/case:1"),
    (fields.Image, "scipy:1\n"),
    (fields.InstanceTypeName, "large"),
    (fields.UrlPath, "lab"),
    (fields.UrlPath, "/l ab"),
    (fields.TimeZone, "America"),
    (fields.TimeZone, "../../etc/passwd"),
    (fields.TimeZone, "/usr/share/zoneinfo/UTC"),
    (fields.TimeZone, "posix/America/New_York"),
    (fields.Variable, "9LIVES"),
    (fields.Variable, "ÄRGER"),
    (fields.VariableValue, "a\0b"),
    (fields.Text, ""),
    (fields.Text, "a\x1b[31mb"),
    (fields.Text, "a\u2028b"),
]


@pytest.mark.parametrize(("kind", "value", "result"), TAKEN)
def test_a_value_of_the_kind_is_taken(kind: Any, value: Any, result: Any) -> None:
    assert TypeAdapter(kind).validate_python(value) == result


@pytest.mark.parametrize(("kind", "value"), REFUSED)
def test_a_value_of_another_kind_is_refused(kind: Any, value: Any) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_python(value)


def test_a_loaded_day_and_clock_are_taken_again() -> None:
    for kind, value in [(fields.Day, date(2027, 3, 1)), (fields.Clock, time(9, 0))]:
        assert TypeAdapter(kind).validate_python(value) == value


def test_a_zone_that_nearly_exists_gets_a_suggestion() -> None:
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(fields.TimeZone).validate_python("Europe/Berlni")

    assert refused.value.errors()[0]["ctx"]["remedy"] == "did you mean `Europe/Berlin`?"


@pytest.mark.parametrize(
    ("old", "now"),
    [
        ("US/Eastern", "America/New_York"),
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("Europe/Kiev", "Europe/Kyiv"),
        ("GB", "Europe/London"),
    ],
)
def test_an_old_name_of_a_zone_is_refused_because_a_hub_may_not_know_it(old: str, now: str) -> None:
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(fields.TimeZone).validate_python(old)

    assert refused.value.errors()[0]["ctx"]["remedy"] == f"did you mean `{now}`?"
