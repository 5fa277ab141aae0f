"""One page of jupyter-collaboration, run by a Python that has it: `collaborator.py URL TOKEN PATH FORMAT TYPE`.

Each line of its input is what it does; it says "done" once the server has taken it in.
"""

from __future__ import annotations

import sys
from typing import Any

import requests
import websocket
from jupyter_ydoc import ydocs
from pycrdt import (
    Doc,
    YMessageType,
    YSyncMessageType,
    create_awareness_message,
    create_sync_message,
    create_update_message,
    handle_sync_message,
)

SECONDS = 60


class Page:
    """A document that is open in a browser."""

    def __init__(self, url: str, token: str, path: str, kind: tuple[str, str]) -> None:
        self._url, self._header, self._path = url, {"Authorization": f"token {token}"}, path
        self._format, self._type = kind
        self.doc: Any = Doc()
        self.document = ydocs[self._type](self.doc)
        self.reconnect()

    def reconnect(self) -> None:
        """As the page does when its connection was lost, and at first."""
        body = {"format": self._format, "type": self._type}
        place = f"{self._url}/api/collaboration/session/{self._path}"
        opened = requests.put(place, json=body, headers=self._header, timeout=SECONDS)
        opened.raise_for_status()
        found = opened.json()
        room = f"{self._format}:{self._type}:{found['fileId']}?sessionId={found['sessionId']}"
        place = f"{self._url.replace('http', 'ws', 1)}/api/collaboration/room/{room}"
        self._socket = websocket.create_connection(place, header=self._header, timeout=SECONDS)
        self.settle()

    def settle(self) -> None:
        """What was sent before was taken in, once this is answered."""
        self._socket.send_binary(create_sync_message(self.doc))
        while True:
            message = self._socket.recv()
            if message[0] != YMessageType.SYNC:
                continue
            if answer := handle_sync_message(message[1:], self.doc):
                self._socket.send_binary(answer)
            if message[1] == YSyncMessageType.SYNC_STEP2:
                return

    def send(self, change: Any) -> None:
        """A change of the document, as each of its pages sends it: in one message with the note that it is not saved."""
        before = self.doc.get_state()
        with self.doc.transaction():
            self.document.dirty = True
            change()
        self._socket.send_binary(create_update_message(self.doc.get_update(before)))

    def do(self, what: str) -> None:
        """One thing."""
        cells = getattr(self.document, "ycells", None)
        match what:
            case "type":
                text = cells[0]["source"] if cells is not None else self.document._ysource
                self.send(lambda: text.insert(0, "word "))
            case "insert a cell":
                self.send(lambda: self.document.append_cell({"cell_type": "markdown", "source": "new", "metadata": {}}))
            case "print":
                output = {"output_type": "stream", "name": "stdout", "text": "12 %"}
                self.send(lambda: cells[0]["outputs"].append(output))
            case "count":
                self.send(lambda: cells[0].__setitem__("execution_count", 7))
            case "look":
                self._socket.send_binary(create_awareness_message(b"\x00"))
            case "reconnect":
                self._socket.close()
                self.reconnect()
        self.settle()


def main() -> None:
    url, token, path, *kind = sys.argv[1:]
    page = Page(url, token, path, (kind[0], kind[1]))
    print("done", flush=True)  # noqa: T201
    for line in sys.stdin:
        page.do(line.strip())
        print("done", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
