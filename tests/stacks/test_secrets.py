"""Secrets go through Terraform without staying in it."""

from __future__ import annotations

import pytest

from pophub.organizer.deploy.hub_secrets import stored_names
from pophub.organizer.event.event import Event
from tests.stacks.synthesis import SECRET, Stack, Synthesis

pytestmark = pytest.mark.synth


def secure(stack: Stack) -> dict[str, dict[str, object]]:
    parameters = [each for each in stack.all("aws_ssm_parameter") if each["type"] == "SecureString"]
    return {str(each["name"]): each for each in parameters}


def test_every_secret_of_the_way_to_sign_in_has_its_parameter(
    stack: Stack, event: Event, other: Stack, other_event: Event
) -> None:
    for each, about in ((stack, event), (other, other_event)):
        assert set(secure(each)) == {f"/pophub/{about.name}/{name}" for name in stored_names(about)}
        assert stored_names(about)


def test_a_secret_s_variable_is_neither_shown_nor_stored(stack: Stack, event: Event) -> None:
    for name in stored_names(event):
        variable = stack.document["variable"][name]

        assert variable == {"default": "unset", "ephemeral": True, "sensitive": True, "type": "string"}


def test_a_parameter_takes_its_secret_write_only(stack: Stack) -> None:
    for path, parameter in secure(stack).items():
        assert parameter["value_wo"] == f"${{var.{path.rpartition('/')[2]}}}"
        assert not {"value", "insecure_value"} & parameter.keys()


def test_a_secret_that_is_missing_stops_the_deployment_and_is_named(stack: Stack) -> None:
    for path, parameter in secure(stack).items():
        name = path.rpartition("/")[2]
        [condition] = parameter["lifecycle"]["precondition"]  # type: ignore[index]

        assert condition["condition"] == f'${{!contains(["", "unset"], var.{name})}}'
        assert f"export TF_VAR_{name}" in condition["error_message"]


def test_nothing_of_the_organizer_s_environment_is_written_anywhere(synth: Synthesis) -> None:
    written = [path for path in synth.out.rglob("*") if path.is_file()]

    assert any(path.suffix == ".gz" for path in written)
    assert not [path for path in written if SECRET.encode() in path.read_bytes()]


def test_changed_secrets_are_written_when_the_version_is_raised(stack: Stack) -> None:
    assert stack.document["variable"]["secrets_version"]["default"] == 1
    assert {each["value_wo_version"] for each in secure(stack).values()} == {"${var.secrets_version}"}
