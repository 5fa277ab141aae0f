"""Strategies of Hypothesis that are made once: to make and check a strategy takes longer than to draw from it."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

from hypothesis import strategies as st


# `typed`, because False is equal to 0
@lru_cache(maxsize=None, typed=True)
def any_of(*values: Any) -> st.SearchStrategy[Any]:
    """One of these."""
    return st.sampled_from(values)


@cache
def whole(*ranges: tuple[int, int]) -> st.SearchStrategy[int]:
    """A whole number of one of these ranges, both ends included."""
    return st.one_of(*(st.integers(*each) for each in ranges))
