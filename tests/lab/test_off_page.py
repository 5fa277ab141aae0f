"""What the off page's function is asked through the lab's gateway, and what a browser gets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import requests

from lab.off_page import LabGateway

asked: list[Mapping[str, Any]] = []


def function(request: Mapping[str, Any]) -> dict[str, Any]:
    asked.append(request)
    headers = {"Content-Type": "text/html", "Location": "/next"}
    return {"statusCode": 303, "headers": headers, "cookies": ["a=1; Path=/"], "body": "ö"}


def test_requests_and_answers_have_the_form_of_format_2() -> None:
    with LabGateway(function) as gateway:
        said = requests.post(
            f"{gateway.url}/pophub/wake?b=2",
            data={"next": "/lab"},
            cookies={"c": "3"},
            allow_redirects=False,
            timeout=5,
        )
        requests.get(gateway.url, allow_redirects=False, timeout=5)
    first, second = asked

    assert (said.status_code, said.headers["Location"], said.content.decode()) == (303, "/next", "ö")
    assert said.cookies["a"] == "1"
    assert (first["rawPath"], first["rawQueryString"]) == ("/pophub/wake", "b=2")
    assert first["requestContext"]["http"]["method"] == "POST"
    assert (first["body"], first["cookies"]) == ("next=%2Flab", ["c=3"])
    assert "cookie" not in first["headers"]
    assert not {"body", "cookies"} & second.keys()
