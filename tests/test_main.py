"""main.py makes a stack of every event file that can be read, and says what it makes of the others."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from pophub.organizer.paths import ROOT
from tests.stacks.synthesis import Synthesis, run_main, synthesize

pytestmark = pytest.mark.synth
# what Node.js has loaded when it ends
NOTE = """
const fs = require("node:fs");
process.on("exit", () => fs.appendFileSync(__dirname + "/loaded", Object.keys(require.cache).join("\\n") + "\\n"));
"""


def test_every_event_is_a_stack_of_its_name_beside_the_account(synth: Synthesis) -> None:
    assert set(synth.stacks) == {"account", "geo-hackweek", "winter-school", "new-year", "past", "course", "on-demand"}


def test_an_event_whose_region_was_changed_after_its_deploy_is_left_out(tmp_path: Path) -> None:
    """Terraform would forget what runs in the other one."""
    state = {"outputs": {"region": {"value": "eu-west-1"}}, "resources": [{}]}
    (tmp_path / "terraform.geo-hackweek.tfstate").write_text(json.dumps(state))
    synthesis = synthesize(tmp_path, "geo-hackweek")

    assert set(synthesis.stacks) == {"account"}
    assert re.search(r"geo-hackweek.yaml:\d+: region: geo-hackweek is deployed in eu-west-1", synthesis.stderr)


def test_a_past_event_is_warned_of_and_can_still_be_destroyed(synth: Synthesis) -> None:
    events = synth.folder / "events"

    assert f"warning: {events}/past.yaml: the event is past; only destroy it\n" in synth.stderr
    past, to_come = (set(synth.stacks[name].document["resource"]) for name in ("past", "geo-hackweek"))
    assert to_come - past == {"aws_scheduler_schedule"}
    assert past < to_come
    assert synth.stderr.count("the event is past") == 1


def test_an_event_that_no_machine_fits_is_left_out_and_the_key_is_named(synth: Synthesis) -> None:
    """Half a stack would be worse than none: deploying it would destroy the other half."""
    assert re.search(
        r"left out, no stack is made of it:\n\S+/too-large.yaml:\d+: participants: no x86_64", synth.stderr
    )
    assert "too-large" not in synth.stacks


def test_a_file_that_is_no_event_is_left_out_and_its_problems_are_told(synth: Synthesis) -> None:
    told = (
        r"warning: left out, no stack is made of it:\n\S+/broken.yaml:\d+: participants: must be a whole number .+; for"
    )

    assert re.search(told, synth.stderr)


def test_nothing_is_said_but_the_warnings(synth: Synthesis) -> None:
    assert synth.stderr.count("warning: ") == 3
    assert len(synth.stderr.splitlines()) == 5


def test_a_home_that_cannot_be_written_to_is_no_hindrance() -> None:
    # a library that cannot keep its files ends at its import; to unpack the bindings too takes most of the time
    stacks = "{'stacks.account_stack': Mock(), 'stacks.event_stack': Mock()}"
    code = f"import sys; from unittest.mock import Mock; sys.modules |= {stacks}; import main"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT, env={**os.environ, "HOME": "/proc/nobody"}, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr


def test_without_an_event_there_is_the_account_alone(empty: Synthesis) -> None:
    assert set(empty.stacks) == {"account"}
    assert empty.stderr == ""


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Synthesis:
    """Where the organizer has options of Node.js: they count too."""
    folder = tmp_path_factory.mktemp("empty")
    (folder / "note.cjs").write_text(NOTE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NODE_OPTIONS", f"--require {folder}/note.cjs")
        return synthesize(folder)


def test_of_the_bindings_node_loads_the_services_that_are_used(empty: Synthesis) -> None:
    loaded = (empty.folder / "loaded").read_text().splitlines()
    services = {found[1] for each in loaded if (found := re.search(r"/@cdktf/provider-aws/lib/([^/]+)/", each))}

    assert "s3-bucket" in services
    assert len(services) < 20


def test_an_account_file_with_problems_is_told_without_a_traceback(tmp_path: Path) -> None:
    done = run_main(tmp_path, account="region: here\nbucket: Our Bucket\n")

    assert done.returncode == 1
    assert [line.partition(";")[0] for line in done.stderr.splitlines()[:2]] == [
        f"{tmp_path}/account.yaml:1: region: not the code of an AWS region (got 'here')",
        f"{tmp_path}/account.yaml:2: bucket: not the name of a bucket: small letters, digits and hyphens, 3 to 63 "
        "(got 'Our Bucket')",
    ]
    assert "Traceback" not in done.stderr


# the bindings' own __init__ runs before stacks/ can step around it; of its 2,100 services it imports those that we name
THEIR_INIT = """
import ast, importlib.util, sys
spec = importlib.util.find_spec("cdktf_cdktf_provider_aws")
tree = ast.parse(open(spec.origin).read())
def is_of_others(line):
    return isinstance(line, ast.ImportFrom) and (line.level, line.module) == (1, None) and line.names[0].name not in {ours}
tree.body = [line for line in tree.body if not is_of_others(line)]
sys.modules[spec.name] = bindings = importlib.util.module_from_spec(spec)
exec(compile(tree, spec.origin, "exec"), bindings.__dict__)
assert bindings.s3_bucket and not hasattr(bindings, "xray_group")
"""


def kinds_of(synth: Synthesis, *stacks: str) -> set[str]:
    documents = [synth.stacks[name].document for name in stacks]
    return {kind for document in documents for part in ("resource", "data") for kind in document.get(part, {})}


def test_the_light_import_of_the_bindings_gives_what_their_own_init_gives(
    synth: Synthesis, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The services that no stack names are left out of both: to compile them all takes a minute of a processor."""
    events = ("course", "winter-school")
    every, theirs = (kinds_of(synth, *names) for names in (synth.stacks, ("account", *events)))
    assert every == theirs, "these have what the others have"
    folder = tmp_path_factory.mktemp("full")
    named = re.compile(r"from cdktf_cdktf_provider_aws\.(\w+) import")
    ours = {name for file in (ROOT / "stacks").glob("*.py") for name in named.findall(file.read_text())}
    full = synthesize(folder, *events, before=THEIR_INIT.replace("{ours}", repr(ours)))

    for name in ("account", *events):
        same = (full.out / "stacks" / name / "cdk.tf.json").read_text().replace(str(folder), str(synth.folder))

        assert same == (synth.out / "stacks" / name / "cdk.tf.json").read_text()
