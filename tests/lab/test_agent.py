"""The lab's SSM agent: real scripts with the real API's limits, and no command for a machine that takes none."""

from __future__ import annotations

from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from lab.agent import MOST_CHARACTERS, Agent, register
from lab.aws import LabAws
from lab.aws_server import IMAGE_IDS
from lab.wait import wait_until

REGION = "us-west-2"


@pytest.fixture
def agent(tmp_path: Path) -> Agent:
    (tmp_path / "opt").mkdir()
    register(tmp_path, GREETING="hello")
    return Agent(tmp_path)


def test_a_script_runs_in_its_folder_with_the_machines_variables(agent: Agent, tmp_path: Path) -> None:
    done = agent.run(["pwd", "echo $GREETING"], "/opt", 60)

    assert (done.status, done.output) == ("Success", f"{tmp_path}/opt\nhello\n")


def test_a_failure_has_its_code_and_its_words(agent: Agent) -> None:
    done = agent.run(["echo why >&2; exit 7"], "/", 60)

    assert (done.status, done.code, done.errors) == ("Failed", 7, "why\n")


def test_only_so_much_is_kept(agent: Agent) -> None:
    assert len(agent.run(["head -c 50000 /dev/zero | tr '\\0' x"], "/", 60).output) == MOST_CHARACTERS


def test_a_script_that_takes_too_long_is_ended(agent: Agent) -> None:
    assert agent.run(["exec tail -f /dev/null"], "/", 1).status == "TimedOut"


def test_what_the_machine_lacks_can_be_given_to_it(agent: Agent, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "systemctl").write_text("#!/bin/sh\necho stood in\n")
    (tmp_path / "bin" / "systemctl").chmod(0o755)

    assert agent.run(["systemctl stop everything"], "/", 60).output == "stood in\n"


def test_a_command_through_the_api_runs_on_the_instances_machine(lab_aws: LabAws) -> None:
    ssm, ec2 = lab_aws.client("ssm", REGION), lab_aws.client("ec2", REGION)
    answer = ec2.run_instances(ImageId=IMAGE_IDS["x86_64"], MinCount=1, MaxCount=1)
    [instance] = [entry["InstanceId"] for entry in answer["Instances"]]
    send = {"InstanceIds": [instance], "DocumentName": "AWS-RunShellScript", "Parameters": {"commands": ["pwd"]}}
    with pytest.raises(ClientError, match="InvalidInstanceId"):
        ssm.send_command(**send)

    register(lab_aws.machine(instance))
    command = ssm.send_command(**send)["Command"]["CommandId"]
    where = {"CommandId": command, "InstanceId": instance}
    wait_until(lambda: ssm.get_command_invocation(**where)["Status"] != "InProgress", 30, "the command is done")
    done = ssm.get_command_invocation(**where)
    assert (done["Status"], done["StandardOutputContent"]) == ("Success", f"{lab_aws.machine(instance)}\n")
    assert ssm.list_commands(CommandId=command)["Commands"][0]["Status"] == "Success"

    ec2.stop_instances(InstanceIds=[instance])
    with pytest.raises(ClientError, match="InvalidInstanceId"):
        ssm.send_command(**send)
