"""The metadata of a spot instance, from a server that refuses a request without a token as EC2 does."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from pophub.hub.worker.metadata import Metadata, Unreadable


class _Imds(HTTPServer):
    """`values` are answered by path; `valid` is the token that is accepted now. Metadata that are off answer 403."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.values = {"instance-id": "i-0123456789abcdef0"}
        self.valid = "first"
        self.gives_tokens = True


class _Handler(BaseHTTPRequestHandler):
    server: _Imds

    def do_PUT(self) -> None:
        status = 200 if self.headers["X-aws-ec2-metadata-token-ttl-seconds"] else 400
        self._answer(status if self.server.gives_tokens else 403, self.server.valid)

    def do_GET(self) -> None:
        value = self.server.values.get(self.path.removeprefix("/latest/meta-data/"))
        if self.headers["X-aws-ec2-metadata-token"] != self.server.valid:
            self._answer(401, "")
        else:
            self._answer(200 if value else 404, value or "")

    def log_message(self, *_: object) -> None:
        pass

    def _answer(self, status: int, text: str) -> None:
        self.send_response(status)
        self.end_headers()
        self.wfile.write(text.encode())


@pytest.fixture
def imds() -> Iterator[_Imds]:
    with _Imds() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def metadata(imds: _Imds) -> Metadata:
    return Metadata("127.0.0.1", imds.server_port)


def test_an_instance_without_a_notice_has_its_id(metadata: Metadata) -> None:
    assert metadata.instance_id() == "i-0123456789abcdef0"
    assert metadata.notice() is None


def test_a_notice_says_when(imds: _Imds, metadata: Metadata) -> None:
    imds.values["spot/instance-action"] = json.dumps({"action": "terminate", "time": "2027-03-01T12:02:00Z"})

    assert metadata.notice() == datetime(2027, 3, 1, 12, 2, tzinfo=UTC)


@pytest.mark.parametrize("text", ["{", "[]", '{"time": 5}', '{"time": "soon"}'])
def test_a_notice_of_another_form_is_unreadable(imds: _Imds, metadata: Metadata, text: str) -> None:
    imds.values["spot/instance-action"] = text
    with pytest.raises(Unreadable):
        metadata.notice()


def test_a_token_that_has_ended_is_replaced_at_the_next_look(imds: _Imds, metadata: Metadata) -> None:
    metadata.notice()
    imds.valid = "second"
    with pytest.raises(Unreadable):
        metadata.notice()

    assert metadata.notice() is None


def test_metadata_without_an_id_or_a_token_is_unreadable(imds: _Imds, metadata: Metadata) -> None:
    imds.values.clear()
    with pytest.raises(Unreadable, match="no instance-id"):
        metadata.instance_id()
    imds.gives_tokens, metadata.token = False, ""
    with pytest.raises(Unreadable, match="api/token: 403"):
        metadata.notice()


def test_no_metadata_is_unreadable() -> None:
    with pytest.raises(Unreadable):
        Metadata("127.0.0.1", 9).instance_id()
