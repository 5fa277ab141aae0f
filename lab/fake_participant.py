"""A person with a browser, over plain HTTP: signs in, starts a server, runs a cell. It runs no script of a page."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote, urlencode, urljoin

import requests
import websocket

from lab.kernel import run_cell
from lab.pages import Page
from lab.wait import wait_until
from pophub.core.errors import ExitCode, PophubError

# for one answer; the start of a server has its own limit
ANSWER_SECONDS = 30
START_SECONDS = 120


class Refused(PophubError):
    """The hub answered with an error page."""

    def __init__(self, answer: requests.Response) -> None:
        self.status = answer.status_code
        self.page = answer.text
        self.text = Page(answer.text).text
        super().__init__(f"{answer.status_code}: {self.text}", code=ExitCode.REFUSED)


class FakeParticipant:
    """`person` is the name at the sign-in provider; at the hub it is in lowercase, or `name` if that is another one."""

    def __init__(self, hub_url: str, person: str, name: str | None = None) -> None:
        self.hub_url = hub_url.rstrip("/")
        self.person = person
        self.name = name or person.lower()
        self.browser = requests.Session()

    @property
    def server_url(self) -> str:
        """The address of the person's own server, running or not."""
        return f"{self.hub_url}/user/{quote(self.name)}"

    def get(self, place: str) -> requests.Response:
        """Request a page of the hub; returns any answer, also an error."""
        return self.browser.get(urljoin(self.hub_url + "/", place), timeout=ANSWER_SECONDS)

    def sign_in(self, decision: str = "authorize") -> requests.Response:
        """Sign in through GitHub's or Google's pages to the person's own page at the hub; `cancel` is a decision too.

        Raises:
            Refused: the hub does not let this person in.
        """
        login = self._accepted(self.get("/hub/login?" + urlencode({"next": "/hub/home"})))
        button = next(link for link in Page(login.text).links if "oauth_login" in link)
        answer = self._accepted(self.get(button))
        while not answer.url.startswith(f"{self.hub_url}/"):
            answer = self._accepted(self._click(answer, {"login": self.person, "decision": decision}))
        return answer

    def press(self, url: str, **wanted: str) -> requests.Response:
        """Open any page and press the button with the wanted value."""
        return self._accepted(self._click(self.browser.get(url, timeout=ANSWER_SECONDS), wanted))

    def sign_in_with(self, password: str) -> requests.Response:
        """Fill in the login page's form.

        Raises:
            Refused: the hub does not let this person in.
        """
        login = self._accepted(self.get("/hub/login?" + urlencode({"next": "/hub/home"})))
        (form,) = Page(login.text).forms
        filled = {**form.fields, "username": self.person, "password": password}
        return self._accepted(self.browser.post(urljoin(login.url, form.action), data=filled, timeout=ANSWER_SECONDS))

    def ask_api(self, method: str, place: str, body: object = None, **headers: str) -> requests.Response:
        """The answer of the hub's API to this person; any answer, also an error."""
        return self.browser.request(
            method,
            f"{self.hub_url}/hub/api/{place}",
            json=body,
            headers={**self._xsrf("/hub/"), **headers},
            timeout=ANSWER_SECONDS,
        )

    def _click(self, answer: requests.Response, wanted: dict[str, str]) -> requests.Response:
        """Press the button with the wanted value."""
        for form in Page(answer.text).forms:
            for name, value in form.buttons:
                if wanted.get(name) == value:
                    target = urljoin(answer.url, form.action or answer.url)
                    return self.browser.post(target, data={**form.fields, name: value}, timeout=ANSWER_SECONDS)
        raise Refused(answer)

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
        """Start the server, and follow the progress page until it can be used.

        Raises:
            Refused: the hub does not start it.
            PophubError: the start failed, or took too long.
        """
        self.request_server(size)
        for step in self._progress(seconds):
            if step.get("failed"):
                raise PophubError(f"the server of {self.name} failed: {step.get('message')}", code=ExitCode.REFUSED)
        wait_until(self.server_is_running, seconds, f"the server of {self.name} answers")
        self.open_server()

    def open_server(self) -> None:
        """Open JupyterLab of the running server, which gives the browser its cookies.

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

    def opens_server_of(self, name: str) -> bool:
        """Whether this person can open somebody else's running server, after the hub's question for consent."""
        answer = self.get(f"/user/{quote(name)}/lab")
        for form in Page(answer.text).forms:
            if "scopes" in form.fields:
                asked = urljoin(answer.url, form.action or answer.url)
                self.browser.post(asked, data=form.fields, headers={"Referer": answer.url}, timeout=ANSWER_SECONDS)
        return self.get(f"/user/{quote(name)}/api/contents").ok

    def server_is_running(self) -> bool:
        """Whether the server answers, asked without credentials."""
        answer = requests.get(f"{self.server_url}/api", allow_redirects=False, timeout=ANSWER_SECONDS)
        return answer.ok and "version" in answer.text

    def execute(self, code: str, *, seconds: float = 60) -> str:
        """A cell's output, in a new kernel.

        Raises:
            PophubError: the cell raised, or took too long.
        """
        with self.kernel(seconds=seconds) as run:
            return run(code)

    @contextlib.contextmanager
    def kernel(self, *, seconds: float = 60) -> Iterator[Callable[[str], str]]:
        """A kernel that keeps its variables; the yielded function runs a cell in it."""
        kernel = self._server("POST", "kernels", {"name": "python3"})["id"]
        channels = f"{self.server_url}/api/kernels/{kernel}/channels".replace("http", "ws", 1)
        try:
            yield lambda code: run_cell(channels, self._cookies(f"/user/{self.name}/"), code, seconds)
        finally:
            self._server("DELETE", f"kernels/{kernel}")

    @contextlib.contextmanager
    def terminal(self, line: str, *, seconds: float = 60) -> Iterator[Callable[[], str]]:
        """An open terminal in which `line` was typed; the yielded function waits for its next output."""
        name = self._server("POST", "terminals")["name"]
        place = f"{self.server_url}/terminals/websocket/{name}".replace("http", "ws", 1)
        cookies = self._cookies(f"/user/{self.name}/")
        with contextlib.closing(websocket.create_connection(place, cookie=cookies, timeout=seconds)) as terminal:
            terminal.send(json.dumps(["stdin", f"{line}\r"]))
            yield lambda: next(
                text for kind, text in iter(lambda: json.loads(terminal.recv()), None) if kind == "stdout"
            )

    @contextlib.contextmanager
    def events(self, *, seconds: float = 60) -> Iterator[Callable[[str], dict[str, Any]]]:
        """The server's own events, as JupyterLab gets them; the yielded function waits for the next one of a schema."""
        place = f"{self.server_url}/api/events/subscribe".replace("http", "ws", 1)
        cookies = self._cookies(f"/user/{self.name}/")
        with contextlib.closing(websocket.create_connection(place, cookie=cookies, timeout=seconds)) as events:
            messages = iter(lambda: json.loads(events.recv()), None)
            yield lambda schema: next(message for message in messages if message["schema_id"] == schema)

    def write_file(self, path: str, text: str) -> None:
        """Save a text file in the home."""
        self._server("PUT", f"contents/{quote(path)}", {"type": "file", "format": "text", "content": text})

    def read_file(self, path: str) -> str:
        """The text of a file in the home."""
        return str(self._server("GET", f"contents/{quote(path)}")["content"])

    def list_files(self, folder: str = "") -> list[str]:
        """The names in a folder of the home."""
        return [entry["name"] for entry in self._server("GET", f"contents/{quote(folder)}")["content"]]

    def delete_file(self, path: str) -> None:
        """Delete a file as JupyterLab's list of files does."""
        self._server("DELETE", f"contents/{quote(path)}")

    def sign_out(self) -> None:
        """Sign out as File → Log Out does."""
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

    def _xsrf(self, path: str) -> dict[str, str]:
        """The header that proves that the request comes from the hub's own page."""
        tokens = [cookie.value for cookie in self.browser.cookies if cookie.name == "_xsrf" and cookie.path == path]
        return {"X-XSRFToken": tokens[0]} if tokens and tokens[0] else {}

    def _cookies(self, path: str) -> str:
        """The cookies that a browser would send to a path."""
        fitting = (cookie for cookie in self.browser.cookies if path.startswith(cookie.path))
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in fitting)
