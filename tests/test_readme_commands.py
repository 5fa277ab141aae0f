"""Every command line of README and of docs works as typed, in a shell as its reader has after the lines above it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.aws import LabAws
from pophub.organizer.paths import EXAMPLE_EVENT, ROOT
from tests.command_line import run_pophub

# those that a program writes have examples, which tests/test_command_names.py looks at
MADE = ("commands.md", "event-file.md", "permissions.md", "refusals.md")
PAGES = {
    page.name: page.read_text()
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
    if page.name not in MADE
}
ACTIVATE = "source .venv/bin/activate"
# in place of the program: which one the shell finds, what the shell gives to it, and in which environment
TOLD = 'pophub() { printf \'%s\\0\' "$(type -P pophub)" $# "$@"; env --null; }'


def lines_of(page: str) -> list[str]:
    """What a reader of the page types."""
    blocks = re.findall(r"^ *```bash\n(.*?)^ *```$", PAGES[page], re.MULTILINE | re.DOTALL)
    return [line.strip() for block in blocks for line in block.splitlines()]


# each line, and the page that has it first
LINES = {line: page for page in reversed(PAGES) for line in reversed(lines_of(page))}
# what changes the shell itself, and so is there for the lines below it
CHANGES_THE_SHELL = ("source ", "export ", "printf ")
# begins with this → why it is not run here, where its options are held to its own help instead
NOT_RUN = {
    "make demo": "deploys and destroys, for minutes: tests/pophub/organizer/cli/test_demo.py",
    "pophub demo": "deploys and destroys, for minutes: tests/pophub/organizer/cli/test_demo.py",
    "make test": "is what runs this",
    "pophub new": "asks questions: tests/pophub/organizer/cli/test_new.py",
    "pophub doctor": "asks GitHub, a registry and name servers, which the lab has: tests/pophub/organizer/doctor, "
    "tests/test_first_deployment.py",
    "pophub deploy": "deploys with Terraform, for minutes: tests/stacks/test_apply.py",
    "pophub destroy": "destroys with Terraform, for minutes: tests/stacks/test_apply.py",
    "sudo": "makes this computer a hub: tests/cloud_init/test_any_server.py",
}
# ends in a refusal in an AWS where nothing is deployed
ASKS_AWS = (
    *("status", "keep", "start", "stop", "rehearse", "archive", "links", "restore", "leftovers"),
    *("pophub cost <event>  ", "pophub cost <event> --billed"),
)


def not_run(line: str) -> str | None:
    return next((why for start, why in NOT_RUN.items() if line.startswith(start)), None)


def asks_aws(line: str) -> bool:
    return any(line.startswith((f"pophub {verb} ", verb)) for verb in ASKS_AWS)


def typed(line: str) -> str:
    """With the reader's own names in it."""
    return line.replace("<event>", "geo-hackweek").replace("<user>", "carol-x")


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabAws]:
    with LabAws(tmp_path_factory.mktemp("aws")) as aws:
        yield aws


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout that is set up: what is installed is this one's."""
    folder = tmp_path / "checkout"
    for place in (folder, folder / "scripts", folder / "events"):
        place.mkdir()
    for entry in ROOT.iterdir():
        if entry.name not in ("scripts", ".git", "build", ".pophub"):
            (folder / entry.name).symlink_to(entry)
    for script in (ROOT / "scripts").iterdir():
        (folder / "scripts" / script.name).symlink_to(script)
    (folder / "scripts" / "setup.sh").unlink()
    (folder / "scripts" / "setup.sh").write_text("#!/bin/sh\n")
    (folder / "scripts" / "setup.sh").chmod(0o755)
    shutil.copy(EXAMPLE_EVENT, folder / "events" / "geo-hackweek.yaml")
    return folder


