"""The crowd of a bench."""

from __future__ import annotations

import os
from types import SimpleNamespace

from bench.people import bench_event, crowd, visiting


def test_everybody_of_a_crowd_may_come_to_the_event() -> None:
    event = bench_event()
    directory, names = crowd(event, 50)

    assert len(set(names)) == 50
    assert all(directory.organization("geohackweek").has(name) for name in names)
    assert set(names) < set(directory.people)
    assert event.server.content is None


def test_what_was_asked_of_others_before_is_asked_of_them_after() -> None:
    before = dict(os.environ)
    with visiting(SimpleNamespace(environment={"https_proxy": "http://127.0.0.1:9"})):
        assert os.environ["https_proxy"] == "http://127.0.0.1:9"

    assert dict(os.environ) == before
