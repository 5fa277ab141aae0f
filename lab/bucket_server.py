"""The few calls of S3 that an archive needs, on plain files: for the bench, because moto is slower than the archive itself."""

from __future__ import annotations

import hashlib
import re
import shutil
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar
from urllib.parse import parse_qs, quote, urlsplit

from lab.child import announce

UPLOAD = ".upload"
CHECKSUM = "x-amz-checksum-crc32"
XML = '<?xml version="1.0" encoding="UTF-8"?>'


class Handler(BaseHTTPRequestHandler):
    """An object is a folder of its parts, and its etag a hash of its size and time; nothing here tests S3 itself."""

    protocol_version = "HTTP/1.1"
    # without this the body of a short answer waits 40 ms for the acknowledgement of its headers
    disable_nagle_algorithm = True
    folder: Path
    # by the folder of an upload: the checksum algorithm that it was created with, and each part's checksum by number
    algorithms: ClassVar[dict[Path, str]] = {}
    checksums: ClassVar[dict[Path, dict[str, str]]] = {}

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002  the base class calls it so
        """No log."""

    def do_PUT(self) -> None:
        """Store an object, or a part of one."""
        number = self._query().get("partNumber")
        place = self._upload()
        place.mkdir(exist_ok=True)
        missing = int(self.headers["Content-Length"])
        room = memoryview(bytearray(min(missing, 2**18)))
        with (place / (number or "1").zfill(5)).open("wb", buffering=0) as sink:
            while missing and (size := self.rfile.readinto(room[:missing])):
                sink.write(room[:size])
                missing -= size
        if number is None:
            self._answer("", {"ETag": self._complete()})
            return
        checksum = self.headers.get(CHECKSUM, "")
        self.checksums.setdefault(place, {})[number] = checksum
        self._answer("", {"ETag": "part", **({CHECKSUM: checksum} if checksum else {})})

    def do_POST(self) -> None:
        """Begin or end an upload in parts."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        if "uploads" in self._query():
            self.algorithms[self._upload()] = self.headers.get("x-amz-checksum-algorithm", "")
            self._answer(f"{XML}<R><UploadId>one</UploadId></R>")
        elif self._has_checksums_as_s3_wants_them(body):
            self._answer(f"{XML}<R><ETag>{self._complete()}</ETag></R>")
        else:
            self._answer(f"{XML}<Error><Code>InvalidPart</Code><Message>part checksums</Message></Error>", status=400)

    def _has_checksums_as_s3_wants_them(self, completion: str) -> bool:
        """The rule of lab/aws_rules/uploads.py: the checksums of all parts if the upload has an algorithm, else none."""
        checksums = re.findall("<ChecksumCRC32>([^<]*)<", completion)
        sent = self.checksums.pop(self._upload(), {})
        return checksums == (
            [sent[number] for number in sorted(sent, key=int)] if self.algorithms[self._upload()] else []
        )

    def do_GET(self) -> None:
        """Send a list, or an object."""
        query = self._query()
        if "list-type" in query:
            self._list(query.get("prefix", ""))
            return
        place = self._object()
        self.send_response(200)
        self.send_header("Content-Length", str(_size(place)))
        self.send_header("ETag", _etag(place))
        self.end_headers()
        for part in sorted(place.iterdir()):
            with part.open("rb") as content:
                shutil.copyfileobj(content, self.wfile, 2**20)

    def _complete(self) -> str:
        shutil.rmtree(self._object(), ignore_errors=True)
        return _etag(self._upload().rename(self._object()))

    def _list(self, prefix: str) -> None:
        start = quote(prefix, safe="")
        places = sorted(it for it in self.folder.iterdir() if it.name.startswith(start) and it.suffix != UPLOAD)
        entries = "".join(
            f"<Contents><Key>{place.name.replace('%2F', '/')}</Key><ETag>{_etag(place)}</ETag>"
            f"<Size>{_size(place)}</Size></Contents>"
            for place in places
        )
        self._answer(f"{XML}<ListBucketResult><IsTruncated>false</IsTruncated>{entries}</ListBucketResult>")

    def _object(self) -> Path:
        _, _, key = urlsplit(self.path).path.lstrip("/").partition("/")
        return self.folder / quote(key, safe="")

    def _upload(self) -> Path:
        return self._object().with_name(self._object().name + UPLOAD)

    def _query(self) -> dict[str, str]:
        found = parse_qs(urlsplit(self.path).query, keep_blank_values=True)
        return {name: values[0] for name, values in found.items()}

    def _answer(self, body: str, headers: dict[str, str] | None = None, *, status: int = 200) -> None:
        self.send_response(status)
        for name, value in {**(headers or {}), "Content-Length": str(len(body.encode()))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body.encode())


def _size(place: Path) -> int:
    return sum(part.stat().st_size for part in place.iterdir())


def _etag(place: Path) -> str:
    return hashlib.sha256(f"{_size(place)} {place.stat().st_mtime_ns}".encode()).hexdigest()[:32]


def serve(folder: Path) -> None:
    """Serve until the parent process ends."""
    Handler.folder = folder
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    announce(server.server_port)
    server.serve_forever()


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
