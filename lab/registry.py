"""A shared container registry such as quay.io or Docker Hub: tokens for anybody, private images, image indexes.

Its layers cannot be pulled. https://github.com/opencontainers/distribution-spec/blob/main/spec.md
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from lab.running import Running
from pophub.organizer.outside.registry import INDEXES, MANIFESTS

PLACE = re.compile(r"/v2/(?P<repository>.+)/(?P<what>manifests|blobs)/(?P<reference>[^/]+)")
# a repository, up to the colon of a tag or the @ of a digest
REPOSITORY = re.compile(r"[^:@]+")
TOKEN = "anybody's"


@dataclass(frozen=True, slots=True)
class LabImage:
    """Architectures with the bytes of their layers; an image without an index has one architecture.

    A `private` image needs an account.
    """

    layers: dict[str, tuple[int, ...]]
    is_index: bool = True
    private: bool = False
    config: dict[str, object] = field(default_factory=dict)
    # an index also has the attestations that builders add:
    # https://docs.docker.com/build/metadata/attestations/attestation-storage/
    attested: bool = True


@dataclass(slots=True)
class _Documents:
    """Documents by digest."""

    by_digest: dict[str, tuple[str, bytes]] = field(default_factory=dict)

    def add(self, kind: str, document: object) -> tuple[str, int]:
        content = json.dumps(document).encode()
        digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
        self.by_digest[digest] = (kind, content)
        return digest, len(content)


class LabRegistry(Running):
    """A context manager; images are named `repository:tag` or `repository@sha256:digest`."""

    def __init__(self, images: dict[str, LabImage]) -> None:
        documents, tags = _Documents(), {name: image for name, image in images.items()}
        digests = {name: _written(image, documents) for name, image in images.items()}
        attributes = {"images": tags, "digests": digests, "documents": documents}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), attributes))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.port = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}"

    def stop(self) -> None:
        """End it."""
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    images: dict[str, LabImage]
    digests: dict[str, str]
    documents: _Documents

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        place = PLACE.fullmatch(asked.path)
        if asked.path == "/storage":
            self._store(parse_qs(asked.query)["digest"][0])
        elif asked.path == "/token":
            self._answer(200, "application/json", json.dumps({"token": TOKEN}).encode())
        elif place is None:
            self._answer(404)
        elif self._may_read(place["repository"]):
            self._show(**place.groupdict())
        else:
            self._challenge(place["repository"])

    def _may_read(self, repository: str) -> bool:
        """False both for a private and for a missing image, because strangers must not learn which of them it is."""
        found = [image for name, image in self.images.items() if REPOSITORY.findall(name)[0] == repository]
        return self.headers.get("Authorization") == f"Bearer {TOKEN}" and any(not image.private for image in found)

    def _show(self, repository: str, what: str, reference: str) -> None:
        is_digest = reference.startswith("sha256:")
        named = self.digests.get(f"{repository}{'@' if is_digest else ':'}{reference}", "")
        digest = named or (reference if is_digest else "")
        kind, content = self.documents.by_digest.get(digest, ("", b""))
        if kind and what == "blobs":
            self._answer(302, location=f"/storage?digest={digest}")
        elif kind and kind in self.headers.get("Accept", ""):
            self._answer(200, kind, content)
        else:
            self._answer(404, "application/json", b'{"errors":[{"code":"MANIFEST_UNKNOWN"}]}')

    def _store(self, digest: str) -> None:
        """Serve a blob as S3 does behind a signed link: S3 refuses a request that also has an Authorization header.

        https://github.com/moby/moby/issues/37434, https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
        """
        if "Authorization" in self.headers:
            return self._answer(400, "application/xml", b"<Error><Code>InvalidArgument</Code></Error>")
        return self._answer(200, "application/octet-stream", self.documents.by_digest[digest][1])

    def _challenge(self, repository: str) -> None:
        """https://distribution.github.io/distribution/spec/auth/token/"""
        realm = f"http://{self.headers['Host']}/token"
        wanted = f'Bearer realm="{realm}",service="lab",scope="repository:{repository}:pull"'
        self._answer(401, "application/json", b'{"errors":[{"code":"UNAUTHORIZED"}]}', challenge=wanted)

    def _answer(
        self, status: int, kind: str = "", body: bytes = b"", *, location: str = "", challenge: str = ""
    ) -> None:
        self.send_response(status)
        headers = {"Content-Type": kind, "Location": location, "WWW-Authenticate": challenge}
        for name, value in headers.items():
            if value:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """No log."""


def _written(image: LabImage, documents: _Documents) -> str:
    """The digest of the document that the image's tag points to."""
    entries = []
    for architecture, layers in image.layers.items():
        config, length = documents.add("config", {"architecture": architecture, "os": "linux", "config": image.config})
        described = [{"digest": f"sha256:{number:064}", "size": size} for number, size in enumerate(layers)]
        manifest = {"schemaVersion": 2, "config": {"digest": config, "size": length}, "layers": described}
        digest, length = documents.add(MANIFESTS[0], manifest)
        platform = {"os": "linux", "architecture": architecture}
        entries.append({"digest": digest, "size": length, "mediaType": MANIFESTS[0], "platform": platform})
    if not image.is_index:
        return str(entries[0]["digest"])
    if image.attested:
        entries.append({**entries[0], "platform": {"os": "unknown", "architecture": "unknown"}})
    return documents.add(INDEXES[0], {"schemaVersion": 2, "manifests": entries})[0]
