"""A container registry that serves one image under every name, except the tag `absent`. It needs no password.

It accepts no pushes. https://github.com/opencontainers/distribution-spec/blob/main/spec.md
"""

from __future__ import annotations

import hashlib
import re
import shutil
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from lab.child import announce
from lab.machine.server_image import MANIFEST_TYPE

MANIFEST = re.compile(r"/v2/.+/manifests/(?!absent$).+")
BLOB = re.compile(r"/v2/.+/blobs/sha256:([0-9a-f]{64})")

# https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes
UNKNOWN = b'{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}'


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    folder: Path

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path == "/v2/":
            self._head(200, 0)
        elif MANIFEST.fullmatch(path):
            content = (self.folder / "manifest.json").read_bytes()
            digest = hashlib.sha256(content).hexdigest()
            self._head(200, len(content), {"Content-Type": MANIFEST_TYPE, "Docker-Content-Digest": f"sha256:{digest}"})
            if self.command == "GET":
                self.wfile.write(content)
        elif (blob := BLOB.fullmatch(path)) and (file := self.folder / blob[1]).exists():
            self._head(200, file.stat().st_size)
            if self.command == "GET":
                with file.open("rb") as content_of:
                    shutil.copyfileobj(content_of, self.wfile, 1 << 20)
        else:
            self._head(404, len(UNKNOWN), {"Content-Type": "application/json"})
            if self.command == "GET":
                self.wfile.write(UNKNOWN)

    do_HEAD = do_GET  # noqa: N815 - the library's name

    def _head(self, status: int, length: int, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(length), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()


def main(folder: Path) -> None:
    """Serve until the parent process ends."""
    _Handler.folder = folder
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    announce(server.server_port)
    server.serve_forever()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
