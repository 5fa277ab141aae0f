"""The participants' image: judged from facts, and asked at the lab's registry."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from lab.registry import LabImage, LabRegistry
from pophub.core.contract import SERVER_HOME
from pophub.organizer.doctor import image
from pophub.organizer.doctor.finding import Colour
from pophub.organizer.outside.registry import Image
from tests.pophub.organizer.doctor.conftest import MakeCase

GIB = 2**30
NAME = "quay.io/jupyter/scipy-notebook:2026-10-06"


@pytest.mark.parametrize(
    ("found", "colour", "words"),
    [
        (Image({"amd64": GIB, "arm64": None}), Colour.GREEN, "is there for amd64, 1.0 GiB"),
        (Image({"amd64": 6 * GIB}), Colour.YELLOW, "6.0 GiB"),
        (Image({"amd64": 20 * GIB}), Colour.RED, "does not fit"),
        (Image({"arm64": GIB}), Colour.RED, "set `host.architecture` to arm64"),
        (
            Image({"amd64": GIB}, {"Volumes": {"/data": {}, f"{SERVER_HOME}/work": {}}}),
            Colour.RED,
            f"into {SERVER_HOME}/work",
        ),
        (
            Image({"amd64": GIB}, {"Env": [f"PATH={SERVER_HOME}/.venv/bin:/bin"]}),
            Colour.YELLOW,
            f"has programs in {SERVER_HOME}",
        ),
        (
            Image({"amd64": GIB}, {"Env": [f"PATH={SERVER_HOME}/.local/bin:/opt/conda/bin", "A=b=c"], "Volumes": None}),
            Colour.GREEN,
            "is there",
        ),
        (Image({}), Colour.RED, "is not there"),
        (Image({}, refused=True), Colour.RED, "not for everybody"),
    ],
)
def test_an_image_is_pulled_without_an_account_for_one_processor(found: Image, colour: Colour, words: str) -> None:
    verdict = image.judge_image(NAME, "x86_64", found)

    assert verdict.colour is colour
    assert words in f"{verdict.answer} {verdict.next_step}"


@pytest.fixture(scope="module")
def registry() -> Iterator[LabRegistry]:
    images = {
        "jupyter/scipy-notebook:2026-10-06": LabImage({"amd64": (GIB, GIB), "arm64": (GIB,)}),
        "old/notebook:1": LabImage({"amd64": (GIB,)}, config={"Volumes": {f"{SERVER_HOME}/work": {}}}),
        "old/notebook:2": LabImage({"amd64": (GIB,)}, is_index=False, config={"Volumes": {f"{SERVER_HOME}/work": {}}}),
        "jupyter/secret:1": LabImage({"amd64": (GIB,)}, private=True),
    }
    with LabRegistry(images) as lab:
        yield lab


@pytest.mark.parametrize(
    ("name", "colour"),
    [
        (NAME, Colour.GREEN),
        (f"{NAME}x", Colour.RED),
        ("quay.io/jupyter/secret:1", Colour.RED),
        ("quay.io/old/notebook:1", Colour.RED),
        ("quay.io/old/notebook:2", Colour.RED),
    ],
)
def test_the_registry_is_asked(
    make_case: MakeCase, registry: LabRegistry, example_in: Callable[[str, str], str], name: str, colour: Colour
) -> None:
    case = make_case(name=example_in(NAME, name), reroute={"https://quay.io": registry.url})

    assert image.image(case).colour is colour
