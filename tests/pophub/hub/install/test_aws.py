"""Calls to AWS: their keys are seen by curl alone, and where somebody takes the call and says nothing, they end."""

from __future__ import annotations

import json
import re
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pophub.hub.install import aws

CALLS: dict[str, Callable[[], object]] = {
    "the metadata": lambda: aws.metadata("placement/region"),
    "AWS": lambda: aws.signed("s3", "us-west-2", aws.METADATA),
}
KEYS = {"AccessKeyId": "AKIA", "SecretAccessKey": "s3cr3t", "Token": "t0k3n"}
# notes its arguments and, apart, what it reads
CURL = f"""#!/bin/sh
cat >>"$NOTED/read"
echo "$*" >>"$NOTED/arguments"
case "$*" in
*security-credentials/role*) echo '{json.dumps(KEYS)}' ;;
*security-credentials*) echo role ;;
*api/token*) echo metadata-t0k3n ;;
*ssm*) echo '{{"Parameters": []}}' ;;
esac
"""


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of somebody who listens, and does no more."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        yield int(listener.getsockname()[1])


@pytest.mark.parametrize("who", CALLS)
def test_nobody_waits_for_ever_for(who: str, silent: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(aws, "METADATA", f"http://127.0.0.1:{silent}")
    monkeypatch.setattr(aws, "SILENCE_SECONDS", 1)
    monkeypatch.setattr(aws, "PATIENTLY", ("--retry", "0", "--max-time", "1"))
    if who == "AWS":
        monkeypatch.setattr(aws, "metadata", lambda path: "role" if path.endswith("/") else json.dumps(KEYS))
        real = aws.curl
        monkeypatch.setattr(aws, "curl", lambda *asked, config="": real("--retry", "0", *asked, config=config))
    with pytest.raises(subprocess.CalledProcessError) as failed:
        CALLS[who]()
    # https://curl.se/docs/manpage.html: the time is over
    assert failed.value.returncode == 28


@pytest.fixture
def _stub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "curl").write_text(CURL)
    (tmp_path / "curl").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setenv("NOTED", str(tmp_path))


@pytest.mark.usefixtures("_stub")
def test_a_program_asks_once_for_the_token_of_its_metadata(tmp_path: Path) -> None:
    aws.metadata("placement/region")
    aws.s3("us-west-2", "bucket/object")
    asked = (tmp_path / "arguments").read_text()

    assert [asked.count(it) for it in ("api/token", "placement/region", "credentials/role", "bucket/object")] == [1] * 4
    assert "ttl-seconds: 21600 " in asked


@pytest.mark.usefixtures("_stub")
def test_keys_and_tokens_are_no_arguments(tmp_path: Path) -> None:
    assert aws.parameter_store("us-west-2", "GetParameters", {"Value": 'a "quoted" größe\\'}) == {"Parameters": []}
    arguments, read = ((tmp_path / name).read_text() for name in ("arguments", "read"))

    assert 'aws-sigv4 = "aws:amz:us-west-2:ssm"\nuser = "AKIA:s3cr3t"\n' in read
    assert 'header = "X-aws-ec2-metadata-token: metadata-t0k3n"' in read
    assert "X-Amz-Target: AmazonSSM.GetParameters https://ssm.us-west-2.amazonaws.com/" in arguments
    # a request may contain a secret too; curl takes \\ for \ and \" for "
    [body] = re.findall(r'^data = "(.*)"$', read, re.MULTILINE)
    assert json.loads(re.sub(r"\\(.)", r"\1", body)) == {"Value": 'a "quoted" größe\\'}
    assert not [secret for secret in ("AKIA", "s3cr3t", "t0k3n") if secret in arguments]
