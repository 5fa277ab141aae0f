"""The questions of `pophub new`, in order. A question about particular people or places has no default."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pophub.organizer.cli.new_draft import (
    CHOSEN_LOGIN,
    PARTICIPANTS,
    Draft,
    comma_separated,
    enough,
    number,
    put,
    put_address,
    put_days,
    put_hours,
    put_login_kind,
    put_timezone,
    span,
)
from pophub.organizer.cost.estimate_forms import planned_cost
from pophub.organizer.event.login_provider import WhoQuestion, listed
from pophub.organizer.login import PROVIDERS


@dataclass(frozen=True, slots=True)
class Question:
    """One question: `name` is its key in a file of answers, `write` changes the draft."""

    name: str
    text: str
    write: Callable[[Draft, str], None]
    default: Callable[[Draft], str] | None = None
    asked: Callable[[Draft], bool] = lambda draft: True
    # a note that helps to answer the question
    note: Callable[[Draft], str] = lambda draft: ""


def _who(kind: str, asked: WhoQuestion) -> Question:
    write = put("login", kind, asked.key, read=comma_separated)
    return Question(asked.name, asked.text, write, asked=lambda draft: draft.login_kind == kind)


QUESTIONS = (
    Question("title", "Title of the event", put("title"), lambda draft: draft.data["title"]),
    Question("timezone", "Time zone of the event, as Area/City", put_timezone, lambda draft: draft.data["timezone"]),
    Question("days", "Days on which people work", put_days, lambda draft: span(draft, "from", "to")),
    Question("hours", "Hours of each of these days", put_hours, lambda draft: span(draft, "start", "end")),
    Question("region", "AWS region near the participants", put("region"), lambda draft: draft.data["region"]),
    Question(
        "participants", "How many people work at once", put("participants", read=number), lambda _: str(PARTICIPANTS)
    ),
    Question(
        "sign_in",
        f"How people sign in: {listed(tuple(PROVIDERS), 'or')}",
        put_login_kind,
        lambda draft: draft.login_kind,
    ),
    *(_who(kind, provider.question) for kind, provider in PROVIDERS.items() if provider.question),
    Question(
        "admins",
        "User names of the helpers, who manage people and servers (commas between several; empty for nobody)",
        put("login", CHOSEN_LOGIN, "admins", read=comma_separated, optional=True),
        lambda _: "",
    ),
    Question("address", "Address of the hub, as hub.example.org", put_address),
    Question(
        "zone",
        "Public hosted zone in Route 53 that contains this address",
        put("zone"),
        lambda draft: draft.data["zone"],
    ),
    Question(
        "image", "Container image of the servers", put("server", "image"), lambda draft: draft.data["server"]["image"]
    ),
    Question(
        "content",
        "Git repository that each participant gets, as https://… (empty for none)",
        put("server", "content", optional=True),
        lambda _: "",
    ),
    Question(
        "contact",
        "Mail addresses that get mail about the budget and about a hub that does not start (commas; empty for nobody)",
        put("contact", read=comma_separated, optional=True),
        lambda _: "",
    ),
    Question(
        "budget",
        "Budget in US dollars; when it is used up, the machine is stopped",
        put("budget_usd", read=number),
        enough,
        note=lambda draft: (
            f"the event will cost {planned_cost(cost)}" if (cost := draft.plan and draft.plan.cost) else ""
        ),
    ),
)