def run(folder: Path, line: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """A line in a shell; pophub, which a shell takes a second to start, in this process with what the shell gives to it."""
    if not line.startswith("pophub "):
        return run_in_shell(folder, line, environment)
    told = run_in_shell(folder, line, environment, TOLD)
    program, count, *others = told.stdout.rstrip("\0").split("\0")
    assert program, told.stderr
    assert Path(program).samefile(folder / ".venv" / "bin" / "pophub")
    words, variables = others[: int(count)], dict(each.split("=", 1) for each in others[int(count) :])
    return run_pophub(*words, folder=folder, environment=variables)


def run_in_shell(
    folder: Path, line: str, environment: dict[str, str], *before: str
) -> subprocess.CompletedProcess[str]:
    lines = lines_of(LINES[line])
    above = [each for each in lines[: lines.index(line)] if each.startswith(CHANGES_THE_SHELL)]
    if line.startswith("pophub ") and not any(each.startswith(ACTIVATE) for each in above):
        # a page without that line says so in a sentence
        above.insert(0, ACTIVATE)
    # a reader's computer has the system's programs, and nothing of this checkout on the PATH
    tools = [place for place in os.environ["PATH"].split(os.pathsep) if not Path(place).is_relative_to(ROOT)]
    return subprocess.run(
        ["bash", "-c", "\n".join([*above, *before, typed(line)])],
        cwd=folder,
        env={
            "PATH": os.pathsep.join(place for place in tools if place != str(Path(sys.executable).parent)),
            "HOME": str(folder),
            "POPHUB_EVENTS": str(folder / "events"),
            **environment,
        },
        input="an id\na secret\n",
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def test_the_pages_have_these_lines() -> None:
    assert len(LINES) > 25
    assert len(lines_of("README.md")) > 8
    assert [start for start in NOT_RUN if not any(line.startswith(start) for line in LINES)] == []
    assert [verb for verb in ASKS_AWS if not any(line.startswith((f"pophub {verb} ", verb)) for line in LINES)] == []


@pytest.mark.parametrize("page", PAGES)
def test_a_page_with_commands_says_how_the_terminal_gets_them(page: str) -> None:
    commands = [line for line in lines_of(page) if line.startswith("pophub ")]

    assert not commands or ACTIVATE in PAGES[page].partition(commands[0])[0]
    assert not re.findall(r"`(?:python )?scripts/\w+\.py", PAGES[page]), "a script is no program"


@pytest.mark.parametrize("line", [line for line in LINES if not not_run(line)])
def test_a_line_works_as_typed(checkout: Path, aws: LabAws, line: str) -> None:
    done = run(checkout, line, aws.environment if asks_aws(line) else {})

    assert "Traceback" not in done.stderr, done.stderr
    if asks_aws(line):
        assert done.returncode in (0, 1, 3), done.stderr
        assert not re.search(r"not found|No such|denied|Usage:", done.stderr), done.stderr
    else:
        assert done.returncode == 0, done.stderr


def test_the_program_that_a_shell_finds_does_what_pophub_does_in_this_process(checkout: Path) -> None:
    ours, its = (way(checkout, "pophub check <event>", {}) for way in (run, run_in_shell))

    assert "r6i.8xlarge" in its.stdout
    assert (its.returncode, its.stdout, its.stderr) == (ours.returncode, ours.stdout, ours.stderr)


def test_what_pophub_refuses_is_the_exit_code_of_the_shell_too(checkout: Path) -> None:
    (checkout / "events" / "geo-hackweek.yaml").write_text("title: no event\n")
    ours, its = (way(checkout, "pophub check <event>", {}) for way in (run, run_in_shell))

    assert "hint: " in its.stderr
    assert (its.returncode, its.stderr) == (ours.returncode, ours.stderr) == (1, its.stderr)


@pytest.mark.parametrize("line", [line for line in LINES if not_run(line)])
def test_a_line_that_is_not_run_is_one_that_its_program_takes(checkout: Path, line: str) -> None:
    command = typed(re.sub(r"^sudo (--preserve-env )?", "", line)).partition("#")[0].strip()
    recipe = run_plain(checkout, f"{command} --dry-run").splitlines()[-1] if command.startswith("make") else command
    options = re.findall(r" (--[a-z-]+)", recipe)
    program = re.match(r"(?:\S*python\S* )?(?:-m pytest|\S+)(?: [a-z]+(?= |$))?", recipe)
    assert program
    if options and program[0].startswith("pophub "):
        verb = program[0].split()[1:]
        told = run_pophub(*verb, "--help", environment=os.environ | {"COLUMNS": "200"}).stdout
        assert [option for option in options if option not in told] == []
    elif options:
        told = run_plain(checkout, f"PATH=$PWD/.venv/bin:$PATH COLUMNS=200 {program[0]} --help")
        assert [option for option in options if option not in told] == []
    else:
        assert (
            shutil.which(recipe.split()[0], path=f"{checkout}:{checkout}/.venv/bin")
            or (checkout / recipe.split()[0]).exists()
        )


def run_plain(folder: Path, command: str) -> str:
    return subprocess.run(["bash", "-c", command], cwd=folder, capture_output=True, text=True, check=True).stdout
