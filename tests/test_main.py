"""main.py makes a stack of every event file that can be read, and says what it makes of the others."""

from __future__ import annotations

import re

import pytest

from tests.stacks.synthesis import Synthesis, synthesize

pytestmark = pytest.mark.synth


def test_every_event_is_a_stack_of_its_name_beside_the_account(synth: Synthesis) -> None:
    assert set(synth.stacks) == {"account", "geo-hackweek", "winter-school", "past"}


def test_a_past_event_is_warned_of_and_can_still_be_destroyed(synth: Synthesis) -> None:
    events = synth.folder / "events"

    assert f"warning: {events}/past.yaml: the event is past; only destroy it\n" in synth.stderr
    assert synth.stacks["past"].document["resource"].keys() == synth.stacks["geo-hackweek"].document["resource"].keys()
    assert synth.stderr.count("the event is past") == 1


def test_a_file_that_is_no_event_is_left_out_and_its_problems_are_told(synth: Synthesis) -> None:
    told = (
        r"warning: left out, no stack is made of it:\n\S+/broken.yaml:\d+: participants: must be a whole number .+; for"
    )

    assert re.search(told, synth.stderr)


def test_nothing_is_said_but_the_warnings(synth: Synthesis) -> None:
    assert len(synth.stderr.splitlines()) == 3


def test_without_an_event_there_is_the_account_alone(empty: Synthesis) -> None:
    assert set(empty.stacks) == {"account"}
    assert empty.stderr == ""


@pytest.fixture
def empty(tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    return synthesize(tmp_path_factory.mktemp("empty"))


def test_the_light_import_of_the_bindings_gives_what_the_full_one_gives(
    synth: Synthesis, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("full")
    # the bindings' own __init__, with all its services, before stacks/ can step around it
    before = "import cdktf_cdktf_provider_aws as full; assert hasattr(full, 's3_bucket')"
    full = synthesize(folder, *synth.stacks.keys() - {"account"}, before=before)

    for name in synth.stacks:
        same = (full.out / "stacks" / name / "cdk.tf.json").read_text().replace(str(folder), str(synth.folder))

        assert same == (synth.out / "stacks" / name / "cdk.tf.json").read_text()
