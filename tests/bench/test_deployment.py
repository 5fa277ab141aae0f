"""The bench of deployments, without a cloud: what it runs and in which order; its figures are nobody's business here."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from bench import deployment as bench
from bench.deployment import Plain, measure
from pophub.core.errors import PophubError


class FakeAws:
    environment: dict[str, str] = {}  # noqa: RUF012

    def __init__(self, folder: Path) -> None:
        pass

    def __enter__(self) -> FakeAws:
        return self

    def __exit__(self, *error: object) -> None:
        pass


def test_both_ways_do_the_same_work_in_the_same_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    stack = tmp_path / "stacks" / "example-event"
    (stack / ".terraform").mkdir(parents=True)
    app = SimpleNamespace(
        stacks_dir=stack.parent,
        synth=lambda: done.append("synth"),
        deploy=lambda name: done.append(f"deploy {name}"),
        destroy=lambda name: done.append(f"destroy {name}"),
    )
    site = SimpleNamespace(app=app, file=tmp_path / "event.yaml", event=SimpleNamespace(name="example-event"))
    monkeypatch.setattr(bench, "LabAws", FakeAws)
    monkeypatch.setattr(bench, "LabSite", lambda *parts, keeps_provider: site)
    monkeypatch.setattr(
        Plain, "run", lambda self, *command: done.append(" ".join([Path(command[0]).name, *command[1:2]]))
    )
    (figures,) = measure(tmp_path, lambda line: None)

    assert [row[0] for row in figures.rows] == [
        "synth (plain: python main.py)",
        "deploy",
        "deploy again, nothing to change",
        "destroy",
    ]
    assert done[2:] == [
        "deploy account",
        "deploy example-event",
        "deploy example-event",
        "destroy example-event",
        "terraform init",
        "terraform apply",
        "terraform apply",
        "terraform destroy",
    ]
    assert all(float(pophub) >= 0 and float(plain) >= 0 for _, pophub, plain in figures.rows)


def test_a_command_that_fails_is_told_with_its_last_words(tmp_path: Path) -> None:
    plain = Plain(tmp_path, tmp_path, {}, lambda line: None)

    with pytest.raises(PophubError, match="failed: no such stack"):
        plain.run(sys.executable, "-c", "import sys; sys.exit('no such stack')")
