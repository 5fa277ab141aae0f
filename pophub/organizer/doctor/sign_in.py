"""Questions about sign-in: what the login provider says about people and OAuth app, and whether the secrets are given."""

from __future__ import annotations

from collections.abc import Sequence

from pophub.core.errors import PophubError
from pophub.organizer.deploy import hub_secrets
from pophub.organizer.deploy.given_secrets import given_secrets
from pophub.organizer.doctor.case import Case
from pophub.organizer.doctor.finding import Verdict, green, red, unknown, yellow
from pophub.organizer.outside import provider

Named = tuple[str, Verdict]


def secrets(case: Case) -> Verdict:
    """Whether the environment has the secrets that the hub needs, in a plausible form."""
    needed = hub_secrets.names(case.event)
    if not needed:
        return green("none is needed")
    try:
        given_secrets(case.event, needed, case.environ, then="ask again")
    except PophubError as error:
        return yellow(error.problem, error.hint)
    return green(f"{', '.join(name.upper() for name in needed)}: in the environment")


def people(case: Case) -> Sequence[Named]:
    """What the sign-in provider says: one verdict for each subject."""
    login = case.event.login
    answers = login.provider.examine(case.event.domain, case.environ)
    if not answers:
        return [("provider", green(f"none: the way to sign in is `{login.kind}`"))]
    if any(answer.words == provider.NO_CREDENTIALS for answer in answers):
        # the question about secrets already reports this
        answers = tuple(each for each in answers if each.words not in provider.WITHOUT_CREDENTIALS)
    return [(answer.subject, judge(answer)) for answer in answers]


def judge(answer: provider.Answer) -> Verdict:
    """A no without a next step is fine, for example "no single sign-on"; a yes with a next step is incomplete."""
    match answer.kind:
        case provider.AnswerKind.UNKNOWN:
            return unknown(answer.words, answer.next_step)
        case provider.AnswerKind.YES if answer.next_step:
            return yellow(answer.words, answer.next_step)
        case provider.AnswerKind.NO if answer.next_step:
            return red(answer.words, answer.next_step)
    return green(answer.words)
