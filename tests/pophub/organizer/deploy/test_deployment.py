"""A deployment is what its stack says, or it is told why there is none. `terraform` is a stand-in that answers JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from pophub.core.errors import ExitCode, PophubError
from pophub.organizer.deploy.deployment import Deployment, read_deployment

PutProgram = Callable[[str, str], Path]
OUTPUTS = {name: f"the {name}" for name in Deployment.model_fields}
VERSION = """[ "$1" = version ] && echo '{"terraform_version": "1.11.4"}' && exit"""


@pytest.fixture
def stacks(tmp_path: Path) -> Path:
    """A folder of stacks in which geo is synthesized."""
    (tmp_path / "geo").mkdir()
    (tmp_path / "geo" / "cdk.tf.json").write_text("{}")
    return tmp_path


@pytest.fixture
def answer(only_program: PutProgram) -> Callable[..., None]:
    def put(outputs: dict[str, str]) -> None:
        told = json.dumps({name: {"value": value, "type": "string"} for name, value in outputs.items()})
        only_program("terraform", f"{VERSION}\ntest -e cdk.tf.json && echo '{told}'")

    return put


def test_it_is_what_the_stack_s_outputs_say(stacks: Path, answer: Callable[..., None]) -> None:
    answer(OUTPUTS)

    assert read_deployment("geo", stacks).model_dump() == OUTPUTS


def test_a_stack_that_was_never_synthesized_is_not_deployed(tmp_path: Path, answer: Callable[..., None]) -> None:
    answer(OUTPUTS)

    with pytest.raises(PophubError, match="geo is not deployed from here") as refused:
        read_deployment("geo", tmp_path)
    assert refused.value.hint == "pophub deploy geo"


def test_a_stack_without_outputs_is_not_deployed(stacks: Path, answer: Callable[..., None]) -> None:
    answer({})

    with pytest.raises(PophubError, match="geo is not deployed from here"):
        read_deployment("geo", stacks)


@pytest.mark.parametrize(
    ("outputs", "blamed"),
    [
        ({name: value for name, value in OUTPUTS.items() if name != "public_ip"}, "public_ip"),
        (OUTPUTS | {"colour": "blue"}, "colour"),
    ],
    ids=["missing", "unknown"],
)
def test_a_deployment_of_another_shape_is_told_with_what_differs(
    stacks: Path, answer: Callable[..., None], outputs: dict[str, str], blamed: str
) -> None:
    answer(outputs)

    with pytest.raises(PophubError, match=f"not complete or of another version of pophub: {blamed}$") as refused:
        read_deployment("geo", stacks)
    assert refused.value.hint == "pophub deploy geo goes on where it stopped"


def test_what_terraform_says_is_told_in_one_line(stacks: Path, only_program: PutProgram) -> None:
    said = "Error: Backend initialization required\n\nReason: Unset"
    only_program("terraform", f"{VERSION}\necho '{said}' >&2; exit 1")

    with pytest.raises(PophubError, match=r"what geo is: Backend initialization required$") as refused:
        read_deployment("geo", stacks)
    assert refused.value.code == ExitCode.REFUSED


@pytest.mark.usefixtures("only_program")
def test_without_terraform_it_is_said_where_to_get_it(stacks: Path) -> None:
    with pytest.raises(PophubError, match="Terraform is not installed"):
        read_deployment("geo", stacks)


def test_a_deployment_cannot_be_changed_by_mistake() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Deployment(**OUTPUTS).public_ip = "192.0.2.1"  # type: ignore[misc]
