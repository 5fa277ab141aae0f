"""The outputs of a deployed event's stack, as typed data. Reading them changes nothing."""

from __future__ import annotations

import json
import re
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError
from python_terraform import IsFlagged, Terraform

from pophub.core.errors import ExitCode, PophubError
from pophub.organizer.deploy import toolchain


class Deployment(BaseModel):
    """The outputs of an event's stack; a test compares the stack with these fields."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    event: str
    region: str
    hub_url: str
    instance_id: str
    public_ip: str
    home_volume_id: str
    bucket: str
    bucket_region: str
    bundle_key: str
    bundle_sha256: str
    parameter_path: str
    alerts_topic_arn: str


def read_deployment(event: str, stacks_dir: Path) -> Deployment:
    """The outputs of a deployed event, read through Terraform.

    Raises:
        PophubError: the event is not deployed from here, or Terraform does not answer.
    """
    directory = stacks_dir / event
    deploy = f"pophub deploy {event}"
    not_deployed = PophubError(f"{event} is not deployed from here", hint=deploy)
    if not (directory / "cdk.tf.json").exists():
        raise not_deployed
    toolchain.check_terraform()
    terraform = Terraform(working_dir=str(directory))
    code, stdout, stderr = terraform.cmd("output", json=IsFlagged, no_color=IsFlagged)
    if code != 0:
        reason = next(iter(re.findall(r"Error: (.+)", stderr)), stderr.strip() or "it printed nothing")
        raise PophubError(
            f"Terraform could not read what {event} is: {reason}",
            hint=f"{deploy} goes on where it stopped",
            code=ExitCode.REFUSED,
        )
    outputs = json.loads(stdout)
    if not outputs:
        raise not_deployed
    try:
        return Deployment.model_validate({name: output["value"] for name, output in outputs.items()})
    except ValidationError as error:
        differing = ", ".join(str(item["loc"][0]) for item in error.errors())
        raise PophubError(
            f"the deployment of {event} is not complete or of another version of pophub: {differing}",
            hint=f"{deploy} goes on where it stopped",
        ) from error
