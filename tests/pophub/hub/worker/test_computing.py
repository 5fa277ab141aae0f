"""How much each server computes: over the last minute, and not known for one that is new."""

from __future__ import annotations

from pophub.hub.worker.computing import Computing


def test_a_server_computes_what_it_used_in_the_last_minute() -> None:
    computing = Computing()
    found = {}
    for look in range(31):
        up = look * 5.0
        # ada computes for 60 seconds on one processor, then not
        found[up] = computing.observe(up, {"ada": {"7@1": min(up, 60.0)}, "bob": {"8@1": 0.0}})

    assert found[0.0] == {"ada": None, "bob": None}
    assert found[60.0] == {"ada": 1.0, "bob": 0.0}
    assert found[90.0]["ada"] == 0.5
    assert found[120.0]["ada"] == 0.0
    # no more is remembered than a minute needs
    assert len(computing.looks) == 13


def test_a_new_server_is_not_known_and_then_measured_since_it_came() -> None:
    computing = Computing()
    computing.observe(0, {})
    assert computing.observe(5, {"ada": {"7@1": 3.0}}) == {"ada": None}
    assert computing.observe(9, {"ada": {"7@1": 5.0}}) == {"ada": None}

    assert computing.observe(15, {"ada": {"7@1": 8.0}}) == {"ada": 0.5}


def test_a_kernel_that_ended_takes_nothing_from_the_others() -> None:
    computing = Computing()
    computing.observe(0, {"ada": {"7@1": 100.0, "8@1": 0.0}})

    assert computing.observe(10, {"ada": {"8@1": 5.0}}) == {"ada": 0.5}
