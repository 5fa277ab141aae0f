"""What the table says of one request, one message, one change."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import ModuleType, SimpleNamespace

import pytest

Module = Callable[[str], ModuleType]


@pytest.mark.parametrize(
    ("line", "counts"),
    [
        ("POST /user/ada/git/tutorials/status", False),
        ("POST /user/ada/git/tutorials/branch", False),
        ("POST /user/ada/git/tutorials/remote/fetch", False),
        ("POST /user/ada/git/tutorials/commit", True),
        ("POST /user/ada/git/tutorials/checkout", True),
        ("PUT /user/ada/api/collaboration/session/talk.md", False),
        ("PUT /user/ada/api/collaboration/undo_redo/room", True),
        ("PUT /user/ada/api/contents/status", True),
        ("PUT /user/ada/lab/api/settings/@jupyterlab/apputils-extension:themes", True),
        ("POST /user/ada/proxy/8787/events/get_events", False),
        ("POST /user/ada/proxy/3838/app/session/x/upload/1", True),
        ("POST /user/ada/proxy/5000/ajax-api/2.0/mlflow/runs/search", False),
    ],
)
def test_a_request_counts_but_for_those_that_pages_send_by_themselves(module: Module, line: str, counts: bool) -> None:
    method, path = line.split()
    assert module("classify").is_work(SimpleNamespace(method=method, path=path, body=b"")) is counts


def in_one(header: object, content: object) -> bytes:
    """https://jupyter-server.readthedocs.io/en/latest/developers/websocket-protocols.html"""
    parts = [b"shell", *(json.dumps(it).encode() for it in (header, {}, {}, content)), b"a buffer"]
    places = [8 * (2 + len(parts))]
    for part in parts:
        places.append(places[-1] + len(part))
    return b"".join(it.to_bytes(8, "little") for it in (len(places), *places)) + b"".join(parts)


@pytest.mark.parametrize(
    ("kind", "content", "counts"),
    [
        ("comm_msg", {"data": {"method": "update", "state": {}}}, True),
        ("comm_msg", {"data": {"method": "custom", "content": {"type": "key_press"}}}, True),
        ("comm_msg", {"data": {"method": "custom", "content": "click"}}, True),
        ("comm_msg", {"data": {"event": "of another library"}}, True),
        ("comm_msg", {"data": {"method": "request_states"}}, False),
        ("comm_msg", {}, True),
        ("comm_open", {"data": {}}, False),
        ("input_reply", {"value": "7"}, True),
        ("complete_request", {"code": "pri"}, True),
        ("debug_request", {"type": "request", "command": "stepIn"}, True),
        ("debug_request", {"type": "request", "command": "continue"}, True),
        ("debug_request", {"type": "request", "command": "debugInfo"}, False),
        ("debug_request", {"type": "request", "command": "variables"}, False),
        ("debug_request", {}, False),
        ("kernel_info_request", {}, False),
        ("execute_request", {"code": "'comm_msg'"}, False),
    ],
)
def test_what_a_page_sends_to_a_kernel_counts_where_somebody_did_it(
    module: Module, kind: str, content: object, counts: bool
) -> None:
    header = {"msg_type": kind}
    classify = module("classify")

    assert classify.is_used(json.dumps({"header": header, "content": content})) is counts
    assert classify.is_used(in_one(header, content)) is counts


@pytest.mark.parametrize("message", ["", "comm_msg", "[]", '{"header": "comm_msg"}', b"", b"\x00" * 90])
def test_what_makes_no_sense_to_a_kernel_is_none(module: Module, message: str | bytes) -> None:
    assert module("classify").is_used(message) is False


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("ls\r", True),
        ("\x1b[A", True),
        ("\x03", True),
        ("\x1b[15~", True),
        ("\x1b[?1;2c", False),
        ("\x1b[>0;276;0c\x1b[24;80R", False),
        ("\x1b[O", False),
        ("\x1b]11;rgb:0000/0000/0000\x1b\\", False),
        ("\x1bP1$r0m\x1b\\", False),
    ],
)
def test_a_key_counts_and_a_terminals_own_answer_does_not(module: Module, text: str, counts: bool) -> None:
    assert module("classify").is_typed(json.dumps(["stdin", text])) is counts


@pytest.mark.parametrize(
    ("message", "counts"),
    [
        ("3", False),
        ("ping", False),
        ('{"type":"ka","id":"keep-alive"}', False),
        ('[null,null,"phoenix","heartbeat",{}]', False),
        (b"\x03\x00" + bytes(11), False),
        (b"\x01" + bytes(11) + b"\x02ok", True),
        ("33", True),
        ("shopping", True),
        ('{"msgtype":"EVENT","events":[{"name":"button_click"}]}', True),
    ],
)
def test_what_a_page_sends_to_an_app_counts_but_for_heartbeats(
    module: Module, message: str | bytes, counts: bool
) -> None:
    assert module("classify").is_click(message) is counts


@pytest.mark.parametrize(
    ("target", "path", "keys", "counts"),
    [
        ("source", [], [], True),
        ("state", [], ["dirty"], False),
        ("meta", ["metadata"], ["kernelspec"], False),
        ("cells", [], [], True),
        ("cells", [0, "source"], [], True),
        ("cells", [0, "outputs", 0], [], False),
        ("cells", [0], ["execution_count"], False),
        ("cells", [0], ["cell_type"], True),
        ("content", [], [], True),
    ],
)
def test_a_document_changes_by_hand_but_for_what_a_cell_prints(
    module: Module, target: str, path: list[object], keys: list[str], counts: bool
) -> None:
    change = SimpleNamespace(path=path, keys=dict.fromkeys(keys))

    assert module("classify").is_edit(target, [change] if target == "cells" else change) is counts
