"""Merging stretches of time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from pophub.core.calendar import Window, merged

MINUTE = timedelta(minutes=1)
_moments = st.integers(0, 5000).map(lambda minutes: datetime(2027, 3, 1, tzinfo=UTC) + MINUTE * minutes)
_stretches = st.lists(
    st.tuples(_moments, st.integers(1, 600)).map(lambda it: Window(it[0], it[0] + MINUTE * it[1])), max_size=8
)


@given(stretches=_stretches)
def test_merging_what_is_merged_changes_nothing(stretches: list[Window]) -> None:
    once = merged(stretches)

    assert merged(once) == once


@given(stretches=_stretches)
def test_merging_loses_no_minute(stretches: list[Window]) -> None:
    once = merged(stretches)

    assert all(any(whole.start <= part.start and part.end <= whole.end for whole in once) for part in stretches)
    assert {window.start for window in once} <= {part.start for part in stretches}
    assert {window.end for window in once} <= {part.end for part in stretches}
