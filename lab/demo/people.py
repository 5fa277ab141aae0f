"""The people of an event in the demo: a member works, and a stranger is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from lab.demo.stand_ins import StandIns
from lab.fake_participant import FakeParticipant, Refused
from lab.hub import SignIn
from lab.steps import Steps
from lab.wait import Answer, wait_until
from pophub.core.contract import STANDARD_SIZE
from pophub.core.errors import ExitCode, PophubError
from pophub.organizer.event.event import Event

GONE_SECONDS = 30
# enough for a large repository over a conference's network
CONTENT_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Visitor:
    """A visitor of the hub: `person` is the name at the provider, `name` the name at the hub if it differs.

    `password` is None if the provider asks for none.
    """

    person: str
    name: str | None = None
    password: str | None = None

    def sign_in(self, hub_url: str) -> FakeParticipant:
        """Sign in.

        Raises:
            Refused: the hub does not let this person in.
        """
        participant = FakeParticipant(hub_url, self.person, self.name)
        if self.password is None:
            participant.sign_in()
        else:
            participant.sign_in_with(self.password)
        return participant


@dataclass(frozen=True, slots=True)
class DemoSignIn:
    """One way to sign in. `secrets` are those of the login; `people` are lines about who can sign in and how."""

    provider: SignIn
    secrets: Mapping[str, str]
    place: str
    way: str
    member: Visitor
    stranger: Visitor
    people: tuple[str, ...]


def people_at_work(steps: Steps, hub_url: str, event: Event, sign_in: DemoSignIn, stand_ins: StandIns) -> str:
    """Play a member's day and a stranger's visit; returns the member's name at the hub."""
    with steps.step("a member signs in") as step:
        member = sign_in.member.sign_in(hub_url)
        step.result = f"{member.person}, {sign_in.way}"
    with steps.step("a non-member is refused") as step:
        step.result = f"{sign_in.stranger.person}: {refusal(sign_in.stranger, hub_url)}"
    with steps.step("a server starts") as step:
        step.result = _start(member, event)
    with steps.step("a cell runs") as step:
        step.result = f"6 * 7 is {expect(member.execute('print(6 * 7)').strip(), '42')}"
        member.write_file("notes.txt", "kept")
    if event.server.content and stand_ins.content:
        with steps.step("the content arrives") as step:
            step.result = _content(member, event.server.content)
    with steps.step("logging out stops the server") as step:
        member.sign_out()
        wait_until(lambda: not member.server_is_running(), GONE_SECONDS, "the server is gone")
        step.result = "gone"
    with steps.step("sign in again") as step:
        again = sign_in.member.sign_in(hub_url)
        again.start_server()
        step.result = f"the file is {expect(again.read_file('notes.txt'), 'kept')}"
    return member.name


def refusal(stranger: Visitor, hub_url: str) -> str:
    """How the hub refuses somebody.

    Raises:
        PophubError: it does not, or with another status.
    """
    try:
        stranger.sign_in(hub_url)
    except Refused as refused:
        return f"{expect(refused.status, 403)}, and a page that says what to do"
    raise PophubError("the hub let a non-member in", code=ExitCode.REFUSED)


def expect(found: Answer, wanted: Answer) -> Answer:
    """Return the answer if it is the expected one.

    Raises:
        PophubError: it is not.
    """
    if found != wanted:
        raise PophubError(f"expected {wanted!r}, found {found!r}", code=ExitCode.REFUSED)
    return found


def _start(member: FakeParticipant, event: Event) -> str:
    """Start the server; if there are sizes, with the last one."""
    offered = [STANDARD_SIZE, *(choice.name for choice in event.server.choices)]
    member.start_server(offered[-1])
    return member.server_url + (f", of the size {offered[-1]}; there are {', '.join(offered)}" if offered[1:] else "")


def _content(member: FakeParticipant, url: str) -> str:
    folder = urlsplit(url).path.rstrip("/").rpartition("/")[2].removesuffix(".git")
    wait_until(lambda: folder in member.list_files(), CONTENT_SECONDS, f"the folder {folder} is in the home")
    return f"{folder}: {', '.join(sorted(member.list_files(folder))[:5])}"
