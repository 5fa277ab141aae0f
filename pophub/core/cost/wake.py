"""A start of the hub from its off page, as the meter records it. It does not contain who pressed the button."""

from __future__ import annotations

from typing import Any, NamedTuple, Self

# a valid record has no more starts a day
MOST = 10_000


class Wake(NamedTuple):
    """The number of the start on its day, and how many a day the event file allows."""

    number: int
    times_a_day: int

    def as_json(self) -> dict[str, int]:
        return {"number": self.number, "times_a_day": self.times_a_day}

    @classmethod
    def from_json(cls, fields: dict[str, Any]) -> Self:
        """Read what `as_json` wrote.

        Raises:
            ValueError, KeyError, TypeError: a value is missing, wrong or out of range.
        """
        found = cls(fields["number"], fields["times_a_day"])
        if any(type(it) is not int or not 0 < it <= MOST for it in found):
            raise ValueError(fields)
        return found
