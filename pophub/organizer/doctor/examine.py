"""Ask all questions at once, each with its own time limit, and collect the findings."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread

from pophub.aws.client import Aws, AwsRefusal
from pophub.core.errors import ExitCode, PophubError
from pophub.organizer.deploy.pinned import plan_with_pin
from pophub.organizer.doctor.case import Case
from pophub.organizer.doctor.finding import Colour, Finding, Verdict, unknown
from pophub.organizer.doctor.laptop import is_offline
from pophub.organizer.doctor.questions import AWS, QUESTIONS, Question
from pophub.organizer.doctor.rights import denied_right, judge_denied, rights
from pophub.organizer.event.account import load_account
from pophub.organizer.event.event_file import blamed_on, load_event
from pophub.organizer.outside.dns import Resolver
from pophub.organizer.outside.web import Web
from pophub.organizer.paths import ACCOUNT_FILE, event_file
from pophub.organizer.plan.plan import Plan

Verdicts = Sequence[tuple[str, Verdict]]
# the stack that each AWS account has once
ACCOUNT = "account"


def case_of(
    name: str,
    aws: Aws,
    *,
    clock: Callable[[], datetime],
    environ: Mapping[str, str] = os.environ,
    web: Web | None = None,
    plan: Plan | None = None,
) -> Case:
    """What to examine for an event (its name or its file) or for `account`. `plan` is the event's, if already known.

    Raises:
        PophubError: the event file or the account file has problems, or the event has ended.
    """
    account = load_account(ACCOUNT_FILE)
    if name == ACCOUNT:
        planned, file = None, None
    else:
        file = event_file(name)
        planned = plan or _plan_of(file, aws, clock())
    region = planned.event.region if planned else account.region
    return Case(planned, file, account, region, environ, clock, aws, Resolver.from_environment(environ), web or Web())


def _plan_of(file: Path, aws: Aws, now: datetime) -> Plan:
    with blamed_on(file):
        return plan_with_pin(aws, load_event(file, now=now), now=now)


def examine(case: Case, questions: Iterable[Question] = QUESTIONS) -> list[Finding]:
    """The findings of all questions about this case, in the order of the questions."""
    asked = [question for question in questions if case.planned is not None or not question.of_event]
    start, answers = time.monotonic(), [SimpleQueue[Verdicts]() for _ in asked]
    for question, answer in zip(asked, answers, strict=True):
        # a thread that waits for the network cannot be stopped; as a daemon it does not delay the exit
        Thread(target=_ask, args=(case, question, answer), daemon=True).start()
    found = [
        (question, title, verdict)
        for question, answer in zip(asked, answers, strict=True)
        for title, verdict in _answered(question, answer, question.seconds - (time.monotonic() - start))
    ]
    return list(_with_denials(found))


def exit_code(findings: Iterable[Finding]) -> ExitCode:
    """FIX if a finding is red, else DONE."""
    return ExitCode.FIX if any(each.colour is Colour.RED for each in findings) else ExitCode.DONE


def _with_denials(found: Sequence[tuple[Question, str, Verdict]]) -> Iterator[Finding]:
    """A right that several questions lack is named once, in the finding about rights."""
    denied = sorted({verdict.denied for _, _, verdict in found if verdict.denied})
    for question, title, verdict in found:
        final = judge_denied(denied, verdict) if denied and question.ask is rights else verdict
        yield Finding(question.area, title, final.colour, final.answer, final.next_step)
    if denied and not any(question.ask is rights for question, _, _ in found):
        final = judge_denied(denied, None)
        yield Finding(AWS, "rights", final.colour, final.answer, final.next_step)


def _ask(case: Case, question: Question, answer: SimpleQueue[Verdicts]) -> None:
    try:
        if not question.offline and is_offline(case):
            raise PophubError("not asked: there is no network (see name resolution)")
        found = question.ask(case)
        answer.put([(question.title, found)] if isinstance(found, Verdict) else found)
    except AwsRefusal as refusal:
        action = denied_right(refusal)
        words = (f"not asked: AWS denies {action} (see rights)", "") if action else (refusal.problem, refusal.hint)
        answer.put([(question.title, Verdict(Colour.UNKNOWN, *words, denied=action))])
    except PophubError as error:
        answer.put([(question.title, unknown(error.problem, error.hint))])
    # an error in one question must not hide the other answers
    except Exception as error:
        failed = unknown(f"the question itself failed: {type(error).__name__}: {error}", "report this as a bug")
        answer.put([(question.title, failed)])


def _answered(question: Question, answer: SimpleQueue[Verdicts], seconds: float) -> Verdicts:
    try:
        return answer.get(timeout=max(seconds, 0.001))
    except Empty:
        late = unknown(f"no answer within {question.seconds:g} seconds", "the same command again")
        return [(question.title, late)]
