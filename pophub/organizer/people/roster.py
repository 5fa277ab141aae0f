"""The people of an event: a CSV file beside the event file, as a registration form or a spreadsheet exports it.

Columns may have any order; their names say what they hold. The hub gets accounts and names; mail addresses stay here.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pophub.core.errors import PophubError
from pophub.core.problem import Problem

MAX_BYTES = 1024 * 1024
SEPARATORS = ",;\t"
# column → its possible names in small letters, without spaces and punctuation
COLUMNS: Mapping[str, frozenset[str]] = {
    "name": frozenset({"name", "fullname", "participant", "person"}),
    "first": frozenset({"firstname", "givenname", "forename"}),
    "last": frozenset({"lastname", "surname", "familyname"}),
    "mail": frozenset({"mail", "email", "mailaddress", "emailaddress"}),
    "account": frozenset(
        {"account", "username", "user", "login", "github", "githubaccount", "githubname", "githubusername", "githubid"}
        | {"githublogin", "githubhandle", "handle", "google", "googleaccount"}
    ),
}
# only an address, without a name around it; pophub sends no mail, so the check is rough
MAIL = r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\".]+"
ACCOUNT = r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,253}"
# the address of a profile page, which many people type into a form instead of their account's name
PROFILE = r"(?:https?://)?(?:www\.)?github\.com/([^/?#]+)/?"
EXPECTED = "name the columns in the first line, for example `name,mail,account`"


@dataclass(frozen=True, slots=True)
class Person:
    """One line of the file. `account` is the name at the sign-in provider; an empty text means not known."""

    name: str
    mail: str
    account: str
    line: int

    @property
    def title(self) -> str:
        """The person's name, or else their account or mail address."""
        return self.name or self.account or self.mail


def read_roster(path: Path) -> tuple[Person, ...]:
    """Read and check the file.

    Raises:
        PophubError: the file cannot be read or has mistakes; `problems` holds every one, with its line.
    """
    rows = _rows(path)
    first = next(rows, None)
    if first is None:
        raise _refused([Problem(str(path), 1, "file", "it is empty", EXPECTED)])
    columns = _columns(path, first[1])
    problems: list[Problem] = []
    people = []
    for line, row in rows:
        if len(row) > len(first[1]) and any(cell.strip() for cell in row[len(first[1]) :]):
            many = f"it has {len(row)} columns, the first line {len(first[1])}"
            problems.append(Problem(str(path), line, "line", many, "put a text that has a separator in it in quotes"))
            continue
        person = _person(line, {name: row[place].strip() for name, place in columns.items() if place < len(row)})
        people.append(person)
        problems += _mistakes(path, person)
    problems += _twice(path, people, "account") + _twice(path, people, "mail")
    if not people and not problems:
        problems.append(Problem(str(path), 1, "file", "it has no people", "write a line for each person"))
    if problems:
        raise _refused(sorted(problems, key=lambda it: it.line))
    return tuple(people)


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Every row that is not empty, with the number of its first line."""
    text = _text(path)
    heading = text.lstrip().partition("\n")[0]
    # Excel writes semicolons in countries whose decimal separator is a comma
    separator = max(SEPARATORS, key=heading.count)
    table = csv.reader(text.splitlines(keepends=True), delimiter=separator, strict=True)
    while True:
        line = table.line_num + 1
        try:
            row = next(table)
        except StopIteration:
            return
        except csv.Error as error:
            remedy = "close the quotes that are open in this line"
            raise _refused([Problem(str(path), line, "line", f"not valid CSV: {error}", remedy)]) from error
        if any(cell.strip() for cell in row):
            yield line, row


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        remedy = "correct `roster`: the path is relative to the event file"
        raise _refused([Problem(str(path), 0, "file", f"cannot be read: {error.strerror}", remedy)]) from error
    if len(raw) > MAX_BYTES:
        raise _refused([Problem(str(path), 0, "file", "it is larger than 1 MiB", "keep one line for each person")])
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        remedy = "save it as UTF-8; in Excel: Save As, CSV UTF-8"
        raise _refused([Problem(str(path), line, "file", "not UTF-8 text", remedy)]) from error
    if "\0" in text:
        raise _refused([Problem(str(path), 0, "file", "not a text file", "export the table as CSV, UTF-8")])
    return text


def _columns(path: Path, header: list[str]) -> dict[str, int]:
    """The index of each known column; other columns are ignored."""
    found: dict[str, int] = {}
    problems = []
    for place, title in enumerate(header):
        plain = re.sub(r"[\W_]+", "", title.lower())
        name = next((name for name, titles in COLUMNS.items() if plain in titles), None)
        if name in found:
            again = f"two columns mean the {name}: {header[found[name]].strip()} and {title.strip()}"
            problems.append(Problem(str(path), 1, "columns", again, "rename or remove one of them"))
        elif name:
            found[name] = place
    if not problems and not found.keys() & {"mail", "account"}:
        named = ", ".join(title.strip() for title in header)[:200]
        problems.append(Problem(str(path), 1, "columns", "no column has mail addresses or accounts", EXPECTED, named))
    if problems:
        raise _refused(problems)
    return found


def _person(line: int, cells: Mapping[str, str]) -> Person:
    name = cells.get("name") or " ".join(filter(None, (cells.get("first"), cells.get("last"))))
    account = cells.get("account", "")
    profile = re.fullmatch(PROFILE, account, re.IGNORECASE)
    return Person(name, cells.get("mail", ""), profile[1] if profile else account.removeprefix("@"), line)


def _mistakes(path: Path, person: Person) -> Iterator[Problem]:
    where = str(path), person.line
    if not person.mail and not person.account:
        yield Problem(*where, "line", f"{person.title} has neither mail nor account", "add one, or remove the line")
    if person.mail and not re.fullmatch(MAIL, person.mail):
        yield Problem(*where, "mail", "not one mail address", "for example ada@uni.example", repr(person.mail))
    if person.account and not re.fullmatch(ACCOUNT, person.account):
        remedy = "write only the account's name, or leave it empty while it is not known"
        yield Problem(*where, "account", "not the name of an account", remedy, repr(person.account))


def _twice(path: Path, people: list[Person], column: str) -> list[Problem]:
    """A problem for each value that occurs twice, ignoring case as sign-in providers and mail servers do."""
    first: dict[str, int] = {}
    found = []
    for person in people:
        value = str(getattr(person, column))
        if value and (line := first.setdefault(value.lower(), person.line)) != person.line:
            remedy = "keep one of the two lines"
            found.append(Problem(str(path), person.line, column, f"line {line} has it already", remedy, repr(value)))
    return found


def _refused(problems: list[Problem]) -> PophubError:
    count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    return PophubError("\n".join(map(str, problems)), hint=f"{count} in the roster", problems=problems)
