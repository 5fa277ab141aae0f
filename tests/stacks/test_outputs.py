"""What the commands read of a deployed event."""

from __future__ import annotations

import pytest

from pophub.organizer.deploy.deployment import Deployment
from tests.stacks.synthesis import Stack

pytestmark = pytest.mark.synth


def test_its_outputs_are_the_fields_of_a_deployment(stack: Stack) -> None:
    assert stack.document["output"].keys() == Deployment.model_fields.keys()


def test_its_outputs_lead_to_the_right_things(stack: Stack) -> None:
    outputs = {name: output["value"] for name, output in stack.document["output"].items()}

    assert outputs["hub_url"] == "https://hub.geohackweek.example.org"
    assert outputs["instance_id"] == stack.reference("hub/instance", "id")
    assert outputs["public_ip"] == stack.reference("hub/address", "public_ip")
    assert outputs["home_volume_id"] == stack.reference("home/volume", "id")
    assert outputs["bundle_key"] == stack.only("aws_s3_object")["key"]
    assert outputs["bucket"] == stack.only("aws_s3_object")["bucket"]
