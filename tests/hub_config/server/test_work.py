"""Each row of the table of work, against the real package: a server with the extensions that images bring."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lab.venvs import ensure_venv
from lab.wait import wait_until
from pophub.organizer.event.event import Event
from pophub.organizer.paths import ROOT
from tests.conftest import unpacked
from tests.hub_config.conftest import settings_of
from tests.hub_config.server.apps import App
from tests.hub_config.server.participant import KernelSocket, Participant

pytestmark = pytest.mark.extensions
EXTENSIONS = ROOT / "requirements-extensions.txt"
NOTEBOOK = {
    "cells": [{"cell_type": "code", "id": "a", "source": "", "metadata": {}, "outputs": [], "execution_count": None}],
    "metadata": {},
    "nbformat": 4,
    "nbformat_minor": 5,
}
# long enough for what is noted a moment later
SOON = 10


@pytest.fixture(scope="module")
def ada(hackweek: Event, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Participant]:
    folder = unpacked(hackweek, tmp_path_factory.mktemp("ada"))
    home = folder / "home"
    home.mkdir()
    (home / "talk.md").write_text("# A talk\n")
    (home / "plot.ipynb").write_text(json.dumps(NOTEBOOK))
    with pytest.MonkeyPatch.context() as patch:
        config = settings_of(folder / "hub-config", patch)
    with Participant(folder, config, ensure_venv(EXTENSIONS) / "bin" / "python", home) as ada:
        yield ada


@pytest.fixture(scope="module")
def kernel(ada: Participant) -> Iterator[KernelSocket]:
    kernel = ada.kernel()
    yield kernel
    kernel.close()


@pytest.fixture(scope="module")
def app() -> Iterator[App]:
    with App() as app:
        yield app


@pytest.fixture(scope="module")
def collaborate(ada: Participant) -> Iterator[Callable[[str, str], None]]:
    """A page that has a document open does something."""
    pages: dict[str, subprocess.Popen[str]] = {}

    def page_of(path: str) -> subprocess.Popen[str]:
        kind = ("json", "notebook") if path.endswith(".ipynb") else ("text", "file")
        python = ensure_venv(EXTENSIONS) / "bin" / "python"
        command = [python, Path(__file__).with_name("collaborator.py"), ada.url, ada.token, path, *kind]
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def said_done(page: subprocess.Popen[str]) -> None:
        assert page.stdout is not None
        assert page.stdout.readline() == "done\n", ada.log[-3000:]

    def do(path: str, what: str) -> None:
        if path not in pages:
            pages[path] = page_of(path)
            said_done(pages[path])
        page = pages[path]
        print(what, file=page.stdin, flush=True)
        said_done(page)

    yield do
    for page in pages.values():
        assert page.stdin is not None
        page.stdin.close()
        page.wait()


# --- cells and widgets


def test_a_cell_is_work_when_it_begins_and_when_it_ends(ada: Participant, kernel: KernelSocket) -> None:
    assert ada.counts(lambda: kernel.run("1"), SOON)
    # what kernels are culled by is not left behind
    assert ada.ask("GET", f"api/kernels/{kernel.id}").json()["execution_state"] == "idle"


@pytest.mark.parametrize("kind", ["kernel_info_request", "comm_info_request", "history_request", "inspect_request"])
def test_what_a_page_asks_a_kernel_by_itself_is_none(ada: Participant, kernel: KernelSocket, kind: str) -> None:
    content = {
        "code": "1",
        "cursor_pos": 0,
        "detail_level": 0,
        "hist_access_type": "tail",
        "n": 1,
        "output": False,
        "raw": True,
    }
    assert not ada.counts(lambda: [kernel.request(kind, content) for _ in range(3)])


@pytest.mark.parametrize(("command", "counts"), [("debugInfo", False), ("next", True)])
def test_the_debuggers_questions_are_none_and_its_steps_are_work(
    ada: Participant, kernel: KernelSocket, command: str, counts: bool
) -> None:
    content = {"type": "request", "command": command, "seq": 1, "arguments": {}}
    assert ada.counts(lambda: kernel.request("debug_request", content, "control")) is counts


def test_jupyter_resource_usages_panel_is_none(ada: Participant, kernel: KernelSocket) -> None:
    place = f"api/metrics/v1/kernel_usage/get_usage/{kernel.id}"
    answers = []

    def look() -> None:
        answers.extend(ada.ask("GET", place).json() for _ in range(3))
        ada.ask("GET", "api/metrics/v1")

    assert not ada.counts(look)
    assert "kernel_cpu" in answers[-1]["content"], "the kernel was asked"


def test_a_page_that_is_connected_again_is_none(ada: Participant, kernel: KernelSocket) -> None:
    def reconnect() -> None:
        page = KernelSocket(ada, kernel.id)
        page.request("comm_open", {"comm_id": "control", "target_name": "jupyter.widget.control", "data": {}})
        page.request("comm_msg", {"comm_id": "control", "data": {"method": "request_states"}})
        page.close()

    assert not ada.counts(reconnect)


@pytest.mark.parametrize(
    ("data", "counts"),
    [
        ({"method": "update", "state": {"value": 3}}, True),
        ({"method": "custom", "content": {"event": "click"}}, True),
        ({"method": "custom", "content": {"type": "button_press", "x": 1}}, True),
        ({"method": "custom", "content": {"type": "ack"}}, False),
        ({"method": "request_state"}, False),
    ],
)
def test_a_widget_is_work_when_somebody_uses_it(
    ada: Participant, kernel: KernelSocket, data: dict[str, object], counts: bool
) -> None:
    kernel.run("import ipywidgets; slider = ipywidgets.IntSlider()")
    widget = kernel.run("print(slider.model_id)")

    def last_use() -> str:
        return str(ada.ask("GET", f"api/kernels/{kernel.id}").json()["last_activity"])

    before = last_use()
    assert ada.counts(lambda: kernel.request("comm_msg", {"comm_id": widget, "data": data})) is counts
    # or a kernel whose widgets alone are used would be culled
    assert (last_use() > before) is counts


def test_what_a_widget_shows_by_itself_is_none(ada: Participant, kernel: KernelSocket) -> None:
    kernel.run(
        "import ipywidgets, threading, time; bar = ipywidgets.IntProgress(); on = True\n"
        "def move():\n    while on:\n        bar.value = (bar.value + 1) % 100; time.sleep(0.01)\n"
        "threading.Thread(target=move, daemon=True).start()"
    )
    moved = kernel.run("print(bar.value)")

    def watch() -> None:
        while True:
            message = json.loads(kernel._socket.recv())
            if message["msg_type"] == "comm_msg" and message["content"]["data"]["state"].get("value") not in (
                None,
                moved,
            ):
                return

    assert not ada.counts(lambda: [watch() for _ in range(20)])
    kernel.run("on = False")


# --- the server's own pages


def test_a_save_is_work_and_its_checkpoint_is_none(ada: Participant) -> None:
    file = {"type": "file", "format": "text", "content": "text"}
    assert ada.counts(lambda: ada.ask("PUT", "api/contents/notes.txt", json=file))
    assert not ada.counts(lambda: ada.ask("POST", "api/contents/notes.txt/checkpoints"))


def test_what_jupyterlab_asks_and_keeps_by_itself_is_none(ada: Participant) -> None:
    layout = {"data": {}, "metadata": {"id": "default"}}

    def leave_open() -> None:
        for place in ("api/kernels", "api/sessions", "api/terminals", "api/contents", "lab", "api/me"):
            ada.ask("GET", place)
        ada.ask("PUT", "lab/api/workspaces/default", json=layout)

    assert not ada.counts(leave_open)


def test_what_is_typed_into_a_terminal_is_work_and_what_it_answers_and_shows_is_none(ada: Participant) -> None:
    name = ada.ask("POST", "api/terminals").json()["name"]
    terminal = ada.socket(f"terminals/websocket/{name}")

    def shown(text: str) -> None:
        found = ""
        while text not in found:
            kind, *printed = json.loads(terminal.recv())
            found += printed[0] if kind == "stdout" else ""

    def type_in(text: str) -> None:
        terminal.send(json.dumps(["stdin", text]))

    type_in("PS1=; for i in $(seq 100); do echo line-$i; sleep 0.05; done; read -r answer; echo end-$answer\r")
    shown("line-1")
    assert not ada.counts(lambda: shown("line-99"))
    assert not ada.counts(lambda: type_in("\x1b[?1;2c\x1b[24;80R\x1b[I"))
    assert ada.counts(lambda: type_in("x\r"), SOON)
    terminal.close()
    assert not ada.counts(lambda: ada.socket(f"terminals/websocket/{name}").close())


# --- apps behind the server's proxy


@pytest.mark.parametrize(
    ("line", "body", "counts"),
    [
        ("GET status", "", False),
        ("POST save", "{}", True),
        ("POST rstudio/rpc/console_input", "{}", True),
        ("POST rstudio/events/get_events", "{}", False),
        ("POST socket.io/", "3", False),
        ("POST socket.io/", '42["click"]', True),
        ("POST _dash-update-component", '{"changedPropIds": ["clock.n_intervals"]}', False),
        ("POST _dash-update-component", '{"changedPropIds": ["go.n_clicks"]}', True),
    ],
)
def test_a_request_to_an_app_is_work_when_somebody_caused_it(
    ada: Participant, app: App, line: str, body: str, counts: bool
) -> None:
    method, path = line.split()

    assert ada.counts(lambda: ada.ask(method, f"proxy/{app.port}/{path}", data=body)) is counts


def test_a_page_of_an_app_is_work_when_somebody_went_there(ada: Participant, app: App) -> None:
    clicked = {"Sec-Fetch-User": "?1", "Sec-Fetch-Mode": "navigate"}

    assert ada.counts(lambda: ada.ask("GET", f"proxy/{app.port}/next", headers=clicked))


def test_what_an_app_pushes_is_none_and_what_is_sent_to_it_is_work(ada: Participant, app: App) -> None:
    place = f"proxy/{app.port}/ws"
    assert not ada.counts(lambda: ada.socket(place).close())
    page = ada.socket(place)
    assert not ada.counts(lambda: [page.recv() for _ in range(20)])
    assert not ada.counts(lambda: [page.ping(), page.recv()])

    def send(message: bytes) -> None:
        page.send_binary(message)
        while page.recv() != message:
            pass

    wait_until(lambda: ada.counts(lambda: send(b"rerun")), SOON, "the page is no longer in its first seconds")
    for by_itself in (b"2", b'{"type": "ping"}', b"\x09" + bytes(12), b"\x03\x01" + bytes(8)):
        assert not ada.counts(lambda message=by_itself: send(message)), by_itself
    for by_somebody in (b'42["click"]', b"\x05\x01\0\x10\0\x10", b'{"method": "update", "data": {"n": 3}}'):
        assert ada.counts(lambda message=by_somebody: send(message)), by_somebody
    page.close()


# --- real-time collaboration


@pytest.mark.parametrize(
    ("path", "what", "counts"),
    [
        ("talk.md", "look", False),
        ("talk.md", "type", True),
        ("talk.md", "reconnect", False),
        ("plot.ipynb", "look", False),
        ("plot.ipynb", "type", True),
        ("plot.ipynb", "insert a cell", True),
        ("plot.ipynb", "print", False),
        ("plot.ipynb", "count", False),
        ("plot.ipynb", "reconnect", False),
    ],
)
def test_a_shared_document_is_work_when_somebody_writes(
    ada: Participant, collaborate: Callable[[str, str], None], path: str, what: str, counts: bool
) -> None:
    collaborate(path, "settle")

    assert ada.counts(lambda: collaborate(path, what)) is counts


def test_what_is_typed_into_a_shared_document_reaches_the_disk(
    ada: Participant, collaborate: Callable[[str, str], None]
) -> None:
    """Without Jupyter's folder of data no document opens at all."""
    collaborate("talk.md", "type")

    assert (ada.home / ".local/share/jupyter").is_dir()
    assert "unable to open database file" not in ada.log
