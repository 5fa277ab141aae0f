"""Explain an error: by its entry in the catalogue, or by the class that its code and text belong to."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pophub.aws.refusals.catalogue import Entry, classes, entries
from pophub.aws.refusals.denied import denial_in
from pophub.aws.refusals.explanation import Explanation, Kind
from pophub.aws.refusals.log import Block, blocks_in
from pophub.aws.refusals.message import Refusal, normal, one_line, refusals_in, same_operation, with_plain_code

UNKNOWN_STEP = (
    "pophub does not know this message. The same command goes on where it stopped; if it fails again in the same way, "
    "search for the message, or open an issue with the log"
)


def explain(text: str) -> Explanation | None:
    """The first error with a known kind in a log or a diagnostic; None if there is none."""
    return next((each for each in explain_log(text) if each.kind is not Kind.UNKNOWN), None)


def explain_log(text: str) -> list[Explanation]:
    """Every error of a log in its order, each once, with its line; also those of unknown kind."""
    found: dict[tuple[str, str], Explanation] = {}
    for block in blocks_in(text):
        if explanation := _explain_block(block):
            found.setdefault((explanation.kind, explanation.problem), explanation)
    return list(found.values())


def explain_call(service: str, operation: str, code: str, message: str) -> Explanation:
    """The explanation of a refused boto3 call."""
    # if an answer has no body, boto3 uses the status as the code
    status = int(code) if re.fullmatch(r"[1-5]\d\d", code) else 0
    refusal = Refusal(code, message, normal(service), operation, status)
    text = f"{code}: {message}"
    problem = f"AWS refuses {refusal.call or 'the call'}: {text}"
    return _find(text, (refusal,), 0, text) or Explanation(Kind.UNKNOWN, problem, UNKNOWN_STEP, "", 0, text)


def _explain_block(block: Block) -> Explanation | None:
    found = _find(block.text, refusals_in(block.text), block.line, block.message)
    if found or not block.is_error:
        return found
    return Explanation(Kind.UNKNOWN, block.message, UNKNOWN_STEP, "", block.line, block.message)


def _find(text: str, refusals: tuple[Refusal, ...], line: int, message: str) -> Explanation | None:
    plain = tuple(map(with_plain_code, refusals))
    for table in (entries(), classes()):
        for entry in table:
            groups = _fits(entry, text, (*refusals, *plain), as_class=table is classes())
            if groups is not None:
                return _filled(entry, groups, line, message)
    return None


def _fits(entry: Entry, text: str, refusals: tuple[Refusal, ...], *, as_class: bool) -> Mapping[str, str] | None:
    """The facts for the entry's texts; None if the entry does not apply."""
    fitting = [each for each in refusals if _is_about(entry, each, as_class=as_class)]
    about_calls = bool(entry.codes or entry.services or entry.operations or entry.statuses)
    if about_calls and not fitting:
        return None
    if entry.unless and (entry.unless.search(text) or entry.unless.search(one_line(text))):
        return None
    groups = _groups(entry.pattern, text) if entry.pattern else {}
    if groups is None:
        return None
    refusal = (fitting or list(refusals) or [Refusal("")])[0]
    facts = {"code": refusal.code, "message": refusal.message.rstrip("."), "call": refusal.call or "a call"}
    facts |= {"service": refusal.service or "the service", "text": one_line(text)[:400]}
    if re.search(r"\{(?:action|on_what|who|by_policy|whom_to_ask)\}", entry.problem + entry.next_step):
        facts |= denial_in(one_line(text), refusal.call)
    return facts | groups


def _is_about(entry: Entry, refusal: Refusal, *, as_class: bool) -> bool:
    codes = any(re.fullmatch(it, refusal.code) for it in entry.codes) if as_class else refusal.code in entry.codes
    if (entry.codes or entry.statuses) and not (codes or refusal.status in entry.statuses):
        return False
    if entry.services and refusal.service not in entry.services:
        return False
    return not entry.operations or any(same_operation(it, refusal.operation) for it in entry.operations)


def _groups(pattern: re.Pattern[str], text: str) -> dict[str, str] | None:
    """The pattern's groups, from the text itself or with its lines joined; None if it does not match."""
    found = list(pattern.finditer(text)) or list(pattern.finditer(one_line(text)))
    if not found:
        return None
    # leave out groups that did not take part in the match
    values = {name: dict.fromkeys(it[name] for it in found if it[name]) for name in pattern.groupindex}
    return {name: " and ".join(each) for name, each in values.items()}


def _filled(entry: Entry, facts: Mapping[str, str], line: int, message: str) -> Explanation:
    def fill(text: str) -> str:
        return re.sub(r"\{(\w+)\}", lambda found: facts.get(found[1], ""), text)

    return Explanation(entry.kind, fill(entry.problem), fill(entry.next_step), entry.source, line, message)
