"""Images looked up without an account, in a registry that hands out tokens, hides what is private and redirects."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from lab.registry import LabImage, LabRegistry
from pophub.core.errors import PophubError
from pophub.organizer.outside.registry import Image, Name, look_up, named
from pophub.organizer.outside.web import Web

IMAGES = {
    "jupyter/base:1": LabImage({"amd64": (100, 20), "arm64": (7,)}),
    "jupyter/plain:1": LabImage({"arm64": (5,)}, is_index=False),
    "jupyter/secret:1": LabImage({"amd64": (1,)}, private=True),
    "library/debian:13": LabImage({"amd64": (9,)}),
}


@pytest.fixture(scope="module")
def lab() -> Iterator[LabRegistry]:
    with LabRegistry(IMAGES) as registry:
        yield registry


@pytest.mark.parametrize(
    ("image", "name"),
    [
        ("debian:13", Name("docker.io", "library/debian", "13")),
        ("jupyter/base", Name("docker.io", "jupyter/base", "latest")),
        ("quay.io/jupyter/base:1", Name("quay.io", "jupyter/base", "1")),
        ("localhost:5000/a/b:2", Name("localhost:5000", "a/b", "2")),
        ("quay.io/a/b:2@sha256:12", Name("quay.io", "a/b", "sha256:12")),
        ("localhost/a:1", Name("localhost", "a", "1")),
    ],
)
def test_an_images_name_is_read_as_docker_reads_it(image: str, name: Name) -> None:
    assert named(image) == name


@pytest.mark.parametrize(
    ("image", "url"),
    [
        ("debian:13", "https://registry-1.docker.io/v2/library/debian"),
        ("quay.io/a/b:1", "https://quay.io/v2/a/b"),
        ("127.0.0.1:5000/a:1", "http://127.0.0.1:5000/v2/a"),
    ],
)
def test_only_a_registry_of_this_computer_goes_without_tls(image: str, url: str) -> None:
    assert named(image).url == url


@pytest.mark.parametrize(
    ("image", "architecture", "found"),
    [
        ("jupyter/base:1", "amd64", Image({"amd64": 120, "arm64": None})),
        ("jupyter/base:1", "arm64", Image({"amd64": None, "arm64": 7})),
        ("jupyter/plain:1", "amd64", Image({"arm64": 5})),
        ("jupyter/base:2", "amd64", Image({})),
        ("jupyter/secret:1", "amd64", Image({}, refused=True)),
        ("nobody/nothing:1", "amd64", Image({}, refused=True)),
    ],
)
def test_what_a_registry_has(lab: LabRegistry, image: str, architecture: str, found: Image) -> None:
    assert look_up(Web(), f"127.0.0.1:{lab.port}/{image}", architecture) == found


def test_docker_hub_is_where_docker_has_it(lab: LabRegistry) -> None:
    web = Web(reroute={"https://registry-1.docker.io": lab.url})

    assert look_up(web, "debian:13", "amd64") == Image({"amd64": 9})


def test_no_registry_is_an_error_with_words() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(PophubError, match="did not answer"):
        look_up(Web(), f"127.0.0.1:{port}/a:1", "amd64")
