"""A worker as the meter records it: a machine that runs servers and no hub."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple, Self

ON_DEMAND, SPOT = "on-demand", "spot"
# limits for a valid record
MOST_USD = 10**6
OLDEST_MS = 366 * 24 * 3_600_000


class Worker(NamedTuple):
    """One machine, from its birth to its end. AWS gives an instance's `id` to no other instance.

    `usd_an_hour` is the price at its birth, without disk and address; None if it was not known. `age_ms` is the time
    from its birth to the record of its start.
    """

    id: str
    type: str
    market: str
    usd_an_hour: Decimal | None
    age_ms: int = 0

    def as_json(self) -> dict[str, Any]:
        usd = self.usd_an_hour
        return {
            "worker": self.id,
            "type": self.type,
            "market": self.market,
            "usd_an_hour": None if usd is None else f"{usd:f}",
            "age": self.age_ms,
        }

    @classmethod
    def from_json(cls, fields: dict[str, Any]) -> Self:
        """Read what `as_json` wrote.

        Raises:
            ValueError, KeyError, TypeError, ArithmeticError: a value is missing, wrong or out of range.
        """
        id_, type_, market, age = (fields[key] for key in ("worker", "type", "market", "age"))
        usd = fields.get("usd_an_hour")
        price = None if usd is None else Decimal(usd)
        if not (type(id_) is type(type_) is str and id_ and market in (ON_DEMAND, SPOT)):
            raise ValueError(fields)
        if type(age) is not int or not 0 <= age <= OLDEST_MS or not (price is None or 0 <= price <= MOST_USD):
            raise ValueError(fields)
        return cls(id_, type_, market, price, age)
