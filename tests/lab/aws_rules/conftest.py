"""Lab AWS accounts of several kinds, each made once and only when a test asks for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from lab.account_kinds import AccountKind
from lab.aws import LabAws

Accounts = Callable[[AccountKind], LabAws]


@pytest.fixture(scope="session")
def account_of(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Accounts]:
    made: dict[str, LabAws] = {}
    with ExitStack() as stack:

        def account(kind: AccountKind) -> LabAws:
            if kind.name not in made:
                folder: Path = tmp_path_factory.mktemp("account")
                made[kind.name] = stack.enter_context(LabAws(folder, kind))
            return made[kind.name]

        yield account
