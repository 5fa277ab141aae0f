"""Private code that a patch changes or relies on is the same as when the patch was checked; each patch is in the table."""

from __future__ import annotations

import ast
import csv
import hashlib
from collections.abc import Iterator
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

import jupyterhub  # type: ignore[import-untyped]
import pytest

from lab.venvs import ensure_venv
from pophub.organizer.paths import HUB_CONFIG, ROOT

with (HUB_CONFIG / "patches.csv").open() as table:
    PATCHED = list(csv.DictReader(table))
OF_THE_HUB = [row for row in PATCHED if row["patch"].startswith("sections/")]
OF_SERVERS = [row for row in PATCHED if row["patch"].startswith("server/")]


def name_of(row: dict[str, str]) -> str:
    return f"{row['module']}.{row['name']}"


@pytest.mark.parametrize("row", OF_THE_HUB, ids=name_of)
def test_the_hubs_code_is_as_it_was_checked(row: dict[str, str]) -> None:
    require_unchanged(row, Path(jupyterhub.__file__).parent.parent)


@pytest.mark.extensions
@pytest.mark.parametrize("row", OF_SERVERS, ids=name_of)
def test_a_servers_code_is_as_it_was_checked(row: dict[str, str]) -> None:
    (packages,) = ensure_venv(ROOT / "requirements-extensions.txt").glob("lib/python3*/site-packages")
    require_unchanged(row, packages)


def require_unchanged(row: dict[str, str], packages: Path) -> None:
    [installed] = distributions(name=row["package"], path=[str(packages)])
    what_next = (
        f"read {row['link']}, check hub-config/{row['patch']}, then write version, sha256 and link into patches.csv"
    )

    assert installed.version == row["newest"], what_next
    assert digest_of(packages / f"{row['module'].replace('.', '/')}.py", row["name"]) == row["sha256"], what_next


def digest_of(file: Path, name: str) -> str:
    """The sha256 of a function's or class's source."""
    text = file.read_text()
    found: Any = ast.parse(text)
    for part in name.split("."):
        found = next(node for node in found.body if getattr(node, "name", None) == part)
    source = "\n".join(text.splitlines()[found.lineno - 1 : found.end_lineno])
    return hashlib.sha256(source.encode()).hexdigest()[:16]


def test_a_change_of_the_code_is_noticed(tmp_path: Path) -> None:
    before, after = tmp_path / "before.py", tmp_path / "after.py"
    before.write_text("class A:\n    def b(self):\n        return 1\n")
    after.write_text("class A:\n    def b(self):\n        return 2\n")

    assert digest_of(before, "A.b") != digest_of(after, "A.b")
    with pytest.raises(StopIteration):
        digest_of(before, "A.c")


def test_the_table_has_every_patch() -> None:
    patches = {file.relative_to(HUB_CONFIG).as_posix() for file in HUB_CONFIG.glob("*/patches/[!_]*.py")}

    assert len(patches) >= 5
    assert patches | {"sections/notice.py"} == {row["patch"] for row in PATCHED}


def test_nothing_else_changes_code_of_jupyter() -> None:
    """An assignment to an attribute of an imported name is a patch, and belongs to the others."""
    elsewhere = [file for file in HUB_CONFIG.rglob("*.py") if file.parent.name != "patches"]
    wrong = [f"{file.relative_to(HUB_CONFIG)}:{line}" for file in elsewhere for line in patched_in(file)]

    assert len(elsewhere) > 20
    assert not wrong


def patched_in(file: Path) -> Iterator[int]:
    tree = ast.parse(file.read_text())
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    foreign = {
        (alias.asname or alias.name).partition(".")[0]
        for node in imports
        for alias in node.names
        if not (getattr(node, "module", "") or "").startswith(("sections", "pophub"))
    }
    for node in ast.walk(tree):
        targets = node.targets if isinstance(node, ast.Assign) else ()
        for target in targets:
            if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id in foreign:
                yield node.lineno
