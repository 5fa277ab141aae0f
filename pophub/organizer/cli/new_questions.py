"""What `pophub new` asks, in order. A question has no default where the answer names people or places nobody can guess."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pophub.organizer.cli.new_draft import (
    PARTICIPANTS,
    WAY,
    Draft,
    enough,
    listed,
    number,
    put,
    put_address,
    put_days,
    put_hours,
    put_timezone,
    put_way,
    span,
)
from pophub.organizer.cost.estimate_forms import planned_cost


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
        "sign_in", "How people sign in: github, google, shared_password or system", put_way, lambda draft: draft.way
    ),
    Question(
        "organizations",
        "GitHub organizations whose members may sign in, or teams as organization:team (commas between several)",
        put("login", "github", "allow", read=listed),
        asked=lambda draft: draft.way == "github",
    ),
    Question(
        "domains",
        "Google Workspace domains whose accounts may sign in (commas between several)",
        put("login", "google", "hosted_domain", read=listed),
        asked=lambda draft: draft.way == "google",
    ),
    Question(
        "admins",
        "User names of the helpers, who manage people and servers (commas between several; empty for nobody)",
        put("login", WAY, "admins", read=listed, optional=True),
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
        put("contact", read=listed, optional=True),
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
