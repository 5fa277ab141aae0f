"""The rules of the house as tests: what may import what, how long things are, what stands beside them.

Each rule also asserts that it looked at something: a rule that checks nothing is a wish.
"""

from __future__ import annotations

import ast
import configparser
import os
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from pophub.paths import ROOT
from tests.left_out import OBSTACLES

CLOUD = {"cdktf", "cdktf_cdktf_provider_aws", "constructs", "jsii"}
WEB = {"aiohttp", "boto3", "botocore", "dns", "httpx", "requests", "tornado", "urllib3"}
TERMINAL = {"click", "rich", "typer"}
CLOCKS = {"now", "today", "utcnow"}

# where → (the top-level modules that nothing there imports, except below)
IMPORTS: dict[str, tuple[set[str], tuple[str, ...]]] = {
    "pophub knows no stack, no script and no cdktf": (CLOUD | {"main", "scripts", "stacks", "tests"}, ("pophub",)),
    "stacks know no AWS but Terraform's, and no person": (WEB | TERMINAL | {"main", "scripts", "tests"}, ("stacks",)),
    "what is sent to the hub knows neither": (CLOUD | {"pophub", "stacks", "scripts", "tests"}, ("hub-config",)),
    "scripts leave the work to pophub": (CLOUD | WEB | {"stacks", "subprocess", "tests"}, ("scripts",)),
    "a decision is made from facts alone": (
        WEB | TERMINAL | CLOUD | {"io", "logging", "os", "pathlib", "random", "socket", "subprocess", "time"},
        (
            "pophub/watch/announce.py",
            "pophub/watch/decide.py",
            "pophub/watch/decision.py",
            "pophub/watch/facts.py",
            "pophub/watch/policy.py",
            "pophub/watch/said.py",
            "pophub/watch/terms.py",
            "pophub/watch/work.py",
        ),
    ),
    "a replay asks nobody": (WEB | {"os", "pathlib", "socket", "subprocess", "time", "typer"}, ("pophub/simulator",)),
    "a report is worked out, not asked for": (
        WEB | {"os", "socket", "subprocess", "time", "typer"},
        (
            *(
                f"pophub/cost/{it}.py"
                for it in ("billed", "forecast", "ledger", "reconcile", "records", "report", "rows", "timeline")
            ),
            "pophub/cost/forms",
        ),
    ),
    "what the hub shows of costs needs nothing that the hub lacks": (
        WEB | TERMINAL | {"ruamel"},
        (
            *(
                f"pophub/cost/forms/{it}.py"
                for it in ("as_csv", "as_json", "as_markdown", "charts", "own_page", "page", "svg", "tables")
            ),
            *(f"pophub/cost/{it}.py" for it in ("basis", "meter", "own", "report", "spent")),
        ),
    ),
    "a plan is worked out, not asked for": (WEB | {"os", "socket", "subprocess", "time", "typer"}, ("pophub/plan",)),
}
TALKS_TO_THE_WORLD = ("pophub/outside/", "pophub/lab/")
# what is tested through something else, and where
TESTED_ELSEWHERE = {
    "pophub/lab/bench/report_ours.py": "tests/pophub/lab/bench/test_report.py",
    "pophub/lab/bench/report_pandas.py": "tests/pophub/lab/bench/test_report.py",
    "pophub/lab/moto_gaps/budgets.py": "tests/pophub/lab/test_moto_gaps.py",
    "pophub/lab/moto_gaps/cost_explorer.py": "tests/pophub/lab/test_moto_gaps.py",
    "pophub/lab/moto_gaps/ec2.py": "tests/pophub/lab/test_moto_gaps.py",
    "pophub/lab/moto_gaps/iam.py": "tests/pophub/lab/test_moto_gaps.py",
    "pophub/lab/moto_gaps/s3.py": "tests/pophub/lab/test_moto_gaps.py",
    "pophub/lab/moto_gaps/ssm.py": "tests/pophub/lab/test_agent.py",
    "pophub/lab/machine/container.py": "tests/cloud_init/test_birth.py",
    "pophub/lab/machine/docker_store.py": "tests/cloud_init/test_people.py",
    "pophub/lab/machine/machine.py": "tests/cloud_init/test_birth.py",
    "pophub/lab/machine/machine_lab.py": "tests/cloud_init/conftest.py",
    "pophub/lab/machine/qemu.py": "tests/machine/test_home_volume.py",
    "pophub/lab/machine/virtual.py": "tests/machine/test_home_volume.py",
    "pophub/lab/machine/server_image.py": "tests/cloud_init/test_people.py",
}
LONGEST_SCRIPT = 60
LONGEST_FILE = 250
LONGEST_FUNCTION = 40


