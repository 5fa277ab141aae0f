"""Days, lengths and sizes as people read them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from pophub.organizer.event.sections import Session
from pophub.organizer.guide.guide_words import days, minutes, size


def session(last: str) -> Session:
    return Session.model_validate({"from": "2027-03-15", "to": last, "start": "09:00", "end": "17:00"})


def test_a_session_of_one_day_and_one_of_several() -> None:
    assert days(session("2027-03-15")) == "Monday 15 March 2027"
    assert days(session("2027-03-19")) == "Monday 15 March 2027 to Friday 19 March 2027, each day"


def test_a_length_is_whole_minutes() -> None:
    assert minutes(timedelta(minutes=10, seconds=59)) == 10


def test_a_size_has_no_idle_zeros() -> None:
    assert size(Decimal("4.00"), Decimal(1)) == "4 GiB of memory and 1 processor"
    assert size(Decimal("1.5"), Decimal(10)) == "1.5 GiB of memory and 10 processors"
