"""The spawner: one container for each participant. The hub notices at once when the server answers or has ended."""

from __future__ import annotations

import asyncio
import html
import re
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from docker.errors import APIError  # type: ignore[import-untyped]
from dockerspawner import DockerSpawner  # type: ignore[import-untyped]
from tornado.web import HTTPError

from sections import start_queue
from sections.content import FETCHING, is_being_fetched
from sections.event_log import note_end

# after this time, JupyterHub's own checks go on alone
WATCH_SECONDS = 120
# how long to wait for Docker to know the address of a server that is just starting
PLACE_SECONDS = 60
# how often a waiting page gets its place in the queue
QUEUE_SECONDS = 2
STARTING = "Your server is being started."
# Docker's own words are for helpers, who read them on their page
REFUSED = "The hub's machine could not start your server. The event's helpers can see why."
# the exit code after signal 9, which the kernel sends when memory is full
SIGKILLED = 128 + 9
# how many lines of an ended server's output go to the log, how many its owner sees, and the longest line
LOGGED_LINES, SHOWN_LINES, LINE_CHARACTERS = 100, 8, 500
# colours and other control characters: https://invisible-island.net/xterm/ctlseqs/ctlseqs.html
NO_TEXT = re.compile(r"\x1b\[[\d;?]*[a-zA-Z]|[\x00-\x08\x0e-\x1f\x7f]")


@dataclass(frozen=True)
class End:
    """How a container ended by itself."""

    exit_code: int
    out_of_memory: bool
    printed: tuple[str, ...]

    def __str__(self) -> str:
        memory = ", out of memory" if self.out_of_memory else ""
        return "\n".join([f"exit code {self.exit_code}{memory}", *self.printed])


class NotStarted(HTTPError):
    """The error page for a server that has ended while it started.

    It is an HTTPError, because JupyterHub hides every other error in the first second.
    """

    # for the page's heading
    is_start = True

    def __init__(self, words: str, lines: tuple[str, ...] = ()) -> None:
        super().__init__(500, " / ".join((words, *lines)))
        self.jupyterhub_message = " ".join((words, *lines))
        shown = "<br>".join(html.escape(line) for line in lines)
        self.jupyterhub_html_message = html.escape(words) + (f"<br><code>{shown}</code>" if lines else "")


class Watched:
    """A mixin for spawners that checks a new server often; JupyterHub alone checks at intervals of up to five seconds."""

    end: End | None = None
    # kept until the next start
    ended_for_memory = False
    starts = False
    queue = start_queue.HERE

    async def start(self) -> Any:
        self.end, self.ended_for_memory, self.starts = None, False, True
        try:
            async with self.queue.turn(self):
                place = await super().start()  # type: ignore[misc]
                await self._listening(*place)
        except APIError as error:
            note_end(self, f"Docker did not start it: {error.explanation or error}")
            raise NotStarted(REFUSED) from error
        finally:
            self.starts = False
        return place

    async def progress(self) -> AsyncIterator[dict[str, Any]]:
        """The messages of the page that people see while their server starts."""
        announced = ""
        while True:
            message = ""
            if place := self.queue.place(self):
                message = start_queue.words(place, self.queue.seconds(place))
            elif self.starts:
                message = FETCHING if is_being_fetched(self) else STARTING
            if message not in ("", announced):
                announced = message
                yield {"progress": 20 if place else 60, "message": message}
            await asyncio.sleep(QUEUE_SECONDS)

    async def get_url(self) -> str:
        """The server's address, also after the hub was restarted while the server started.

        Without this, JupyterHub would wait `http_timeout` at a wrong address, and then stop a running server.
        """
        try:
            address, port = await asyncio.wait_for(self.get_ip_and_port(), PLACE_SECONDS)  # type: ignore[attr-defined]
        except (APIError, HTTPError, TimeoutError):
            # nothing answers at the address that JupyterHub has, so its owner need not wait long for that
            self.http_timeout = 1
            url: str = await super().get_url()  # type: ignore[misc]
            return url
        return f"http://{address}:{port}"

    async def poll(self) -> Any:
        status = await super().poll()  # type: ignore[misc]
        container = await self.get_object() if status else None  # type: ignore[attr-defined]
        if container is not None:
            self.end = await self._how_it_ended(container["State"])
            self.ended_for_memory = self.end.out_of_memory
            # a server that its owner shuts down is not worth a message
            if self.end.exit_code or self.starts:
                note_end(self, str(self.end))
            await self.remove_object()  # type: ignore[attr-defined]
        return status

    async def _how_it_ended(self, state: dict[str, Any]) -> End:
        try:
            printed = await self.docker("logs", self.container_id, tail=LOGGED_LINES)  # type: ignore[attr-defined]
        except APIError as error:
            # Docker refuses this for a container that could not be removed:
            # https://github.com/moby/moby/blob/v28.0.0/daemon/logs.go
            printed = str(error.explanation or error).encode()
        # Docker sets OOMKilled even if only a kernel in the container was killed, hours ago
        out_of_memory = state["OOMKilled"] and state["ExitCode"] == SIGKILLED
        return End(state["ExitCode"], out_of_memory, readable(printed, self.api_token))  # type: ignore[attr-defined]

    def get_state(self) -> dict[str, Any]:
        return {**super().get_state(), "ended_for_memory": self.ended_for_memory}  # type: ignore[misc]

    def load_state(self, state: dict[str, Any]) -> None:
        super().load_state(state)  # type: ignore[misc]
        self.ended_for_memory = state.get("ended_for_memory", False)

    async def _listening(self, address: str, port: int) -> None:
        """Wait until the server accepts connections, or until WATCH_SECONDS are over.

        Raises:
            NotStarted: the container has ended.
        """
        begin = asked = time.monotonic()
        while (waited := time.monotonic() - begin) < WATCH_SECONDS:
            try:
                _, writer = await asyncio.wait_for(asyncio.open_connection(address, port), 1)
            except (OSError, TimeoutError):
                # longer pauses the longer it takes (a tenth of the time), so that the checks do not slow down many
                # starting servers
                await asyncio.sleep(max(0.05, waited / 10))
            else:
                writer.close()
                return
            if time.monotonic() - asked > 1:
                asked = time.monotonic()
                if await self.poll() is not None:
                    raise not_started(self.end)


def readable(printed: bytes, token: str) -> tuple[str, ...]:
    """A server's output as lines, without its token, which a shell with `set -x` would print."""
    text = NO_TEXT.sub("", printed.decode(errors="replace"))
    text = text.replace(token, "…") if token else text
    return tuple(line[:LINE_CHARACTERS] for line in text.splitlines() if line.strip())


def not_started(end: End | None) -> NotStarted:
    """The error for a server that ended while it started."""
    if end is None:
        return NotStarted("Your server ended while it started, and its container is gone.")
    why = " because its memory was full" if end.out_of_memory else f" with exit code {end.exit_code}"
    heading = "Its last output:" if end.printed else "It printed nothing."
    return NotStarted(f"Your server ended while it started,{why}. {heading}", end.printed[-SHOWN_LINES:])


def ended_for_memory(user: Any) -> bool:
    """Whether this user's last server ended because its memory was full."""
    return bool(getattr(getattr(user, "spawner", None), "ended_for_memory", False))


class Container(Watched, DockerSpawner):  # type: ignore[misc]
    pass
