"""The instance metadata service of the lab's machines, version 2 only. Its tokens do not expire.

It tells each machine its own content, which it reads anew for each request: `<the machine's address>.json` of a folder.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
"""

from __future__ import annotations

import json
import secrets
import sys
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from pophub.core.contract import HUB_PRIVATE_ADDRESS, VPC_CIDR

ADDRESS = "169.254.169.254"
VERSIONS = ("1.0", "2009-04-04", "2016-09-02", "2018-09-24", "2021-03-23", "2021-07-15", "2022-09-24", "latest")


def mac(address: str) -> str:
    """The MAC address of the machine with this address in the VPC."""
    return f"02:ab:cd:00:00:{int(address.rpartition('.')[2]):02x}"


MAC = mac(HUB_PRIVATE_ADDRESS)


def describe(
    *, instance: str, region: str, role: str, keys: Mapping[str, str], address: str, tags: dict[str, str]
) -> dict[str, Any]:
    """The metadata of an instance, as a tree; `keys` are its role's, in the form of AssumeRole's answer.

    The world sees it at `address` too.
    """
    name = f"ip-{address.replace('.', '-')}.{region}.compute.internal"
    interface = {
        "device-number": "0",
        "interface-id": "eni-0123456789abcdef0",
        "local-hostname": name,
        "local-ipv4s": address,
        "mac": mac(address),
        "owner-id": "123456789012",
        "subnet-id": "subnet-0123",
        "subnet-ipv4-cidr-block": VPC_CIDR,
        "vpc-id": "vpc-0123",
        "vpc-ipv4-cidr-block": VPC_CIDR,
    }
    return {
        "ami-id": "ami-0deb1a13000000001",
        "hostname": name,
        "iam": {"info": '{"Code": "Success"}', "security-credentials": {role: json.dumps(_credentials(keys))}},
        "instance-action": "none",
        "instance-id": instance,
        "instance-type": "t3.large",
        "local-hostname": name,
        "local-ipv4": address,
        "mac": mac(address),
        "network": {"interfaces": {"macs": {mac(address): interface}}},
        "public-ipv4": address,
        "placement": {"availability-zone": f"{region}a", "region": region},
        "services": {"domain": "amazonaws.com", "partition": "aws"},
        "tags": {"instance": tags},
    }


def _credentials(keys: Mapping[str, str]) -> dict[str, str]:
    return {
        "Code": "Success",
        "Type": "AWS-HMAC",
        "AccessKeyId": keys["AccessKeyId"],
        "SecretAccessKey": keys["SecretAccessKey"],
        "Token": keys["SessionToken"],
        "Expiration": "2099-01-01T00:00:00Z",
    }


def server(folder: Path, address: tuple[str, int] = (ADDRESS, 80)) -> ThreadingHTTPServer:
    """A server in the current network namespace; a machine's file has `meta-data` and `user-data`."""

    class Handler(_Handler):
        pass

    Handler.folder, Handler.tokens = folder, set()
    return ThreadingHTTPServer(address, Handler)


def _tree(settings: dict[str, Any]) -> dict[str, Any]:
    metadata = settings["meta-data"]
    identity = {
        "instanceId": metadata["instance-id"],
        "region": metadata["placement"]["region"],
        "availabilityZone": metadata["placement"]["availability-zone"],
        "accountId": "123456789012",
        "instanceType": metadata["instance-type"],
        "imageId": metadata["ami-id"],
        "architecture": "x86_64",
    }
    # cloud-init reads the whole folder; a 404 in it would cost minutes of retries
    signed = {"document": json.dumps(identity), "pkcs7": "bGFi", "rsa2048": "bGFi", "signature": "bGFi"}
    return {"meta-data": metadata, "user-data": settings["user-data"], "dynamic": {"instance-identity": signed}}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "EC2ws"
    folder: Path
    tokens: set[str]

    def do_PUT(self) -> None:
        lifetime = self.headers.get("X-aws-ec2-metadata-token-ttl-seconds", "")
        if self.headers.get("X-Forwarded-For"):
            self._answer(403)
        elif self.path != "/latest/api/token" or not lifetime.isdigit():
            self._answer(400)
        else:
            token = secrets.token_urlsafe(40)
            self.tokens.add(token)
            self._answer(200, token, {"X-aws-ec2-metadata-token-ttl-seconds": lifetime})

    def do_GET(self) -> None:
        if self.headers.get("X-aws-ec2-metadata-token") not in self.tokens:
            return self._answer(401)
        version, *path = self.path.partition("?")[0].strip("/").split("/")
        if not version:
            return self._answer(200, "\n".join(VERSIONS))
        machine = self.folder / f"{self.client_address[0]}.json"
        node: Any = _tree(json.loads(machine.read_text())) if version in VERSIONS and machine.exists() else None
        for part in path:
            node = node.get(part) if isinstance(node, dict) else None
        if node is None:
            return self._answer(404)
        if isinstance(node, dict):
            node = "\n".join(name + ("/" if isinstance(value, dict) else "") for name, value in node.items())
        return self._answer(200, node)

    def _answer(self, status: int, text: str = "", headers: dict[str, str] | None = None) -> None:
        body = text.encode()
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    server(Path(sys.argv[1])).serve_forever()
