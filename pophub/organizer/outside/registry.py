"""Container registries: whether an image is public, for which processors, its size and its configuration.

https://github.com/opencontainers/distribution-spec/blob/main/spec.md and, for the token that a registry may demand even
without an account, https://distribution.github.io/distribution/spec/auth/token/
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from pophub.core.errors import ExitCode, PophubError
from pophub.organizer.outside.web import AUTHORIZATION, Answer, Web

# Docker's name for Docker Hub, and Docker Hub's host:
# https://github.com/distribution/reference/blob/main/normalize.go
HUB, HUB_HOST = "docker.io", "registry-1.docker.io"
INDEXES = ("application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json")
MANIFESTS = ("application/vnd.oci.image.manifest.v1+json", "application/vnd.docker.distribution.manifest.v2+json")
ACCEPT = {"Accept": ", ".join((*INDEXES, *MANIFESTS))}
REFUSED = (401, 403)


class Silent(PophubError):
    """The registry's answer says nothing about the image, for example because it is busy."""

    def __init__(self, image: str, why: str) -> None:
        super().__init__(f"the registry did not answer about {image}: {why}", code=ExitCode.REFUSED)


@dataclass(frozen=True, slots=True)
class Name:
    """The parts of an image's name, as Docker reads it; `reference` is a tag or a digest."""

    host: str
    repository: str
    reference: str

    @property
    def url(self) -> str:
        """The repository's address at its registry. A registry on this computer needs no TLS.

        https://docs.docker.com/reference/cli/dockerd/#insecure-registries
        """
        plain = self.host.partition(":")[0] in ("localhost", "127.0.0.1")
        host = HUB_HOST if self.host == HUB else self.host
        return f"{'http' if plain else 'https'}://{host}/v2/{self.repository}"


@dataclass(frozen=True, slots=True)
class Image:
    """`sizes`: Docker's name of the architecture → compressed bytes, None if not asked. It is empty if the image is missing."""

    sizes: dict[str, int | None]
    # the configuration for the requested architecture:
    # https://github.com/opencontainers/image-spec/blob/main/config.md
    config: dict[str, Any] = field(default_factory=dict)
    # only people with an account may pull the image, or it does not exist
    refused: bool = False


def named(image: str) -> Name:
    """The parts of an image's name."""
    rest, _, digest = image.partition("@")
    rest, tag = (found[1], found[2]) if (found := re.fullmatch(r"(.+):([^/:]+)", rest)) else (rest, "latest")
    first, _, path = rest.partition("/")
    if path and (re.search(r"[.:]", first) or first == "localhost"):
        return Name(first, path, digest or tag)
    return Name(HUB, rest if path else f"library/{rest}", digest or tag)


def look_up(web: Web, image: str, architecture: str) -> Image:
    """What the registry answers without an account; the size is for one architecture (`amd64`, `arm64`).

    Raises:
        PophubError: the registry did not answer, or its answer is not an image.
    """
    name, asked = named(image), _Registry(web, image)
    answer = asked.get(f"{name.url}/manifests/{name.reference}")
    if answer.status in REFUSED:
        return Image({}, refused=True)
    if answer.status == 404:
        return Image({})
    found = asked.json(answer)
    if "manifests" not in found:
        config = asked.blob(name, found)
        return Image({str(config.get("architecture", "?")): _size(found)}, config.get("config") or {})
    digests = {
        str(each["platform"]["architecture"]): str(each["digest"])
        for each in found["manifests"]
        if each.get("platform", {}).get("os") == "linux"
    }
    sizes: dict[str, int | None] = dict.fromkeys(digests)
    if architecture not in digests:
        return Image(sizes)
    manifest = asked.json(asked.get(f"{name.url}/manifests/{digests[architecture]}"))
    return Image(sizes | {architecture: _size(manifest)}, asked.blob(name, manifest).get("config") or {})


def _size(manifest: dict[str, Any]) -> int:
    return sum(int(layer["size"]) for layer in manifest.get("layers", ()))


class _Registry:
    """One registry, and the token that it gave for this image."""

    def __init__(self, web: Web, image: str) -> None:
        self._web, self._image, self._token = web, image, ""

    def get(self, url: str) -> Answer:
        answer = self._web.get(url, ACCEPT | self._authorization())
        challenge = answer.headers.get("www-authenticate", "")
        if answer.status == 401 and not self._token and challenge.lower().startswith("bearer "):
            self._token = self._fetch_token(dict(re.findall(r'(\w+)="([^"]*)"', challenge)))
            answer = self._web.get(url, ACCEPT | self._authorization()) if self._token else answer
        if answer.status not in (200, 404, *REFUSED):
            raise Silent(self._image, f"status {answer.status}")
        return answer

    def json(self, answer: Answer) -> dict[str, Any]:
        """The JSON body of a successful answer."""
        try:
            found = json.loads(answer.body) if answer.status == 200 else None
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise Silent(self._image, f"status {answer.status}, and no description of an image")
        return found

    def blob(self, name: Name, manifest: dict[str, Any]) -> dict[str, Any]:
        """The configuration of the image that a manifest describes."""
        return self.json(self.get(f"{name.url}/blobs/{manifest['config']['digest']}"))

    def _authorization(self) -> dict[str, str]:
        return {AUTHORIZATION: f"Bearer {self._token}"} if self._token else {}

    def _fetch_token(self, challenge: dict[str, str]) -> str:
        query = urlencode([(name, challenge[name]) for name in ("service", "scope") if name in challenge])
        answer = self._web.get(f"{challenge.get('realm', '')}?{query}")
        if answer.status != 200:
            return ""
        found = self.json(answer)
        return str(found.get("token") or found.get("access_token") or "")
