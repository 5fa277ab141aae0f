"""A program of the bench for an environment with pandas: the report's sums in the usual pandas style, without a page."""

from __future__ import annotations

import json
import resource
import sys
import time

import numpy as np
import pandas as pd

MACHINE_USD, MEMORY_GIB = 2.016, 256
STANDING_USD = (5004 + 40) * 0.08 / 730 + 0.005
USABLE_GIB = MEMORY_GIB * 0.97 - 2
NOW = pd.Timestamp("2027-03-29", tz="UTC")


def main(meter: str) -> None:
    """Compute the sums and print seconds, megabytes and the total."""
    records = pd.read_json(meter, lines=True, convert_dates=["at"]).drop_duplicates("id")
    up = pd.to_timedelta(records["up"], unit="ms")
    runs = (
        records.assign(start=records["at"] - up, up=up).groupby("boot").agg(start=("start", "median"), up=("up", "max"))
    )
    hours_on = (runs["up"] / pd.Timedelta(hours=1)).sum()
    standing = (NOW - runs["start"].min()) / pd.Timedelta(hours=1) * STANDING_USD
    days = (runs["up"] / pd.Timedelta(hours=1) * MACHINE_USD).groupby(runs["start"].dt.date).sum()
    people = _people(records)
    # since the program's start, as for ours
    seconds = time.process_time()
    assert len(days)
    assert people.sum() < hours_on * MACHINE_USD
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "megabytes": megabytes, "usd": f"{hours_on * MACHINE_USD + standing:.6f}"}))


def _people(records: pd.DataFrame) -> pd.Series:
    """USD for each person: the price of a GiB between two starts or stops, summed up over each visit."""
    turns = records[records["kind"].str.startswith("server-")].sort_values(["at", "kind"])
    starts = turns["kind"] == "server-start"
    turns = turns.assign(number=turns.groupby(["user", "kind"]).cumcount())
    memory = turns["memory_gib"].fillna(turns["memory_gib"].max()).where(starts, -turns["memory_gib"].max())
    taken = memory.cumsum()
    hours = turns["at"].diff().shift(-1).dt.total_seconds().fillna(0) / 3600
    usable = MACHINE_USD * USABLE_GIB / MEMORY_GIB
    a_gib = np.where(taken > 0, usable / np.maximum(USABLE_GIB, taken), 0) * hours
    turns = turns.assign(so_far=a_gib.cumsum() - a_gib)
    visits = turns[starts].merge(turns[~starts], on=["user", "number"], suffixes=("", "_end"))
    return ((visits["so_far_end"] - visits["so_far"]) * visits["memory_gib"]).groupby(visits["user"]).sum()


if __name__ == "__main__":
    main(sys.argv[1])
