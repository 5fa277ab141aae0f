"""The Lambda function: gets a request of API Gateway and returns an answer.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html, format 2.0
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qs

from pophub.core import wake_cookie
from pophub.core.cost.wake import Wake
from pophub.core.look import policy
from pophub.off_page.decide import Decision, decide
from pophub.off_page.facts import FACTS_FILE, EventFacts, Seen, WakeLimits, from_json
from pophub.off_page.page import WAKE_PATH, render
from pophub.off_page.world import FAILURES, World, code_of

STATE_PATH = "/pophub/off.json"
# what a page's own policy cannot say: https://www.w3.org/TR/CSP3/#meta-element
POLICY = "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
SAFE = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": f"default-src 'none'; {POLICY}",
    "Referrer-Policy": "same-origin",
    # the hub's own front sends the same: cloud-init/Caddyfile
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
}
# why EC2 refuses a start: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
REFUSALS = {
    "UnauthorizedOperation": "AWS does not let this page start the hub: its budget may be used up.",
    "IncorrectInstanceState": "The hub is just stopping. Try again in a minute.",
    "InsufficientInstanceCapacity": "AWS has no free machine of this kind now. Try again in some minutes.",
}
Found = TypeVar("Found")


def handler(request: Mapping[str, Any], _: object) -> dict[str, Any]:
    """Lambda calls this."""
    return _off_page().answer(request)


@cache
def _off_page() -> OffPage:
    """Made once for each instance of the function; the facts are in its archive, beside the package."""
    event = from_json(json.loads(Path(__file__).parents[2].joinpath(FACTS_FILE).read_text()))
    return OffPage(event, World.of(event.name, os.environ), seconds=int(os.environ["SECONDS_TO_THE_HUB"]))


class OffPage:
    """The page of one event."""

    def __init__(self, event: EventFacts, world: World, *, seconds: int) -> None:
        self._event, self._world, self._seconds = event, world, seconds

    def answer(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """What a browser gets."""
        method, path = request["requestContext"]["http"]["method"], request["rawPath"]
        if path == WAKE_PATH:
            return self._wake(request) if method == "POST" else _redirect("/")
        if path == STATE_PATH:
            return _answer(json.dumps({"state": decide(self._event, self._seen(None)).state}), "application/json", 200)
        # open tabs keep sending requests: a short answer without any call to AWS
        if "text/html" not in request["headers"].get("accept", ""):
            return _answer('{"message": "the hub is off"}', "application/json")
        query = request.get("rawQueryString")
        seen = self._seen(self._person(request))
        return self._page(decide(self._event, seen), seen.now, f"{path}?{query}" if query else path)

    def _wake(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Start the hub if the event's limits allow it; it is started once, even if fifty people press at the same time."""
        path = _next_path(request)
        person = self._person(request)
        seen = self._seen(person)
        decision = decide(self._event, seen)
        limits, problem = self._event.wake, ""
        if person is not None and limits is not None and decision.refusal is None:
            problem = self._start(person, seen, limits)
        # if the start is refused, the page that follows gives the reason
        return self._page(decision, seen.now, path, problem) if problem else _redirect(path)

    def _start(self, person: str, seen: Seen, limits: WakeLimits) -> str:
        """Start the machine; the problem in words, empty if there is none."""
        day, record = self._day(seen.now), {"at": seen.now.isoformat(timespec="seconds"), "by": person}
        # everybody who has seen the same starts claims the same number, and only one of them gets it
        number = max(seen.wakes or (), default=0) + 1
        try:
            if not self._world.claim(day, number, record):
                return ""
        except FAILURES as failure:
            return self._problem("a start could not be recorded", failure)
        try:
            self._world.start()
        except FAILURES as failure:
            self._quietly("a start could not be given back", lambda: self._world.give_back(day, number))
            return self._problem("a start was refused", failure)
        # for the meter, which contains no names
        wake = Wake(len(seen.wakes or ()) + 1, limits.times_a_day).as_json()
        self._quietly(
            "cost-watch could not be told", lambda: self._world.tell_cost_watch({"at": record["at"], "wake": wake})
        )
        print(f"started by {person}, number {number} of {day}")
        return ""

    def _seen(self, person: str | None) -> Seen:
        now = self._world.moment()
        wakes = self._quietly("no list of starts", lambda: self._world.wakes(self._day(now)))
        return Seen(now, self._world.listens(), wakes, self._spent(), person)

    def _day(self, now: datetime) -> date:
        return now.astimezone(self._event.zone).date()

    def _spent(self) -> Decimal | None:
        report = self._quietly("no report of cost-watch", self._world.report) or {}
        try:
            return Decimal(report["spent_usd"])
        except (KeyError, TypeError, InvalidOperation):
            return None

    def _person(self, request: Mapping[str, Any]) -> str | None:
        if self._event.wake is None:
            return None
        given = (it.partition("=") for it in request.get("cookies", ()))
        values = [value for name, _, value in given if name == wake_cookie.NAME]
        if not values or (key := self._quietly("no key", self._world.key)) is None:
            return None
        return wake_cookie.person_of(values[0], self._event.name, key, now=self._world.moment())

    def _page(self, decision: Decision, now: datetime, path: str, problem: str = "") -> dict[str, Any]:
        html = render(self._event, decision, now=now, path=path, seconds=self._seconds, problem=problem)
        answer = _answer(html, "text/html; charset=utf-8")
        answer["headers"]["Content-Security-Policy"] = f"{policy(html)}; {POLICY}"
        return answer

    def _problem(self, what: str, failure: Exception) -> str:
        code = code_of(failure)
        print(f"{what}: {code}: {failure}")
        return REFUSALS.get(code, f"The hub could not be started ({code}). Please tell the organizers.")

    def _quietly(self, what: str, ask: Callable[[], Found]) -> Found | None:
        """The result; None if AWS refuses, and then the log has the reason and the page is shown without it."""
        try:
            return ask()
        except FAILURES as failure:
            print(f"{what}: {code_of(failure)}: {failure}")
            return None


def _next_path(request: Mapping[str, Any]) -> str:
    """The path that the visitor asked for; never another site's address."""
    body = request.get("body") or ""
    text = base64.b64decode(body).decode(errors="replace") if request.get("isBase64Encoded") else body
    [path, *_] = parse_qs(text).get("next", ["/"])
    return path if path.startswith("/") and path[1:2] not in ("/", "\\") and path.isprintable() else "/"


def _redirect(path: str) -> dict[str, Any]:
    return {"statusCode": 303, "headers": {**SAFE, "Location": path}, "body": ""}


def _answer(body: str, kind: str, status: int = 503) -> dict[str, Any]:
    """An answer; by default 503, so that caches, monitors and search engines do not take it for the hub."""
    return {"statusCode": status, "headers": {**SAFE, "Content-Type": kind}, "body": body}
