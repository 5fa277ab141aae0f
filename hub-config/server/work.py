"""The one table of what counts as work at a participant's server.

Work is what a person does: run a cell, edit, save, type in a terminal, move a widget, click in an app behind the
server. Requests that a program sends, received messages, reconnections and open tabs are not work; otherwise a
forgotten tab would keep a server and its machine on. patches/activity.py makes the server's time of last activity follow
this table; the culler, cost-watch and the reports use only that time. Whether something computes, and for how long that is
protected, is decided by cost-watch, which measures the processor.
"""

from __future__ import annotations

from typing import NamedTuple

# --- requests: reading is not work; everything else is, except these

READING = ("GET", "HEAD", "OPTIONS")


class Request(NamedTuple):
    """A request that a page sends by itself: `path` is a pattern in its address, `body` in its content."""

    sends: str
    path: str
    body: bytes = b""


IDLE_REQUESTS = (
    Request("JupyterLab's layout, ten seconds after each change of its view", r"/lab/api/workspaces/"),
    Request("a checkpoint of what was just saved, also by itself", r"/checkpoints$"),
    Request("an extension's own report", r"/api/events$"),
    # https://github.com/jupyterlab/jupyter-collaboration/blob/main/packages/docprovider/src/requests.ts
    Request(
        "a document of real-time collaboration that is opened, also again", r"/api/(?:collaboration/session|fileid)/"
    ),
    # https://github.com/jupyterlab/jupyterlab-git/blob/main/src/model.ts
    Request("jupyterlab-git's look at its repository, every 3 seconds", r"/git/.*(?:status|branch|tags|remote/fetch)$"),
    Request("jupyterlab-git's question where a folder's repository begins", r"/git/.*show_(?:prefix|top_level)$"),
    # https://github.com/jupyterhub/jupyter-server-proxy/pull/609
    Request("RStudio's wait for events", r"/events/get_events$"),
    # https://github.com/sockjs/sockjs-protocol; Shiny uses it if websockets are blocked
    Request("SockJS's wait for messages", r"/xhr(?:_streaming)?$"),
    # https://socket.io/docs/v4/engine-io-protocol/#heartbeat
    Request("the heartbeat of Socket.IO without websockets", r"/socket\.io/", rb"\A[23]\Z"),
    # https://dash.plotly.com/dash-core-components/interval
    Request(
        "Dash's interval",
        r"/_dash-update-component$",
        rb'"changedPropIds":\s*\[\s*"[^"]*\.(?:n_intervals|interval)"\s*\]',
    ),
    Request("TensorBoard's and MLflow's refresh", r"/data/plugin/|/ajax-api/.*/search$"),
)
# what a browser sends for a page that a person opened: https://www.w3.org/TR/fetch-metadata/#sec-fetch-user-header
CLICKED = ("Sec-Fetch-User", "?1")

# --- kernels: https://jupyter-client.readthedocs.io/en/stable/messaging.html

# a cell begins or ends when a kernel sends one of CELL_MESSAGES because of one of CELL_CAUSES; other messages are
# output, or answers to a program: usage_request, kernel_info_request, debug_request, comm_info_request
CELL_MESSAGES, CELL_CAUSES = ("status", "execute_input"), ("execute_request",)
# what a page sends when a person types into a cell's input field, completes a name, or uses a widget
TYPED_MESSAGES = ("input_reply", "complete_request")
# a person's steps in the debugger, which also sends requests by itself; a kernel at a breakpoint does not compute,
# and its cell does not end
# https://github.com/jupyterlab/jupyterlab/blob/main/packages/debugger/src/service.ts
DEBUG_MESSAGE = "debug_request"
DEBUG_STEPS = ("continue", "evaluate", "next", "stepIn", "stepOut")
WIDGET_MESSAGE = "comm_msg"
# messages that widgets send by themselves, when a page reconnects and when a figure was drawn
# https://github.com/jupyter-widgets/ipywidgets/blob/main/packages/base-manager/src/manager-base.ts
# https://github.com/matplotlib/ipympl/blob/main/src/mpl_widget.ts
IDLE_WIDGET_METHODS = ("request_state", "request_states")
IDLE_FIGURE_TYPES = (
    *("ack", "draw", "initialized", "refresh", "resize"),
    *("send_image_mode", "set_device_pixel_ratio", "set_dpi_ratio"),
)

# --- terminals

# https://github.com/jupyter/terminado/blob/main/terminado/websocket.py
TYPED = "stdin"
# what a terminal answers by itself: its type, the position of its cursor, its focus, its colours
# https://invisible-island.net/xterm/ctlseqs/ctlseqs.html
TERMINAL_ANSWERS = r"(?:\x1b\[[?>=]?[\d;]*\$?[cnRy]|\x1b\[[IO]|\x1b[P\]][^\x07\x1b]*(?:\x07|\x1b\\))+"

# --- real-time collaboration

# from https://github.com/yjs/y-protocols/blob/master/PROTOCOL.md only changes of a document: not awareness, and not the
# exchange when a page reconnects
EDIT_MESSAGE = b"\x00\x02"
# what a page writes into the document while a cell computes, and what it stores about its view
IDLE_PARTS = ("state", "meta")
COMPUTED = ("outputs", "execution_count", "execution_state", "metadata")

# --- websockets of apps behind jupyter-server-proxy: messages from the page are work, except these

# for so long after a connection or reconnection a page's messages do not count: Streamlit and Bokeh then request the
# whole page
# https://github.com/streamlit/streamlit/blob/develop/frontend/app/src/App.tsx
# https://github.com/bokeh/bokeh/blob/main/bokehjs/src/lib/client/connection.ts
GREETING_SECONDS = 3


class Message(NamedTuple):
    """A message that a page sends by itself: `whole` matches all of it."""

    sends: str
    whole: bytes


IDLE_MESSAGES = (
    Message("a heartbeat in words", rb"(?i)[\s\S]{0,60}\b(?:ping|pong|heart_?beat|keep[-_]?alive)\b[\s\S]{0,60}"),
    # https://socket.io/docs/v4/engine-io-protocol/#heartbeat
    Message("the heartbeat of Socket.IO", rb"[23]"),
    # https://github.com/microsoft/vscode/blob/main/src/vs/base/parts/ipc/common/ipc.net.ts
    Message("code-server's acknowledgement and heartbeat", rb"(?:[\x03\x09][\s\S]{8}\0{4})+"),
    # https://www.rfc-editor.org/rfc/rfc6143#section-7.5.3
    Message("a desktop's question for its next picture", rb"(?:\x03[\x00\x01][\s\S]{8})+"),
)
