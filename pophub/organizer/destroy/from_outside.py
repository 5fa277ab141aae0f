"""The end of an event as its organizer's computer has the machine do it: who works, closing, archiving, how far it is."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pophub.aws.client import AwsRefusal
from pophub.aws.shelf import ShelfPrefix
from pophub.core.errors import ExitCode, PophubError
from pophub.hub.archive.homes import ARCHIVE
from pophub.hub.archive.on_hub import PROGRESS
from pophub.hub.archive.stay_on import stay_on
from pophub.organizer.destroy.run_command import (
    LOOKS_FOR_AN_ANSWER,
    LOOKS_FOR_THE_AGENT,
    Machine,
    Pause,
    Said,
    Talk,
    machine_of,
    minutes,
)
from pophub.organizer.destroy.whose import archive_of, is_archived
from pophub.organizer.leftovers.thing import Scope

# for whoever can go on without an answer
FEW_LOOKS = 20
UNTIL_IT_ANSWERS = (
    "its machine is asked: some seconds once it runs, at most "
    f"{minutes(LOOKS_FOR_THE_AGENT + LOOKS_FOR_AN_ANSWER)} until it answers"
)
ONCE_ASKED = f"its machine is asked: some seconds, at most {minutes(FEW_LOOKS)} if it does not answer"
# the rate: `make bench ONLY=archive`, in README
HOW_LONG_TO_ARCHIVE = (
    "every home is packed, stored and read back: about a minute for each 10 GiB, longer for many small files"
)
GIVEN_UP = (
    "where they cannot be archived, `pophub destroy {event} --without-archive {event}` destroys all the same: "
    "what is archived stays so, and a snapshot keeps the disk with the homes"
)
ON_ITS_OWN_DISK = ", but not the homes of accounts on the machine's own disk"


@dataclass(frozen=True, slots=True)
class FromOutside:
    """Who asks whose machine; `talk` hears each step."""

    scope: Scope
    machine: Machine
    talk: Talk
    pause: Pause = time.sleep

    @property
    def by(self) -> str:
        """Whose credentials these are, as AWS names them."""
        arn = str(self.scope.aws.call("sts", "us-east-1", "get_caller_identity")["Arn"])
        return arn.rpartition(":")[2]

    @property
    def shelf(self) -> ShelfPrefix:
        """Where the homes of this machine's disk are archived."""
        return archive_of(self.scope, self.machine.disk)

    def start(self, now: datetime) -> None:
        """Have it run, and for the next hours."""
        stay_on(self.scope.reports, now)
        if self.machine.ensure_running():
            self.talk(f"{self.machine.id} was stopped, and is started for the archive")

    def at_work(self, looks: int = LOOKS_FOR_THE_AGENT) -> list[str] | None:
        """Who has a server; None where that is not known."""
        said = self._run("at-work", looks=looks)
        names = said.fields.get("at_work") if said.done else None
        self.talk("not known" if names is None else ", ".join(names) or "nobody")
        return None if names is None else [str(name) for name in names]

    def close(self) -> datetime:
        """Stop the hub and everybody's server, until the machine's next boot; since when nobody can write.

        Raises:
            PophubError: it does not close, so that somebody may still write.
        """
        said = self._run(shlex.join(["close", self.machine.disk]))
        self._demand(said, "the hub could not be closed")
        if "closed" not in said.fields:
            raise PophubError(
                f"{self.machine.id} has the bundle of an older version, which cannot say when it was closed",
                hint=f"pophub deploy {self.scope.event}, a few minutes later this again",
            )
        return datetime.fromisoformat(said.fields["closed"])

    def require_closed(self) -> None:
        """See whether nobody could write since.

        Raises:
            PophubError: somebody could.
        """
        self._demand(self._run("is-closed"), "the hub did not stay closed, so that not all work may be archived")

    def archive(self, *, final: bool = False) -> None:
        """Every home onto the shelf and read back; a second time only what has changed, or is old at the `final` one.

        Raises:
            PophubError: not all of it is there.
        """
        scope = self.scope
        days = ["--archive-days", str(scope.archive_days), "--disk", self.machine.disk]
        arguments = [scope.event, "--shelf", scope.shelf, "--region", scope.shelf_region, *days]
        said = self._run(shlex.join(["make", *arguments, *(["--final"] if final else [])]), self._tell_how_far)
        if not said.done and said.fields.get("failed"):
            raise self._not_archived(said.fields, final=final)
        self._demand(said, "the archive is not complete")
        if not is_archived(scope, self.machine.disk):
            raise PophubError("the archive on the shelf is not what was archived", hint="archive again")

    def _not_archived(self, summary: Mapping[str, Any], *, final: bool) -> PophubError:
        """Which homes are missing and why. What Systems Manager keeps is cut off where it gets long; the shelf has all."""
        failed = dict((self.shelf.look_up(ARCHIVE) or summary)["failed"])
        lines = "\n".join(f"  {user}: {reason}" for user, reason in failed.items())
        archived = summary["homes"]
        hint = "the same command tries only these again"
        if final:
            hint += f"; {GIVEN_UP.format(event=self.scope.event)}{ON_ITS_OWN_DISK if self.scope.accounts else ''}"
        return PophubError(
            f"the archive is not complete: {len(failed)} of {archived + len(failed)} homes are not archived, "
            f"{archived} are{'; nothing was destroyed' if final else ''}\n{lines}",
            hint=hint,
            code=ExitCode.REFUSED,
        )

    def _run(
        self, arguments: str, tick: Callable[[], None] = lambda: None, *, looks: int = LOOKS_FOR_THE_AGENT
    ) -> Said:
        return self.machine.run(arguments, by=self.by, talk=self.talk, tick=tick, pause=self.pause, looks=looks)

    def _tell_how_far(self) -> None:
        try:
            far = self.shelf.get_json(PROGRESS)
        except AwsRefusal:
            return
        self.talk(f"{far['done']} of {far['homes']} homes, {far['user']}: {far['what']}".replace(", :", ":"))

    def _demand(self, said: Said, else_: str) -> None:
        if said.done:
            return
        problem = said.fields.get("problem") or said.text
        hint = said.fields.get("hint") or "the same command goes on where it stopped; nothing was destroyed"
        raise PophubError(f"{else_}: {problem}", hint=hint, code=ExitCode.REFUSED)


def reach(scope: Scope, talk: Talk, pause: Pause = time.sleep) -> FromOutside | None:
    """The event's machine, or None where there is none any more."""
    machine = machine_of(scope)
    return None if machine is None else FromOutside(scope, machine, talk, pause)


def who_works(scope: Scope, talk: Talk, pause: Pause = time.sleep) -> list[str] | None:
    """Who has a server; nobody on a machine that does not run, and None where it does not say within a minute."""
    outside = reach(scope, talk, pause)
    if outside is None or outside.machine.state not in ("pending", "running"):
        return []
    try:
        return outside.at_work(FEW_LOOKS)
    except PophubError:
        return None
