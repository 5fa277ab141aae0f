"""One person at the hub, with the requests of a browser over plain HTTP: starts a server, opens JupyterLab, leaves.

It runs no scripts. lab/fake_participant.py extends it by the sign-in at a provider.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter

from pophub.core.errors import ExitCode, PophubError
from pophub.hub.rehearsal.pages import Page

# the limit for one answer; the start of a server has its own
ANSWER_SECONDS = 30
START_SECONDS = 120
POLL_SECONDS = 0.1


class Refused(PophubError):
    """The hub answered with an error page."""

    def __init__(self, answer: requests.Response) -> None:
        self.status = answer.status_code
        self.page = answer.text
        self.text = Page(answer.text).text
        super().__init__(f"{answer.status_code}: {self.text}", code=ExitCode.REFUSED)


class Here(HTTPAdapter):
    """Connects to this machine's own proxy whatever address the host name has, with TLS for that name."""

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: Any, cert: Any = None
    ) -> Any:
        place, options = super().build_connection_pool_key_attributes(request, verify, cert)
        host, place["host"] = place["host"], "127.0.0.1"
        return place, {**options, **({"server_hostname": host} if place["scheme"] == "https" else {})}

    def add_headers(self, request: requests.PreparedRequest, **kwargs: Any) -> None:
        request.headers["Host"] = urlsplit(str(request.url)).netloc


class Participant:
    """`name` is the user at the hub; `here` connects to this machine and accepts each certificate."""

    def __init__(self, hub_url: str, name: str, *, here: bool = False) -> None:
        self.hub_url = hub_url.rstrip("/")
        self.name = name
        self.here = here
        self.browser = requests.Session()
        # a proxy in the environment would lead elsewhere
        if here:
            self.browser.trust_env = self.browser.verify = False
            for scheme in ("http://", "https://"):
                self.browser.mount(scheme, Here())

    @property
    def server_url(self) -> str:
        """The address of the person's own server, running or not."""
        return f"{self.hub_url}/user/{quote(self.name)}"

    def get(self, place: str) -> requests.Response:
        """Request a page of the hub; returns any answer, even an error."""
        return self.browser.get(urljoin(self.hub_url + "/", place), timeout=ANSWER_SECONDS)

    def enter(self, token: str) -> None:
        """Sign in as one of a rehearsal's people, without a login provider.

        Raises:
            Refused: the hub does not accept the token, or this name.
        """
        headers, place = {"Authorization": f"token {token}"}, f"{self.hub_url}/hub/api/rehearsal/{quote(self.name)}"
        self._accepted(self.browser.post(place, headers=headers, timeout=ANSWER_SECONDS, allow_redirects=False))
        self._accepted(self.get("/hub/home"))

    @staticmethod
    def _accepted(answer: requests.Response) -> requests.Response:
        if not answer.ok:
            raise Refused(answer)
        return answer

    def request_server(self, size: str | None = None) -> None:
        """Press the button that starts the server.

        Raises:
            Refused: the hub does not start it.
        """
        answer = self._accepted(self.get("/hub/spawn"))
        for form in Page(answer.text).forms:
            if "spawn" in form.action:
                choice = {**form.fields, "size": size or ""}
                target = urljoin(answer.url, form.action)
                self._accepted(self.browser.post(target, data=choice, timeout=ANSWER_SECONDS))

    def start_server(self, size: str | None = None, *, seconds: float = START_SECONDS) -> None:
        """Start the server, follow its progress, and open JupyterLab.

        Raises:
            Refused: the hub does not start it.
            PophubError: the start failed, or took too long.
        """
        self.request_server(size)
        for step in self._progress(seconds):
            if step.get("failed"):
                raise PophubError(f"the server of {self.name} failed: {step.get('message')}", code=ExitCode.REFUSED)
        self._await_server(seconds)
        self.open_server()

    def open_server(self) -> None:
        """Open JupyterLab's page of the running server, which sets the server's cookies.

        Raises:
            Refused: the server does not let this person in.
        """
        self._accepted(self.get(f"{self.server_url}/lab"))

    def _progress(self, seconds: float) -> Iterator[dict[str, Any]]:
        """The hub's messages about the start, until its last one."""
        place = f"{self.hub_url}/hub/api/users/{quote(self.name)}/server/progress"
        with (
            contextlib.suppress(requests.exceptions.ConnectionError),
            self.browser.get(place, headers=self._xsrf("/hub/"), stream=True, timeout=seconds) as stream,
        ):
            for line in stream.iter_lines(decode_unicode=True):
                if line.startswith("data:"):
                    yield json.loads(line.removeprefix("data:"))

    def _await_server(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while not self.server_is_running():
            if time.monotonic() >= end:
                raise PophubError(f"the server of {self.name} did not answer within {seconds:g} s")
            time.sleep(POLL_SECONDS)

    def server_is_running(self) -> bool:
        """Whether the server answers."""
        answer = self.browser.get(f"{self.server_url}/api", allow_redirects=False, timeout=ANSWER_SECONDS)
        return answer.ok and "version" in answer.text

    def sign_out(self) -> None:
        """Sign out, like File → Log Out in JupyterLab."""
        self._accepted(self.get("/hub/logout"))

    def _server(self, method: str, place: str, body: dict[str, Any] | None = None) -> Any:
        answer = self.browser.request(
            method,
            f"{self.server_url}/api/{place}",
            json=body,
            headers=self._xsrf(f"/user/{self.name}/"),
            timeout=ANSWER_SECONDS,
        )
        return self._accepted(answer).json() if answer.content else self._accepted(answer)

    def notebook_cells(self, path: str) -> list[str]:
        """The code cells of a notebook in the home, in order.

        Raises:
            Refused: there is no such file.
        """
        found = self._server("GET", f"contents/{quote(path)}?type=notebook")["content"]["cells"]
        return [str(cell["source"]) for cell in found if cell["cell_type"] == "code"]

    @contextlib.contextmanager
    def new_kernel(self) -> Iterator[str]:
        """The address of a new kernel's websocket; the kernel ends with the context."""
        kernel = self._server("POST", "kernels", {"name": "python3"})["id"]
        try:
            yield f"{self.server_url}/api/kernels/{kernel}/channels".replace("http", "ws", 1)
        finally:
            self._server("DELETE", f"kernels/{kernel}")

    def server_cookies(self) -> str:
        """The cookies that a browser would send to the person's own server."""
        return self._cookies(f"/user/{self.name}/")

    def _xsrf(self, path: str) -> dict[str, str]:
        """The header with which a request proves that it comes from a page at this path."""
        tokens = [cookie.value for cookie in self.browser.cookies if cookie.name == "_xsrf" and cookie.path == path]
        return {"X-XSRFToken": tokens[0]} if tokens and tokens[0] else {}

    def _cookies(self, path: str) -> str:
        """The cookies that a browser would send to a path."""
        fitting = (cookie for cookie in self.browser.cookies if path.startswith(cookie.path))
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in fitting)
