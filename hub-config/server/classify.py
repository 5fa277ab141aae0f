"""Whether a request, a message or a change is work, according to the table in work.py."""

from __future__ import annotations

import json
import re
from typing import Any

import work

# between a message's addresses and its parts:
# https://jupyter-client.readthedocs.io/en/stable/messaging.html#the-wire-protocol
DELIMITER = b"<IDS|MSG>"
IDLE_REQUESTS = [(re.compile(row.path), re.compile(row.body)) for row in work.IDLE_REQUESTS]
IDLE_MESSAGES = [re.compile(row.whole) for row in work.IDLE_MESSAGES]
# https://jupyter-server.readthedocs.io/en/latest/developers/contents.html
NOTEBOOK = re.compile(rb'"type"\s*:\s*"notebook"')
TERMINAL_ANSWERS = re.compile(work.TERMINAL_ANSWERS)
WATCHED_MESSAGES = re.compile("|".join((work.WIDGET_MESSAGE, work.DEBUG_MESSAGE, *work.TYPED_MESSAGES)))


def is_work(request: Any) -> bool:
    """Whether a person did this, judged by the request alone."""
    if request.method in work.READING:
        return False
    return not any(path.search(request.path) and body.search(request.body) for path, body in IDLE_REQUESTS)


def is_changed(request: Any, sources: dict[str, int]) -> bool:
    """Whether this saves something that a person wrote; `sources` has a hash of each notebook's cells at its last save.

    JupyterLab saves a notebook every two minutes while a cell prints; with jupytext its file may be `.py` or `.md`.
    """
    path = request.path
    if request.method != "PUT" or not NOTEBOOK.search(request.body):
        return True
    try:
        now = hash(tuple(str(cell["source"]) for cell in json.loads(request.body)["content"]["cells"]))
    except (ValueError, KeyError, TypeError):
        return True
    before, sources[path] = sources.get(path), now
    return now != before


def is_cell(parts: list[Any]) -> bool:
    """Whether a kernel says that a cell begins or ends; True for a message that cannot be read."""
    try:
        header, parent = (json.loads(bytes(parts[parts.index(DELIMITER) + place])) for place in (2, 3))
        return header["msg_type"] in work.CELL_MESSAGES and parent.get("msg_type") in work.CELL_CAUSES
    except (ValueError, IndexError, KeyError, TypeError, AttributeError):
        return True


def is_used(message: Any) -> bool:
    """Whether a person did this in a notebook, other than by running cells."""
    try:
        header, content = parts_of(message)
        kind = header["msg_type"]
        if kind == work.DEBUG_MESSAGE:
            return content.get("command") in work.DEBUG_STEPS
        if kind != work.WIDGET_MESSAGE:
            return kind in work.TYPED_MESSAGES
        data = content.get("data")
    except (ValueError, KeyError, TypeError, AttributeError, IndexError):
        return False
    if not isinstance(data, dict):
        return True
    figure = data.get("content")
    kind = figure.get("type") if isinstance(figure, dict) else None
    return data.get("method") not in work.IDLE_WIDGET_METHODS and kind not in work.IDLE_FIGURE_TYPES


def parts_of(message: Any) -> tuple[Any, Any]:
    """Header and content of a page's message to a kernel; the content is not parsed if the message cannot count.

    https://jupyter-server.readthedocs.io/en/latest/developers/websocket-protocols.html
    """
    if isinstance(message, str):
        found = json.loads(message) if WATCHED_MESSAGES.search(message) else {}
        return found["header"], found["content"]
    places = [int.from_bytes(message[8 * it : 8 * it + 8], "little") for it in range(1, 7)]
    header = json.loads(message[places[1] : places[2]])
    return header, json.loads(message[places[4] : places[5]]) if WATCHED_MESSAGES.search(header["msg_type"]) else {}


def is_typed(message: Any) -> bool:
    """Whether a message to a terminal is something that a person typed."""
    try:
        kind, *typed = json.loads(message)
        return bool(kind == work.TYPED and not TERMINAL_ANSWERS.fullmatch(typed[0]))
    except (ValueError, TypeError, IndexError):
        return False


def is_click(message: str | bytes) -> bool:
    """Whether a page sends this because a person has done something."""
    text = message.encode() if isinstance(message, str) else message
    return not any(row.fullmatch(text) for row in IDLE_MESSAGES)


def is_edit(target: str, event: Any) -> bool:
    """Whether a change of a document's part was written by a person: https://github.com/jupyter-server/jupyter_ydoc."""
    if target in work.IDLE_PARTS:
        return False
    changes = event if isinstance(event, list) else [event]
    return target != "cells" or any(not set(parts_changed(it)) & set(work.COMPUTED) for it in changes)


def parts_changed(event: Any) -> list[str]:
    """The parts of a cell that one change is about; empty if cells are added or removed."""
    path = list(event.path)
    return [path[1]] if len(path) > 1 else [*event.keys] if path else []
