"""Wait until people can use a deployed hub: checks the machine's status, its address, certificate and sign-in page.

The machine publishes its own progress as /pophub/status.json (cloud-init/status.sh).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any
from urllib.parse import urlsplit

from pophub.aws.client import AwsRefusal
from pophub.core.contract import STATUS_FILE
from pophub.core.errors import ExitCode, PophubError
from pophub.organizer.deploy.deployment import Deployment
from pophub.organizer.deploy.ready_world import World
from pophub.organizer.event.event import Event
from pophub.organizer.outside.web import Unreachable

HOW_LONG = "3 to 5 minutes for a first start, 1 to 3 for a change"
# enough for an image of several GB over a slow connection
LONGEST_SECONDS = 1200
POLL_SECONDS = 5
# the machine retries by itself, and many failures disappear within a minute
FAILED_SECONDS = 180
# the machine looks for a new bundle every minute; a refusal that it reports after this time is about the new bundle
REFUSED_SECONDS = 180
# counted when everything else is ready; the record's TTL is a minute, but a resolver that was asked before the record
# existed may keep that answer for a quarter of an hour, by the SOA record of a Route 53 zone:
# https://www.rfc-editor.org/rfc/rfc2308#section-5
ADDRESS_SECONDS = 960
PAGE_SECONDS = 360
# EC2 is asked only at every sixth check, because each request is an API call
PROBES_PER_STATE_QUERY = 6

# OpenSSL's error code for every certificate that it does not trust
UNTRUSTED = "CERTIFICATE_VERIFY_FAILED"
AGAIN = "deploy again to wait again, or use --no-wait"


@dataclass(frozen=True, slots=True)
class Ready:
    """After how many seconds people could use the hub. If `off` is not empty, it says why the hub need not be ready now."""

    seconds: int
    off: str = ""


def wait_until_ready(made: Deployment, event: Event, world: World, talk: Callable[[str], None]) -> Ready:
    """Wait for the sign-in page of the deployed hub, or return the reason why there is none.

    It is not an error if the machine was stopped normally: the schedule starts it.

    Raises:
        PophubError: the hub is not ready; the error names the likely cause.
    """
    probe = _Probe(made, event, world)
    for number in count():
        if number % PROBES_PER_STATE_QUERY == 0 and (off := probe.machine_is_off()):
            return Ready(probe.seconds(), off)
        stage = probe.stage()
        if not stage:
            return Ready(probe.seconds())
        if probe.seconds() >= LONGEST_SECONDS:
            break
        talk(f"{stage} ({probe.seconds()} s so far)")
        world.pause(POLL_SECONDS)
    raise probe.too_long(stage)


class _Probe:
    """Repeated checks of one hub; a check raises as soon as waiting longer cannot help."""

    def __init__(self, made: Deployment, event: Event, world: World) -> None:
        self._made, self._zone, self._world = made, event.zone, world
        # no browser trusts the certificates of Let's Encrypt's staging environment
        self._is_rehearsal = event.tls.mode == "staging"
        self._host = str(urlsplit(made.hub_url).hostname)
        self._began = world.clock()
        self._first_at = ""
        self._since: dict[str, float] = {}
        # the machine's last failure, and the highest step number that has failed
        self._failure, self._failed_step = "", -1
        self._refusal = ""

    def seconds(self) -> int:
        """Seconds since waiting began."""
        return int(self._world.clock() - self._began)

    def stage(self) -> str:
        """The stage that the hub has reached, in words; empty if people can use it."""
        return next(filter(None, self._stages()), "")

    def _stages(self) -> Iterator[str]:
        status = self._status()
        if status is not None:
            yield self._machine_stage(status)
        elif not self._answers():
            yield "the machine starts: it does not answer yet"
        yield self._address_stage()
        yield self._page_stage()

    def machine_is_off(self) -> str:
        """Why the machine need not be waited for; empty if it runs or starts, or if AWS does not answer.

        Raises:
            PophubError: the machine no longer exists, or a fault stopped it.
        """
        try:
            machine, self._refusal = self._world.machine(), ""
        except AwsRefusal as refusal:
            self._refusal = refusal.sentence
            return ""
        if machine is None:
            raise self.not_ready("there is no machine any more", f"pophub deploy {self._made.event} makes another")
        state, why = machine["State"]["Name"], machine.get("StateReason", {})
        if state not in ("stopping", "stopped"):
            return ""
        # https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/troubleshooting-launch.html
        if str(why.get("Code", "")) in ("Client.InternalError", "Client.InvalidSnapshot.NotFound") or str(
            why.get("Code", "")
        ).startswith("Server."):
            hint = "Client.InternalError is most often the key that disks are encrypted with: is it there, and may it be used?"
            raise self.not_ready(f"AWS has stopped the machine: {why.get('Message', why['Code'])}", hint)
        return f"the machine is {state}"

    def not_ready(self, why: str, hint: str) -> PophubError:
        """The error for an event that is deployed while its hub is not ready."""
        problem = f"{self._made.event} is deployed, but the hub is not ready: {why}"
        return PophubError(problem, hint=hint, code=ExitCode.REFUSED)

    def too_long(self, stage: str) -> PophubError:
        """The error for a hub that is not ready in time, if no better reason is known."""
        hints = (self._refusal, self._cause_of_names(), f"`pophub status {self._made.event}` shows more", AGAIN)
        return self.not_ready(f"still {stage} after {LONGEST_SECONDS // 60} minutes", "\n".join(filter(None, hints)))

    def _status(self) -> dict[str, Any] | None:
        """The machine's own status, asked by its IP address; None if it gives no status."""
        try:
            url = f"http://{self._made.public_ip}/pophub/{STATUS_FILE}"
            answer = self._world.web.get(url, {"Host": self._host})
            return dict(json.loads(answer.body)) if answer.status == 200 else None
        except (Unreachable, ValueError, TypeError):
            return None

    def _answers(self) -> bool:
        try:
            self._world.web.get(f"http://{self._made.public_ip}/pophub/", {"Host": self._host})
        except Unreachable as error:
            # the web client follows a redirect to https; an error there also means that the machine answers
            return UNTRUSTED in error.problem or "https" in error.problem
        return True

    def _machine_stage(self, status: Mapping[str, Any]) -> str:
        self._first_at = self._first_at or str(status.get("at", ""))
        step, failed = int(status.get("step") or 0), str(status.get("failed") or "")
        where = f"step {step} of {status.get('of')}: {status.get('doing')}"
        # each try begins at step 1 again
        if status.get("state") == "ready" or step > self._failed_step:
            self._failure, self._failed_step = "", -1
            self._since.pop("failed", None)
        if failed:
            self._failure, self._failed_step = f"{where}: {failed}", max(step, self._failed_step)
        if self._failure and self._lasts("failed", FAILED_SECONDS):
            hint = f"it tries again by itself; on the machine (EC2 → Connect → Session Manager): {status.get('log')}"
            of_names = self._cause_of_names() if "certificate" in self._failure else ""
            raise self.not_ready(self._failure, of_names or hint)
        if failed:
            return f"{where} failed and is tried again: {failed}"
        if status.get("state") != "ready":
            return where
        return self._bundle_stage(status)

    def _bundle_stage(self, status: Mapping[str, Any]) -> str:
        if status.get("bundle") in ("", None, self._made.bundle_sha256):
            return ""
        is_news = str(status.get("at", "")) != self._first_at or self.seconds() > REFUSED_SECONDS
        if is_news and (refused := str(status.get("refused") or "")):
            hint = "the hub keeps its former settings; correct the event file, then deploy again"
            raise self.not_ready(f"the machine has refused the new bundle: {refused}", hint)
        return "the hub goes on as it was; its machine looks for the new bundle every minute"

    def _address_stage(self) -> str:
        """What is wrong with the hub's DNS name; empty if it leads to this machine."""
        try:
            found = self._world.names.addresses(self._host)
        except PophubError as error:
            found, state = frozenset[str](), error.problem
        else:
            state = f"{self._host} leads to {', '.join(sorted(found)) or 'nowhere'}, and the hub is at {self._made.public_ip}"
        if self._made.public_ip in found:
            return ""
        if self._lasts("address", ADDRESS_SECONDS):
            hint = self._cause_of_names() or "is there an older record of this name, or does your resolver keep one?"
            raise self.not_ready(state, hint)
        return f"the address: {state}; up to {ADDRESS_SECONDS // 60} minutes"

    def _cause_of_names(self) -> str:
        """What is wrong with the zone's delegation; empty if nothing wrong is found."""
        try:
            if self._world.names.name_servers(self._zone):
                return ""
        except PophubError:
            # for example a VPN that blocks the request
            return ""
        remedy = "give its four name servers (Route 53) to the administrators of the parent domain"
        return f"the zone {self._zone} is not delegated: {remedy}"

    def _page_stage(self) -> str:
        url = f"{self._made.hub_url}/hub/login"
        try:
            answer = self._world.web.get(url)
        except Unreachable as error:
            state = error.problem
            if self._is_rehearsal and UNTRUSTED in state:
                return ""
        else:
            if answer.status == 200:
                return ""
            state = f"{url} answers {answer.status}"
        if self._lasts("page", PAGE_SECONDS):
            hint = "on the machine (EC2 → Connect → Session Manager): journalctl -u caddy"
            raise self.not_ready(f"there is no sign-in page: {state}", hint)
        return f"the sign-in page: {state}"

    def _lasts(self, what: str, seconds: int) -> bool:
        """Whether `what` has lasted for so many seconds."""
        now = self._world.clock()
        return now - self._since.setdefault(what, now) >= seconds
