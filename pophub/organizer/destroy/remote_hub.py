"""Steps at the end of an event that its machine carries out for the organizer's computer: list users, close, archive."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pophub.aws.bucket import BucketPrefix
from pophub.aws.client import AwsRefusal
from pophub.core.errors import ExitCode, PophubError
from pophub.hub.archive.command import PROGRESS
from pophub.hub.archive.homes import ARCHIVE
from pophub.hub.archive.keep_on import keep_on
from pophub.organizer.destroy.run_command import (
    POLLS_FOR_AN_ANSWER,
    POLLS_FOR_THE_AGENT,
    CommandResult,
    Machine,
    Pause,
    Talk,
    machine_of,
    minutes,
)
from pophub.organizer.event_context import EventContext, archive_of, is_archived

# for callers that can continue without an answer
FEW_POLLS = 20
UNTIL_IT_ANSWERS = (
    "its machine is asked: some seconds once it runs, at most "
    f"{minutes(POLLS_FOR_THE_AGENT + POLLS_FOR_AN_ANSWER)} until it answers"
)
ONCE_ASKED = f"its machine is asked: some seconds, at most {minutes(FEW_POLLS)} if it does not answer"
# the rate comes from `make bench ONLY=archive`, see docs/figures.md
HOW_LONG_TO_ARCHIVE = (
    "every home is packed, stored and read back: about a minute for each 10 GiB, longer for many small files"
)
GIVEN_UP = (
    "where they cannot be archived, `pophub destroy {event} --without-archive {event}` destroys all the same: "
    "what is archived stays so, and a snapshot keeps the home volume"
)
ON_ITS_OWN_DISK = ", but not the homes of accounts on the machine's own disk"


@dataclass(frozen=True, slots=True)
class RemoteHub:
    """Commands for one machine; `talk` gets a line for each step."""

    context: EventContext
    machine: Machine
    talk: Talk
    pause: Pause = time.sleep

    @property
    def by(self) -> str:
        """The name of the credentials in use, as AWS gives it."""
        arn = str(self.context.aws.call("sts", "us-east-1", "get_caller_identity")["Arn"])
        return arn.rpartition(":")[2]

    @property
    def bucket(self) -> BucketPrefix:
        """The archive of this machine's disk."""
        return archive_of(self.context, self.machine.disk)

    def start(self, now: datetime) -> None:
        """Start the machine if it is stopped, and keep it on for the next hours."""
        keep_on(self.context.reports, now)
        if self.machine.ensure_running():
            self.talk(f"{self.machine.id} was stopped, and is started for the archive")

    def at_work(self, polls: int = POLLS_FOR_THE_AGENT) -> list[str] | None:
        """The people who have a server; None if that is unknown."""
        result = self._run("at-work", polls=polls)
        names = result.fields.get("at_work") if result.done else None
        self.talk("not known" if names is None else ", ".join(names) or "nobody")
        return None if names is None else [str(name) for name in names]

    def close(self) -> datetime:
        """Stop the hub and all servers until the machine's next boot; returns the time since when nobody can write.

        Raises:
            PophubError: the hub did not close, so somebody may still write.
        """
        result = self._run(shlex.join(["close", self.machine.disk]))
        self._demand(result, "the hub could not be closed")
        if "closed" not in result.fields:
            raise PophubError(
                f"{self.machine.id} has the bundle of an older version, which cannot say when it was closed",
                hint=f"pophub deploy {self.context.event}, a few minutes later this again",
            )
        return datetime.fromisoformat(result.fields["closed"])

    def require_closed(self) -> None:
        """Check that the hub has stayed closed.

        Raises:
            PophubError: somebody could have written.
        """
        self._demand(self._run("is-closed"), "the hub did not stay closed, so that not all work may be archived")

    def archive(self, *, final: bool = False) -> None:
        """Archive every home and read it back.

        A second run archives only homes that have changed; a `final` run also those whose archive is older than a day.

        Raises:
            PophubError: the archive is not complete.
        """
        context = self.context
        days = ["--archive-days", str(context.archive_days), "--disk", self.machine.disk]
        arguments = [context.event, "--bucket", context.bucket, "--region", context.bucket_region, *days]
        result = self._run(shlex.join(["make", *arguments, *(["--final"] if final else [])]), self._tell_how_far)
        if not result.done and result.fields.get("failed"):
            raise self._not_archived(result.fields, final=final)
        self._demand(result, "the archive is not complete")
        if not is_archived(context, self.machine.disk):
            raise PophubError("the archive in the bucket does not match the homes", hint="archive again")

    def _not_archived(self, summary: Mapping[str, Any], *, final: bool) -> PophubError:
        """Which homes are missing and why. Systems Manager cuts long output off; the account bucket has all of it."""
        failed = dict((self.bucket.look_up(ARCHIVE) or summary)["failed"])
        lines = "\n".join(f"  {user}: {reason}" for user, reason in failed.items())
        archived = summary["homes"]
        hint = "the same command tries only these again"
        if final:
            hint += f"; {GIVEN_UP.format(event=self.context.event)}{ON_ITS_OWN_DISK if self.context.accounts else ''}"
        return PophubError(
            f"the archive is not complete: {len(failed)} of {archived + len(failed)} homes are not archived, "
            f"{archived} are{'; nothing was destroyed' if final else ''}\n{lines}",
            hint=hint,
            code=ExitCode.REFUSED,
        )

    def _run(
        self, arguments: str, on_check: Callable[[], None] = lambda: None, *, polls: int = POLLS_FOR_THE_AGENT
    ) -> CommandResult:
        return self.machine.run(arguments, by=self.by, talk=self.talk, on_check=on_check, pause=self.pause, polls=polls)

    def _tell_how_far(self) -> None:
        try:
            far = self.bucket.get_json(PROGRESS)
        except AwsRefusal:
            return
        self.talk(f"{far['done']} of {far['homes']} homes, {far['user']}: {far['what']}".replace(", :", ":"))

    def _demand(self, result: CommandResult, else_: str) -> None:
        if result.done:
            return
        problem = result.fields.get("problem") or result.text
        hint = result.fields.get("hint") or "the same command goes on where it stopped; nothing was destroyed"
        raise PophubError(f"{else_}: {problem}", hint=hint, code=ExitCode.REFUSED)


def reach(context: EventContext, talk: Talk, pause: Pause = time.sleep) -> RemoteHub | None:
    """The event's machine; None if it no longer exists."""
    machine = machine_of(context)
    return None if machine is None else RemoteHub(context, machine, talk, pause)


def who_works(context: EventContext, talk: Talk, pause: Pause = time.sleep) -> list[str] | None:
    """The people who have a server: empty if the machine does not run, None if it does not answer within a minute."""
    outside = reach(context, talk, pause)
    if outside is None or outside.machine.state not in ("pending", "running"):
        return []
    try:
        return outside.at_work(FEW_POLLS)
    except PophubError:
        return None
