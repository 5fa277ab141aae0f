"""A person with a browser, over plain HTTP: signs in, starts a server, runs a cell. Scripts are not run."""

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

# one answer; a whole start of a server has its own deadline
ANSWER_SECONDS = 30
START_SECONDS = 120


class Refused(PophubError):
    """The hub showed a page that says no."""

    def __init__(self, answer: requests.Response) -> None:
        self.status = answer.status_code
        self.page = answer.text
        self.text = Page(answer.text).text
        super().__init__(f"{answer.status_code}: {self.text}", code=ExitCode.REFUSED)


class Visitor:
    """`person` is a name where people sign in; at the hub it is written small, or `name` where that is another one."""

    def __init__(self, hub_url: str, person: str, name: str | None = None) -> None:
        self.hub_url = hub_url.rstrip("/")
        self.person = person
        self.name = name or person.lower()
        self.browser = requests.Session()

    @property
    def server_url(self) -> str:
        """Where the person's own server is, running or not."""
        return f"{self.hub_url}/user/{quote(self.name)}"

    def get(self, place: str) -> requests.Response:
        """Go to a place of the hub and read what is there, whatever it is."""
        return self.browser.get(urljoin(self.hub_url + "/", place), timeout=ANSWER_SECONDS)

    def sign_in(self, decision: str = "authorize") -> requests.Response:
        """From the login page through GitHub's or Google's to one's own page at the hub; `cancel` is a decision, too.

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
        """Go to a page anywhere, and press the button that says what is wanted."""
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
        """What the hub's API answers to this person, whatever it is."""
        return self.browser.request(
            method,
            f"{self.hub_url}/hub/api/{place}",
            json=body,
            headers={**self._xsrf("/hub/"), **headers},
            timeout=ANSWER_SECONDS,
        )

    def _click(self, answer: requests.Response, wanted: dict[str, str]) -> requests.Response:
        """Press the button that says what is wanted."""
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

    def start_server(self, size: str | None = None, *, seconds: float = START_SECONDS) -> None:
        """Ask for the server, and follow the waiting page's progress until it can be used.

        Raises:
            Refused: the hub does not start it.
            PophubError: it failed, or was not there in time.
        """
        answer = self._accepted(self.get("/hub/spawn"))
        for form in Page(answer.text).forms:
            if "spawn" in form.action:
                choice = {**form.fields, "size": size or ""}
                target = urljoin(answer.url, form.action)
                self._accepted(self.browser.post(target, data=choice, timeout=ANSWER_SECONDS))
        for step in self._progress(seconds):
            if step.get("failed"):
                raise PophubError(f"the server of {self.name} failed: {step.get('message')}", code=ExitCode.REFUSED)
        wait_until(self.server_is_running, seconds, f"the server of {self.name} answers")
        self._accepted(self.get(f"{self.server_url}/lab"))

    def _progress(self, seconds: float) -> Iterator[dict[str, Any]]:
        """What the hub says about the start; ends when the hub has no more to say."""
        place = f"{self.hub_url}/hub/api/users/{quote(self.name)}/server/progress"
        with (
            contextlib.suppress(requests.exceptions.ConnectionError),
            self.browser.get(place, headers=self._xsrf("/hub/"), stream=True, timeout=seconds) as stream,
        ):
            for line in stream.iter_lines(decode_unicode=True):
                if line.startswith("data:"):
                    yield json.loads(line.removeprefix("data:"))

    def opens_server_of(self, name: str) -> bool:
        """Whether this person gets into somebody else's running server, by its page and the hub's question first."""
        answer = self.get(f"/user/{quote(name)}/lab")
        for form in Page(answer.text).forms:
            if "scopes" in form.fields:
                asked = urljoin(answer.url, form.action or answer.url)
                self.browser.post(asked, data=form.fields, headers={"Referer": answer.url}, timeout=ANSWER_SECONDS)
        return self.get(f"/user/{quote(name)}/api/contents").ok

    def server_is_running(self) -> bool:
        """Whether the server answers, asked as a stranger would."""
        answer = requests.get(f"{self.server_url}/api", allow_redirects=False, timeout=ANSWER_SECONDS)
        return answer.ok and "version" in answer.text

    def execute(self, code: str, *, seconds: float = 60) -> str:
        """What a cell shows, in a kernel of its own.

        Raises:
            PophubError: the cell raised, or took too long.
        """
        with self.kernel(seconds=seconds) as run:
            return run(code)

    @contextlib.contextmanager
    def kernel(self, *, seconds: float = 60) -> Iterator[Callable[[str], str]]:
        """A kernel that keeps its variables; what is yielded runs a cell in it."""
        kernel = self._server("POST", "kernels", {"name": "python3"})["id"]
        channels = f"{self.server_url}/api/kernels/{kernel}/channels".replace("http", "ws", 1)
        try:
            yield lambda code: run_cell(channels, self._cookies(f"/user/{self.name}/"), code, seconds)
        finally:
            self._server("DELETE", f"kernels/{kernel}")

    @contextlib.contextmanager
    def terminal(self, line: str, *, seconds: float = 60) -> Iterator[Callable[[], str]]:
        """A terminal in which a line was typed, in view as long as this lasts; what is yielded waits for what it prints next."""
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
        """The server's own events, as JupyterLab hears them; what is yielded waits for the next one of a schema."""
        place = f"{self.server_url}/api/events/subscribe".replace("http", "ws", 1)
        cookies = self._cookies(f"/user/{self.name}/")
        with contextlib.closing(websocket.create_connection(place, cookie=cookies, timeout=seconds)) as events:
            heard = iter(lambda: json.loads(events.recv()), None)
            yield lambda schema: next(it for it in heard if it["schema_id"] == schema)

    def write_file(self, path: str, text: str) -> None:
        """Save a text file into the home."""
        self._server("PUT", f"contents/{quote(path)}", {"type": "file", "format": "text", "content": text})

    def read_file(self, path: str) -> str:
        """A text file of the home."""
        return str(self._server("GET", f"contents/{quote(path)}")["content"])

    def delete_file(self, path: str) -> None:
        """As one does in JupyterLab's list of files."""
        self._server("DELETE", f"contents/{quote(path)}")

    def sign_out(self) -> None:
        """As File → Log Out does."""
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
        """The proof that it is our own page that asks."""
        tokens = [cookie.value for cookie in self.browser.cookies if cookie.name == "_xsrf" and cookie.path == path]
        return {"X-XSRFToken": tokens[0]} if tokens and tokens[0] else {}

    def _cookies(self, path: str) -> str:
        """What a browser would send to a path."""
        fitting = (cookie for cookie in self.browser.cookies if path.startswith(cookie.path))
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in fitting)
