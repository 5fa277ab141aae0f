"""The lab AWS has what our stacks look up before they make anything."""

from __future__ import annotations

from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from lab.aws import LabAws
from lab.aws_server import IMAGE_IDS


@pytest.mark.parametrize(("architecture", "debian"), [("x86_64", "amd64"), ("arm64", "arm64")])
def test_debian_s_image_is_there_for_both_processors(lab_aws: LabAws, architecture: str, debian: str) -> None:
    filters = [
        {"Name": "name", "Values": [f"debian-13-{debian}-*"]},
        {"Name": "virtualization-type", "Values": ["hvm"]},
    ]
    [image] = lab_aws.client("ec2", "us-west-2").describe_images(Owners=["136693071363"], Filters=filters)["Images"]

    assert (image["ImageId"], image["Architecture"]) == (IMAGE_IDS[architecture], architecture)


@pytest.mark.parametrize("region", ["us-west-2", "eu-central-1", "ap-southeast-2"])
def test_images_and_machines_are_there_in_every_region(lab_aws: LabAws, region: str) -> None:
    ec2 = lab_aws.client("ec2", region)
    offered = ec2.describe_instance_type_offerings(
        LocationType="availability-zone", Filters=[{"Name": "instance-type", "Values": ["m7g.xlarge"]}]
    )["InstanceTypeOfferings"]

    assert {place["Location"][:-1] for place in offered} == {region}
    assert len(ec2.describe_images(Owners=["136693071363"])["Images"]) == 2


def test_a_connection_stays_open_for_the_next_call(lab_aws: LabAws) -> None:
    connection = HTTPConnection(urlsplit(lab_aws.url).netloc)
    places = []
    for _ in range(2):
        connection.request("GET", "/")
        connection.getresponse().read()
        places.append(connection.sock and connection.sock.getsockname())
    connection.close()

    assert None not in places
    assert len(set(places)) == 1
