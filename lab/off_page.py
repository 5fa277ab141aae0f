"""API Gateway before the off page's function, on 127.0.0.1: http requests in format 2.0, and the answers as http.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

from lab.running import Running

Function = Callable[[Mapping[str, Any]], Mapping[str, Any]]


class LabGateway(Running):
    """A context manager; `url` is where the function answers."""

    def __init__(self, function: Function) -> None:
        class Handler(_Handler):
            answer = staticmethod(function)

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self._thread.start()

    def stop(self) -> None:
        """End it; a second call does nothing."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Handler(BaseHTTPRequestHandler):
    answer: Function
    # API Gateway too closes a connection on which nothing comes (docs/aws-experiments.md, experiment 16)
    timeout = 1
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._call()

    def do_POST(self) -> None:
        self._call()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the parent's name
        """Nothing: the function writes its own log."""

    def _call(self) -> None:
        given = self.answer(self._request())
        body = str(given.get("body", "")).encode()
        self.send_response(given["statusCode"])
        for name, value in {**given.get("headers", {}), "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        for cookie in given.get("cookies", ()):
            self.send_header("Set-Cookie", cookie)
        self.end_headers()
        self.wfile.write(body)

    def _request(self) -> dict[str, Any]:
        """The request in format 2.0: cookies are separate from the other headers, whose names are in lowercase."""
        target = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        cookies = [it.strip() for it in headers.pop("cookie", "").split(";") if it.strip()]
        body = self.rfile.read(int(headers.get("content-length", 0))).decode()
        http = {"method": self.command, "path": target.path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1"}
        return {
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": target.path,
            "rawQueryString": target.query,
            "headers": headers,
            "requestContext": {"http": http, "stage": "$default"},
            "isBase64Encoded": False,
            **({"cookies": cookies} if cookies else {}),
            **({"body": body} if body else {}),
        }
