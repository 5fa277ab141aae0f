"""A login provider's stand-in for an event, which ends with the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from lab.demo.people import DemoSignIn
from lab.demo.sign_in import sign_in_of
from pophub.organizer.event.event import Event
from pophub.organizer.event.login import Login
from tests.logins import LOGINS

MakeSignIn = Callable[..., DemoSignIn]


@pytest.fixture
def make_sign_in(hackweek: Event, tmp_path: Path) -> Iterator[MakeSignIn]:
    """`make_sign_in("github", allow=[…])`: the settings of tests/logins.py with changes."""
    with ExitStack() as stack:

        def make(kind: str, **changes: Any) -> DemoSignIn:
            login = Login.model_validate({kind: LOGINS[kind] | changes})
            return sign_in_of(hackweek.model_copy(update={"login": login}), tmp_path, stack)

        yield make
