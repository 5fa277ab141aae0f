"""Calls to AWS with the permissions of the machine's own role.

curl signs, retries and ends in time; our own code would be three times as long. Headers and keys go through its standard
input, which no process list shows. If curl fails, it says why, and the call raises CalledProcessError. The user data
contains this file, so it imports nothing of ours.
"""

from __future__ import annotations

import json
import subprocess
from functools import cache
from typing import Any

METADATA = "http://169.254.169.254/latest"
# a connection without data for this many seconds has failed
SILENCE_SECONDS = 30
PATIENTLY = ("--retry", "5", "--connect-timeout", "5", "--max-time", str(SILENCE_SECONDS))


def curl(*arguments: str, config: str = "") -> str:
    """The answer's text. `config` has options of curl, one a line."""
    command = ["curl", "-fsS", "--retry", "3", "--retry-connrefused", "--connect-timeout", "10"]
    command += ["--speed-limit", "1", "--speed-time", str(SILENCE_SECONDS), "--config", "-", *arguments]
    return subprocess.run(command, input=config, stdout=subprocess.PIPE, text=True, check=True).stdout


def metadata(path: str) -> str:
    """One value of the instance's metadata."""
    header = f'header = "X-aws-ec2-metadata-token: {token()}"'
    return curl(*PATIENTLY, f"{METADATA}/meta-data/{path}", config=header).strip()


@cache
def token() -> str:
    """For six hours."""
    ask = ("-X", "PUT", "-H", "X-aws-ec2-metadata-token-ttl-seconds: 21600", f"{METADATA}/api/token")
    return curl(*PATIENTLY, *ask).strip()


def signed(service: str, region: str, *arguments: str, options: str = "") -> str:
    """The answer to a request that is signed with the role's keys. `options` are of curl, one a line."""
    role = metadata("iam/security-credentials/")
    keys = json.loads(metadata(f"iam/security-credentials/{role}"))
    config = (
        f'aws-sigv4 = "aws:amz:{region}:{service}"\n'
        f'user = "{keys["AccessKeyId"]}:{keys["SecretAccessKey"]}"\n'
        f'header = "x-amz-security-token: {keys["Token"]}"\n{options}'
    )
    return curl(*arguments, config=config)


def parameter_store(region: str, action: str, request: dict[str, Any]) -> dict[str, Any]:
    """The answer to an action of Parameter Store."""
    json_type, target = "Content-Type: application/x-amz-json-1.1", f"X-Amz-Target: AmazonSSM.{action}"
    address = f"https://ssm.{region}.amazonaws.com/"
    # quoted once more for curl's own configuration, because a request may contain a secret
    body = f"data = {json.dumps(json.dumps(request))}\n"
    answer = signed("ssm", region, "-H", json_type, "-H", target, address, options=body)
    return dict(json.loads(answer))


def s3(region: str, place: str, *arguments: str) -> str:
    """A request for the object BUCKET/KEY."""
    unsigned = "x-amz-content-sha256: UNSIGNED-PAYLOAD"
    return signed("s3", region, "-H", unsigned, *arguments, f"https://s3.{region}.amazonaws.com/{place}")
