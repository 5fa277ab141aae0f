"""What helpers can do on the page. Each action asks the hub with the helper's own token, so the hub decides what is allowed."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Lock, Thread
from typing import Any
from zoneinfo import ZoneInfo

from pophub.core import contract
from pophub.core.errors import PophubError
from pophub.core.keep_requests import ask_for, next_at
from pophub.hub.helpers_page.machine import Machine
from pophub.hub.hub_api import HubApi, HubRefused, HubSilent
from pophub.hub.this_machine import moment
from pophub.hub.watch.state import write

STOP_ALL_WORD = "stop all"
LONGEST_MESSAGE = 280
LONGEST_KEEP = timedelta(hours=12)
STOP_SECONDS = 60.0
POLL_SECONDS = 1.0


@dataclass
class Actions:
    """The actions; each returns a sentence for the helper.

    `asked` is the content of the request; a missing value raises a PophubError.
    """

    machine: Machine
    clock: Callable[[], datetime] = lambda: moment().at
    sleep: Callable[[float], None] = time.sleep
    _preparing: Lock = field(default_factory=Lock)

    def do(self, name: str, asked: Mapping[str, Any], api: HubApi, helper: str) -> str:
        """Do one action.

        Raises:
            PophubError: there is no such action, the request lacks something, or the hub refuses.
        """
        act = ACTIONS.get(name)
        if act is None:
            raise PophubError(f"there is no action {name!r}", hint=f"actions are {', '.join(ACTIONS)}")
        try:
            return act(self, asked, api, helper)
        except HubRefused as error:
            raise PophubError("the hub does not allow you to do this", hint="sign in again") from error
        except HubSilent as error:
            raise PophubError(f"the hub did not do it: {error}", hint="reload the page, and try again") from error

    def start(self, asked: Mapping[str, Any], api: HubApi, helper: str) -> str:
        """Start somebody's server."""
        user = _user(asked)
        for _, problem in api.start([user]):
            if problem:
                raise PophubError(f"the server of {user} does not start: {problem}", hint="its line says more")
        return f"the server of {user} is starting"

    def stop(self, asked: Mapping[str, Any], api: HubApi, helper: str) -> str:
        """Stop somebody's server; saved files stay."""
        user = _user(asked)
        api.stop(user)
        return f"the server of {user} is stopping"

    def restart(self, asked: Mapping[str, Any], api: HubApi, helper: str) -> str:
        """Stop somebody's server, wait until it has stopped, and start it again."""
        user = _user(asked)
        api.stop(user)
        waited = 0.0
        while any(each["name"] == user and each.get("servers") for each in api.users()):
            if waited >= STOP_SECONDS:
                raise PophubError(
                    f"the server of {user} has not stopped within a minute", hint="start it a little later"
                )
            self.sleep(POLL_SECONDS)
            waited += POLL_SECONDS
        self.start(asked, api, helper)
        return f"the server of {user} is starting again"

    def stop_all(self, asked: Mapping[str, Any], api: HubApi, helper: str) -> str:
        """Stop every server; the helper has typed the words."""
        if asked.get("word") != STOP_ALL_WORD:
            raise PophubError(f"the words are not “{STOP_ALL_WORD}”", hint="type them as they stand there")
        running = [str(user["name"]) for user in api.users() if user.get("servers")]
        for user in running:
            api.stop(user)
        return "1 server is stopping" if len(running) == 1 else f"{len(running)} servers are stopping"

    def add_guest(self, asked: Mapping[str, Any], api: HubApi, helper: str) -> str:
        """Let somebody sign in who is not on the event's list."""
        user = _user(asked).lower()
        if any(each["name"] == user and contract.is_expected(each) for each in api.users()):
            # the hub adds nobody whom it knows, and one whose server was started ahead is no guest yet
            api.delete(user)
        api.add(user)
        return f"{user} can sign in now"

    def message(self, asked: Mapping[str, Any], api: HubApi, helper: str) -> str:
        """Show a message to everybody, on the hub's pages and in JupyterLab; an empty text removes it."""
        text = " ".join(str(asked.get("text", "")).split())
        if len(text) > LONGEST_MESSAGE:
            raise PophubError(f"the message has {len(text)} characters", hint=f"use at most {LONGEST_MESSAGE}")
        file = self.machine.run / contract.MESSAGE_FILE
        if not text:
            file.unlink(missing_ok=True)
            return "the message is taken back"
        write(file, {"text": text, "by": helper, "at": self.clock().isoformat(timespec="seconds")}, mode=0o644)
        return "everybody sees the message within a minute"

    def keep(self, asked: Mapping[str, Any], api: HubApi, helper: str) -> str:
        """Keep the hub on until a time of day in the event's time zone, today or tomorrow."""
        zone, now = ZoneInfo(str(self.machine.event().get("timezone", "UTC"))), self.clock()
        until = next_at(str(asked.get("until")), zone, now)
        if until - now > LONGEST_KEEP:
            raise PophubError(f"{until:%H:%M} is more than 12 hours away", hint="name an earlier time")
        ask_for(self.machine.hub / contract.ASKED_FILE, until.astimezone(UTC))
        return f"the hub stays on until {until:%H:%M}, if its budget allows it"

    def prepare(self, asked: Mapping[str, Any], api: HubApi, helper: str) -> str:
        """Start the servers of everybody who has been here, as before a session, if the machine holds them all."""
        users = [user for user in api.users() if not contract.is_pretended(str(user["name"]))]
        came = [user for user in users if not contract.is_expected(user)]
        waiting = [str(user["name"]) for user in came if user["last_activity"] and not user["servers"]]
        running = sum(bool(user["servers"]) for user in users)
        policy = self.machine.policy()
        slots = policy.get("slots")
        if slots is None or running + len(waiting) > slots:
            holds = "it is not known how many servers this machine holds" if slots is None else f"it holds {slots}"
            raise PophubError(f"{running + len(waiting)} servers would run, and {holds}", hint="people start their own")
        if not waiting:
            return "everybody who has been here has a server"
        if not self._preparing.acquire(blocking=False):
            raise PophubError("servers are being started already", hint="wait until they run")
        at_once = int(policy.get("spawns_at_once") or 1)
        Thread(target=self._start_in_turn, args=(list(waiting), api, at_once), daemon=True).start()
        return f"{len(waiting)} servers are started, {at_once} at once"

    def _start_in_turn(self, waiting: list[str], api: HubApi, at_once: int) -> None:
        try:
            while waiting:
                pending = sum(bool(server["pending"]) for user in api.users() for server in user["servers"].values())
                for user in waiting[: max(0, at_once - pending)]:
                    waiting.remove(user)
                    list(api.start([user]))
                self.sleep(POLL_SECONDS)
        except (HubSilent, HubRefused):
            # the page shows who has no server
            return
        finally:
            self._preparing.release()


ACTIONS: Mapping[str, Callable[[Actions, Mapping[str, Any], HubApi, str], str]] = {
    "start": Actions.start,
    "stop": Actions.stop,
    "restart": Actions.restart,
    "stop-all": Actions.stop_all,
    "add-guest": Actions.add_guest,
    "message": Actions.message,
    "keep": Actions.keep,
    "prepare": Actions.prepare,
}


def _user(asked: Mapping[str, Any]) -> str:
    user = str(asked.get("user", "")).strip()
    if not user or "/" in user:
        raise PophubError("nobody is named", hint="give a user name")
    return user
