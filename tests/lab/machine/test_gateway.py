"""The two doors of the lab's VPC: TLS for what the machine calls, a proxy for who visits it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import requests

from lab.child import Child
from lab.machine.lab_ca import LabCa
from lab.machine.name_server import ADDRESS, NameServer
from lab.machine.namespaces import Namespace

pytestmark = pytest.mark.machine
GATEWAY, NEIGHBOUR = "127.0.0.2", "127.0.0.3"


class Backend(BaseHTTPRequestHandler):
    """Says who was asked for."""

    def do_GET(self) -> None:
        body = self.headers["Host"].encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def router(tmp_path: Path) -> Iterator[Namespace]:
    namespace = Namespace("router", tmp_path)
    namespace.run("ip link set lo up")
    yield namespace
    namespace.stop()


@pytest.fixture
def gateway(router: Namespace, tmp_path: Path) -> Iterator[Child]:
    backend = ThreadingHTTPServer(("127.0.0.1", 0), Backend)
    threading.Thread(target=backend.serve_forever, daemon=True).start()
    certificate, key = LabCa(tmp_path / "ca").issue(["s3.lab", "gone.lab"], tmp_path)
    settings = {
        "router": router.path,
        "address": GATEWAY,
        "neighbour": NEIGHBOUR,
        "backends": {"s3.lab": backend.server_port},
        "names": {"hub.lab": NEIGHBOUR, "hub.example.org": ""},
        "certificate": str(certificate),
        "key": str(key),
    }
    (tmp_path / "gateway.json").write_text(json.dumps(settings))
    with Child("lab.machine.gateway", str(tmp_path / "gateway.json"), log=tmp_path / "gateway.log") as child:
        yield child
    backend.shutdown()
    backend.server_close()


def test_a_call_from_inside_reaches_the_backend_of_its_name(gateway: Child, router: Namespace, tmp_path: Path) -> None:
    curl = f"curl -sS --cacert {tmp_path}/ca/pophub-lab.crt --resolve s3.lab:443:{GATEWAY}"
    assert router.run(f"{curl} https://s3.lab/") == "s3.lab"


def test_a_name_without_a_backend_is_answered_by_nobody(gateway: Child, router: Namespace, tmp_path: Path) -> None:
    curl = f"curl -s -o /dev/null -w %{{http_code}} --cacert {tmp_path}/ca/pophub-lab.crt"
    assert "000" in router.run(
        f"sh {_script(tmp_path, f'{curl} --resolve gone.lab:443:{GATEWAY} https://gone.lab/ || true')}"
    )


def _script(folder: Path, line: str) -> Path:
    file = folder / "line.sh"
    file.write_text(line)
    return file


def test_a_visitor_is_led_where_route_53_says(gateway: Child, router: Namespace) -> None:
    proxies = {"http": f"http://127.0.0.1:{gateway.port}"}
    router.run(f"ip addr add {ADDRESS}/32 dev lo")
    with NameServer(router, "hub.example.org", "example.org", here="127.0.0.9", otherwise=NEIGHBOUR):
        assert requests.get("http://hub.example.org/", proxies=proxies, timeout=10).text == "hello"


def test_a_visitor_goes_in_through_the_proxy(gateway: Child) -> None:
    proxies = {"http": f"http://127.0.0.1:{gateway.port}"}
    assert requests.get("http://hub.lab/", proxies=proxies, timeout=10).text == "hello"
    assert requests.get("http://127.0.0.9:81/", proxies=proxies, timeout=10).status_code == 502
