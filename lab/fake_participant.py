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
from pophub.hub.rehearsal.pages import Page
from pophub.hub.rehearsal.participant import ANSWER_SECONDS, Participant, Refused

__all__ = ["FakeParticipant", "Refused"]


class FakeParticipant(Participant):
    """`person` is the name at the sign-in provider; at the hub it is in lowercase, or `name` if that is another one."""

    def __init__(self, hub_url: str, person: str, name: str | None = None) -> None:
        super().__init__(hub_url, name or person.lower())
        self.person = person

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
        with self.new_kernel() as channels:
            yield lambda code: run_cell(channels, self.server_cookies(), code, seconds)

    @contextlib.contextmanager
    def terminal(self, line: str, *, seconds: float = 60) -> Iterator[Callable[[], str]]:
        """An open terminal in which `line` was typed; the yielded function waits for its next output."""
        name = self._server("POST", "terminals")["name"]
        place = f"{self.server_url}/terminals/websocket/{name}".replace("http", "ws", 1)
        cookies = self.server_cookies()
        with contextlib.closing(websocket.create_connection(place, cookie=cookies, timeout=seconds)) as terminal:
            terminal.send(json.dumps(["stdin", f"{line}\r"]))
            yield lambda: next(
                text for kind, text in iter(lambda: json.loads(terminal.recv()), None) if kind == "stdout"
            )

    @contextlib.contextmanager
    def events(self, *, seconds: float = 60) -> Iterator[Callable[[str], dict[str, Any]]]:
        """The server's own events, as JupyterLab gets them; the yielded function waits for the next one of a schema."""
        place = f"{self.server_url}/api/events/subscribe".replace("http", "ws", 1)
        cookies = self.server_cookies()
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
