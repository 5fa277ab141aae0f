"""The few calls of S3 that an archive needs, on plain files: for the bench, where moto would cost more than the archive."""

from __future__ import annotations

import hashlib
import shutil
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

from pophub.lab.child import announce

XML = '<?xml version="1.0" encoding="UTF-8"?>'


class Handler(BaseHTTPRequestHandler):
    """An object is a file, a part is a file beside it, an etag is a file's size and time: nobody here tests S3."""

    protocol_version = "HTTP/1.1"
    # else the body of a short answer waits 40 ms for the acknowledgement of its headers
    disable_nagle_algorithm = True
    folder: Path

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002  the base class calls it so
        """Say nothing."""

    def do_PUT(self) -> None:
        """An object, or a part of one."""
        file = self._file()
        query = self._query()
        if "partNumber" in query:
            file = file.with_name(f"{file.name}.part-{query['partNumber'].zfill(5)}")
        missing = int(self.headers["Content-Length"])
        with file.open("wb") as sink:
            while missing and (chunk := self.rfile.read(min(missing, 2**20))):
                sink.write(chunk)
                missing -= len(chunk)
        self._answer("", {"ETag": self._etag(file)})

    def do_POST(self) -> None:
        """The beginning and the end of an upload in parts."""
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        file = self._file()
        if "uploads" in self._query():
            self._answer(f"{XML}<R><UploadId>{quote(file.name)}</UploadId></R>")
            return
        first, *others = sorted(file.parent.glob(f"{file.name}.part-*"))
        with first.open("ab") as whole:
            for part in others:
                with part.open("rb") as content:
                    shutil.copyfileobj(content, whole)
                part.unlink()
        first.rename(file)
        self._answer(f"{XML}<R><ETag>{self._etag(file)}</ETag></R>")

    def do_GET(self) -> None:
        """A list, or an object."""
        query = self._query()
        if "list-type" in query:
            self._list(query.get("prefix", ""))
            return
        file = self._file()
        self.send_response(200)
        self.send_header("Content-Length", str(file.stat().st_size))
        self.send_header("ETag", self._etag(file))
        self.end_headers()
        with file.open("rb") as content:
            shutil.copyfileobj(content, self.wfile, 2**20)

    def _list(self, prefix: str) -> None:
        start = quote(prefix, safe="")
        files = sorted(
            file for file in self.folder.iterdir() if file.name.startswith(start) and ".part-" not in file.name
        )
        entries = "".join(
            f"<Contents><Key>{file.name.replace('%2F', '/')}</Key><ETag>{self._etag(file)}</ETag>"
            f"<Size>{file.stat().st_size}</Size></Contents>"
            for file in files
        )
        self._answer(f"{XML}<ListBucketResult><IsTruncated>false</IsTruncated>{entries}</ListBucketResult>")

    def _file(self) -> Path:
        _, _, key = urlsplit(self.path).path.lstrip("/").partition("/")
        return self.folder / quote(key, safe="")

    def _query(self) -> dict[str, str]:
        found = parse_qs(urlsplit(self.path).query, keep_blank_values=True)
        return {name: values[0] for name, values in found.items()}

    def _etag(self, file: Path) -> str:
        status = file.stat()
        return hashlib.sha256(f"{status.st_size} {status.st_mtime_ns}".encode()).hexdigest()[:32]

    def _answer(self, body: str, headers: dict[str, str] | None = None) -> None:
        self.send_response(200)
        for name, value in {**(headers or {}), "Content-Length": str(len(body.encode()))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body.encode())


def serve(folder: Path) -> None:
    """Serve until the parent is gone."""
    Handler.folder = folder
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    announce(server.server_port)
    server.serve_forever()


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
