"""Comments come from the model, and writing them again changes no value of a YAML file."""

from __future__ import annotations

from pathlib import Path

import pytest

from pophub.organizer.event import lined_yaml
from pophub.organizer.event.commented import commented, described
from pophub.organizer.event.event import Event
from pophub.organizer.event.json_schema import event_schema
from pophub.organizer.event.login import Login
from pophub.organizer.paths import EVENT_SCHEMA, EXAMPLE_EVENT, ROOT


def test_comments_come_from_the_model_and_values_from_the_file() -> None:
    written = "# old\ntitle: Soil  # ours\nlogin:\n  github:\n    allow: [soil]\n\n"

    assert commented(written, event_schema(), "# head\n").splitlines() == [
        "# head",
        "",
        "# Name of the event, shown on each page of the hub.",
        "title: Soil  # ours",
        "",
        f"# {Event.model_fields['login'].description}",
        "login:",
        "  # Members of GitHub organizations or teams sign in with GitHub.",
        "  github:",
        "    # GitHub organizations, and teams as `organization:team`, whose members may sign in.",
        "    allow: [soil]",
    ]


def test_a_long_description_is_wrapped_at_its_indent() -> None:
    lines = described("word " * 40, "  ")

    assert len(lines) == 2
    assert all(line.startswith("  # word") and len(line) <= 110 for line in lines)


def test_the_example_has_every_key_but_those_of_other_ways() -> None:
    def keys(part: dict, data: dict, place: str = "") -> list[str]:
        absent = [f"{place}{key}" for key in part["properties"] if key not in data]
        below = [(key, each) for key, each in part["properties"].items() if "properties" in each and key in data]
        return absent + [name for key, each in below for name in keys(each, data[key], f"{place}{key}.")]

    assert keys(event_schema(), lined_yaml.read(EXAMPLE_EVENT.read_bytes()).data) == [
        *(f"login.{kind}" for kind in Login.model_fields if kind != "github"),
        "tls.certificate",
        "tls.key",
    ]


@pytest.mark.parametrize("folder", [EXAMPLE_EVENT.parent, ROOT / "hub-config" / "events"], ids=lambda path: path.name)
def test_an_editor_finds_the_schema_beside_the_example_and_beside_a_copy_of_it(folder: Path) -> None:
    first = EXAMPLE_EVENT.read_text().splitlines()[0]

    assert (folder / first.removeprefix("# yaml-language-server: $schema=")).samefile(EVENT_SCHEMA)
