"""The lab's registry refuses what Docker Hub and quay.io refuse; requests asks it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from lab.registry import LabImage, LabRegistry
from pophub.organizer.outside.registry import ACCEPT

DIGEST = f"sha256:{'a' * 64}"


@pytest.fixture(scope="module")
def lab() -> Iterator[LabRegistry]:
    with LabRegistry(
        {
            "a/b:1": LabImage({"amd64": (1,)}),
            "a/c:1": LabImage({"amd64": (1,)}, private=True),
            f"a/d@{DIGEST}": LabImage({"amd64": (1,)}),
        }
    ) as registry:
        yield registry


def _token(lab: LabRegistry) -> dict[str, str]:
    return {"Authorization": f"Bearer {requests.get(f'{lab.url}/token').json()['token']}"}


def test_nobody_is_served_without_a_token(lab: LabRegistry) -> None:
    answer = requests.get(f"{lab.url}/v2/a/b/manifests/1", headers=ACCEPT)

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].endswith('scope="repository:a/b:pull"')


def test_a_token_of_anybody_opens_what_is_public(lab: LabRegistry) -> None:
    public, private = (
        requests.get(f"{lab.url}/v2/{name}/manifests/1", headers={**ACCEPT, **_token(lab)}) for name in ("a/b", "a/c")
    )

    assert (public.status_code, private.status_code) == (200, 401)


def test_an_image_can_have_a_digest_in_place_of_a_tag(lab: LabRegistry) -> None:
    answer = requests.get(f"{lab.url}/v2/a/d/manifests/{DIGEST}", headers={**ACCEPT, **_token(lab)})

    assert "manifests" in answer.json()


def test_a_kind_of_document_that_is_not_accepted_is_not_there(lab: LabRegistry) -> None:
    answer = requests.get(f"{lab.url}/v2/a/b/manifests/1", headers={"Accept": "text/html", **_token(lab)})

    assert answer.status_code == 404


def test_a_blob_lies_elsewhere_and_that_takes_no_token(lab: LabRegistry) -> None:
    index = requests.get(f"{lab.url}/v2/a/b/manifests/1", headers={**ACCEPT, **_token(lab)}).json()
    blob = f"{lab.url}/v2/a/b/blobs/{index['manifests'][0]['digest']}"
    sent = requests.get(blob, headers=_token(lab), allow_redirects=False)

    assert sent.status_code == 302
    assert requests.get(f"{lab.url}{sent.headers['Location']}", headers=_token(lab)).status_code == 400
    assert requests.get(f"{lab.url}{sent.headers['Location']}").status_code == 200
