"""A roster is read as people have it, and each mistake is told with its line and a remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from pophub.core.errors import PophubError
from pophub.organizer.people.roster import Person, read_roster

ADA = ("Ada Lovelace", "ada@uni.example", "octocat")


def roster(folder: Path, content: str | bytes) -> Path:
    path = folder / "people.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("name,mail,account\nAda Lovelace,ada@uni.example,octocat\n", 2),
        ("Account;E-Mail;Name\noctocat;ada@uni.example;Ada Lovelace\n", 2),
        ("\ufeffGitHub username\tE-mail address\tFull name\noctocat\tada@uni.example\tAda Lovelace", 2),
        ("First name,Surname,Email,Login,T-shirt\r\n\r\nAda,Lovelace,ada@uni.example,@octocat,M\r\n", 3),
        ('name,mail,github\n"Ada\u0020Lovelace", ada@uni.example ,https://github.com/octocat/\n', 2),
        ("name,mail,github\nAda Lovelace,ada@uni.example,github.com/octocat\n,,\n", 2),
        ('notes,name,mail,account\n"two\nlines",Ada Lovelace,ada@uni.example,octocat,,\n', 2),
    ],
)
def test_columns_separators_and_forms_of_an_account_do_not_matter(tmp_path: Path, content: str, line: int) -> None:
    assert read_roster(roster(tmp_path, content)) == (Person(*ADA, line),)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", "1: file: it is empty"),
        ("name,mail\n", "1: file: it has no people"),
        ("name,size\nAda,M\n", "1: columns: no column has mail addresses or accounts (got name, size)"),
        ("mail,e-mail\na@b.example,\n", "1: columns: two columns mean the mail: mail and e-mail; rename or remove"),
        ("name,mail,account\nAda,,\n", "2: line: Ada has neither mail nor account; add one, or remove the line"),
        ("mail\nada at uni\n", "2: mail: not one mail address (got 'ada at uni')"),
        ("mail\na@b.example; c@d.example\n", "2: mail: not one mail address"),
        ("account\n<script>\n", "2: account: not the name of an account (got '<script>')"),
        ("account\nada\nADA\n", "3: account: line 2 has it already (got 'ADA'); keep one of the two lines"),
        ("name,mail\nA,a@b.example\nB,A@B.example\n", "3: mail: line 2 has it already"),
        ("name,mail\nLovelace, Ada,a@b.example\n", "2: line: it has 3 columns, the first line 2; put a text"),
        ('name,mail\n"Ada,a@b.example\n', "2: line: not valid CSV: unexpected end of data; close the quotes"),
        ("name,mail\nMüller,m@b.example\n".encode("cp1252"), "2: file: not UTF-8 text; save it as UTF-8; in Excel:"),
        (b"PK\x03\x04\0\0", "people.csv: file: not a text file; export the table as CSV"),
        (b"a" * 2**20 + b"\n", "people.csv: file: it is larger than 1 MiB"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, content: str | bytes, problem: str) -> None:
    with pytest.raises(PophubError) as refused:
        read_roster(roster(tmp_path, content))

    assert problem in refused.value.problem


def test_all_mistakes_are_told_at_once_and_in_order(tmp_path: Path) -> None:
    lines = "\n".join(f"P{n},{'' if n % 3 else f'bad name {n}'}" for n in range(1000))
    with pytest.raises(PophubError) as refused:
        read_roster(roster(tmp_path, f"name,account\n{lines}\n"))

    told = [problem.line for problem in refused.value.problems]
    assert (len(told), told == sorted(told)) == (1000, True)
    assert refused.value.hint == "1000 problems in the roster"


def test_a_thousand_people_of_any_letters_are_read(tmp_path: Path) -> None:
    lines = "\n".join(f"Zoë 李 Ångström {n},z{n}@uni.example,z-{n}" for n in range(1000))

    assert len(read_roster(roster(tmp_path, f"name,mail,account\n{lines}\n"))) == 1000


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(PophubError, match=r"people\.csv: file: cannot be read: No such file .*; correct `roster`"):
        read_roster(tmp_path / "people.csv")


@pytest.mark.parametrize(
    ("person", "title"),
    [(Person("Ada", "a@b.example", "ada", 2), "Ada"), (Person("", "a@b.example", "ada", 2), "ada")],
)
def test_a_person_is_called_by_the_best_that_is_known(person: Person, title: str) -> None:
    assert person.title == title