@cache
def tree() -> tuple[str, ...]:
    """Every file of the project, also those that are not committed yet."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    return tuple(sorted(file for file in set(listed) if (ROOT / file).is_file()))


def files(*folders: str, ending: str = ".py") -> list[str]:
    """The files below these folders (or of these names); there must be some."""
    found = [file for file in tree() if file.endswith(ending) and file.startswith(tuple(f"{it}/" for it in folders))]
    found += [file for file in folders if file.endswith(ending) and file in tree()]
    assert found, f"no {ending} in {folders}"
    return found


@cache
def parsed(file: str) -> ast.Module:
    return ast.parse((ROOT / file).read_text())


def imports(file: str) -> set[str]:
    """The top-level names that a file imports, wherever in it."""
    nodes = list(ast.walk(parsed(file)))
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module and not node.level}
    return {name.partition(".")[0] for name in names}


def shipped() -> list[str]:
    return files("pophub", "stacks", "scripts", "hub-config", "main.py")


def read(file: str) -> str:
    return (ROOT / file).read_text(errors="replace")


@pytest.mark.parametrize("rule", IMPORTS)
def test_imports_point_one_way(rule: str) -> None:
    forbidden, folders = IMPORTS[rule]
    wrong = {file: sorted(imports(file) & forbidden) for file in files(*folders) if imports(file) & forbidden}

    assert not wrong, rule


def test_only_outside_and_lab_talk_to_the_world() -> None:
    inside = [file for file in files("pophub") if not file.startswith(TALKS_TO_THE_WORLD)]
    wrong = {file: sorted(imports(file) & WEB) for file in inside if imports(file) & WEB}

    assert inside
    assert not wrong


def test_only_main_and_the_stacks_are_written_in_cdktf() -> None:
    users = {file for file in shipped() if imports(file) & CLOUD}

    assert "main.py" in users
    assert all(file == "main.py" or file.startswith("stacks/") for file in users), users


def test_only_the_edges_look_at_a_clock() -> None:
    middle = [file for file in files("pophub", "stacks") if not file.startswith(TALKS_TO_THE_WORLD)]
    wrong = [
        f"{file}:{node.lineno}"
        for file in middle
        for node in ast.walk(parsed(file))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CLOCKS
    ]

    assert len(middle) > 20
    assert not wrong


def test_scripts_are_thin() -> None:
    lengths = {file: len(read(file).splitlines()) for file in files("scripts")}

    assert not {file: length for file, length in lengths.items() if length > LONGEST_SCRIPT}


def test_files_are_short() -> None:
    lengths = {file: len(read(file).splitlines()) for file in shipped()}

    assert not {file: length for file, length in lengths.items() if length > LONGEST_FILE}
    assert sorted(lengths.values())[len(lengths) // 2] <= 80, "the median of all files"


def test_functions_fit_on_a_page() -> None:
    lengths = {
        f"{file}:{node.lineno} {node.name}": (node.end_lineno or 0) - node.lineno + 1
        for file in shipped()
        for node in ast.walk(parsed(file))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }

    assert len(lengths) > 100
    assert not {name: length for name, length in lengths.items() if length > LONGEST_FUNCTION}


def test_every_module_says_what_it_is() -> None:
    silent = [file for file in (*shipped(), *files("tests")) if not ast.get_docstring(parsed(file))]

    assert not silent


def test_every_module_has_its_test() -> None:
    modules = [file for file in files("pophub", "stacks", "scripts", "main.py") if not file.endswith("__init__.py")]
    expected = {file: str(Path("tests", file).with_name(f"test_{Path(file).name}")) for file in modules}
    expected |= {file: test for file, test in TESTED_ELSEWHERE.items() if file in modules}

    assert len(modules) > 40
    assert not {file: test for file, test in expected.items() if test not in tree()}
    assert set(TESTED_ELSEWHERE) <= set(modules), "no longer there"


def test_every_dependency_has_its_reason() -> None:
    lines = [
        (file, line)
        for file in tree()
        if file.endswith(".in")
        for line in read(file).splitlines()
        if line.strip() and not line.startswith(("#", "-"))
    ]
    silent = [f"{file}: {line}" for file, line in lines if not re.search(r"\S\s+# \w", line)]

    assert len(lines) > 20
    assert not silent


def test_locked_requirements_are_hashed_and_name_no_index() -> None:
    locks = [file for file in tree() if re.fullmatch(r"(.*/)?requirements[\w-]*\.txt", file)]

    assert len(locks) >= 4
    for file in locks:
        assert "--hash=sha256:" in read(file), file
        assert not re.search(r"https?://|--(extra-)?index-url|--find-links", read(file)), file
    assert '"resolved"' not in read("package-lock.json")


def test_nothing_names_a_registry_of_this_computer() -> None:
    hosts = sorted(_own_registries())
    wrong = [f"{file} names {host}" for file in tree() for host in hosts if host in read(file)]

    assert not wrong


def _own_registries() -> Iterator[str] | set[str]:
    """The hosts that pip, uv and npm ask on this computer."""
    settings = [value for name, value in os.environ.items() if re.search(r"INDEX|FIND_LINKS|REGISTRY", name)]
    for place in (Path("/etc/pip.conf"), Path.home() / ".config/pip/pip.conf", Path.home() / ".pip/pip.conf"):
        config = configparser.ConfigParser(interpolation=None)
        config.read(place)
        settings += [value for section in config.sections() for value in config[section].values()]
    if npm := shutil.which("npm"):
        asked = subprocess.run(
            [npm, "config", "get", "registry"], cwd=Path.home(), capture_output=True, text=True, check=False
        )
        settings.append(asked.stdout)
    return {host for setting in settings for word in setting.split() if (host := urlsplit(word).hostname)}


def test_nothing_names_a_place_of_this_computer() -> None:
    places = {str(ROOT), str(Path.home())} - {"/", "/root"}
    wrong = [f"{file} names {place}" for file in tree() for place in places if re.search(rf"{place}\b", read(file))]

    assert len(tree()) > 100
    assert not wrong


# folders whose files are named in texts; a path with a placeholder, or of another place, is none of ours
OURS = re.compile(
    r"(?<![\w./<>{}-])((?:hub-config|cloud-init|pophub|scripts|stacks|tests)/[\w.-]+(?:/[\w.-]+)*)(?![\w/<>{}*…-])"
)


def paths_in(text: str) -> list[str]:
    return [path.rstrip(".") for path in OURS.findall(text)]


def test_paths_in_texts_exist() -> None:
    texts = {
        file: read(file) for file in tree() if file.endswith((".md", ".yaml", ".toml", ".sh")) or file == "Makefile"
    }
    for file in shipped():
        strings = [node.value for node in ast.walk(parsed(file)) if isinstance(node, ast.Constant)]
        texts[file] = "\n".join(value for value in strings if isinstance(value, str))
    named = [(file, path) for file, text in texts.items() for path in paths_in(text)]

    assert len(named) > 20
    assert not [f"{file} names {path}" for file, path in named if not _there(path)]


def _there(path: str) -> bool:
    """A file, a folder, or the beginning of a file's name, as a lock and its source share it."""
    return (ROOT / path).exists() or any(file.startswith(f"{path}.") for file in tree())


def test_every_mark_says_what_it_needs_and_is_used() -> None:
    settings = tomllib.loads(read("pyproject.toml"))["tool"]["pytest"]["ini_options"]
    marks = {marker.partition(":")[0] for marker in settings["markers"]}
    used = {mark for file in files("tests") for mark in re.findall(r"pytest\.mark\.(\w+)", read(file))}

    assert marks == set(OBSTACLES)
    assert marks <= used, "a mark that no test has"
