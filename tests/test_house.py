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
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from pophub.organizer.paths import ROOT
from tests.left_out import OBSTACLES

CLOUD = {"cdktf", "cdktf_cdktf_provider_aws", "constructs", "jsii"}
WEB = {"aiohttp", "boto3", "botocore", "dns", "httpx", "requests", "tornado", "urllib3"}
TERMINAL = {"click", "rich", "typer"}
CLOCKS = {"now", "today", "utcnow"}

# folder → the modules, beside Python's own, that it may import: the folders are cut by where their code runs
MAY_IMPORT: dict[str, set[str]] = {
    "pophub/core": {"pophub.core"},
    "pophub/aws": {"pophub.core", "pophub.aws", "boto3", "botocore"},
    "pophub/off_page": {"pophub.core", "pophub.off_page", "boto3", "botocore"},
    "pophub/hub/watch": {"pophub.core", "pophub.hub"},
    "pophub/hub/archive": {"pophub.core", "pophub.hub", "pophub.aws", "zstandard"},
    "pophub/hub/install": {"pophub.core", "pophub.hub"},
    "pophub/hub/worker": {"pophub.core", "pophub.hub"},
    "pophub/hub/workers": {"pophub.core", "pophub.hub", "pophub.aws", "docker"},
    "pophub/hub/rehearsal": {"pophub.core", "pophub.hub", "requests", "tornado"},
    "pophub/hub": {
        "pophub.core",
        "pophub.hub",
        "pophub.aws",
        "zstandard",
        "jupyterhub",
        "tornado",
        "docker",
        "requests",
    },
}
LAB = {"bench", "lab", "simulator"}
# where → (the top-level modules that nothing there imports, except below)
IMPORTS: dict[str, tuple[set[str], tuple[str, ...]]] = {
    "pophub knows no stack, no script, no lab and no cdktf": (
        CLOUD | LAB | {"main", "scripts", "stacks", "tests"},
        ("pophub",),
    ),
    "the lab knows no stack, no script and no cdktf": (
        CLOUD | {"main", "scripts", "stacks", "tests"},
        ("lab", "bench", "simulator"),
    ),
    # each process of the tests would start Node and load the bindings
    "the tests read what was synthesized": (CLOUD | {"main", "stacks"}, ("tests",)),
    "stacks know no AWS but Terraform's, and no person": (
        WEB | TERMINAL | LAB | {"main", "scripts", "tests"},
        ("stacks",),
    ),
    "what is sent to the hub knows neither": (CLOUD | LAB | {"stacks", "scripts", "tests"}, ("hub-config",)),
    "a participant's server and its image know nothing of ours": (
        {"pophub", "sections"},
        ("hub-config/server", "hub-config/image"),
    ),
    "scripts leave the work to pophub": (CLOUD | WEB | {"stacks", "subprocess", "tests"}, ("scripts",)),
    "a decision is made from facts alone": (
        WEB | TERMINAL | CLOUD | {"io", "logging", "os", "pathlib", "random", "socket", "subprocess", "time"},
        (
            "pophub/hub/rehearsal/objections.py",
            "pophub/hub/rehearsal/messages.py",
            "pophub/hub/rehearsal/result.py",
            "pophub/hub/watch/announce.py",
            "pophub/hub/watch/decide.py",
            "pophub/hub/watch/decision.py",
            "pophub/hub/watch/facts.py",
            "pophub/hub/watch/policy.py",
            "pophub/hub/watch/reason_text.py",
            "pophub/hub/watch/terms.py",
            "pophub/hub/watch/work.py",
            "pophub/hub/worker/alone.py",
            "pophub/hub/worker/computing.py",
            "pophub/hub/workers/decide.py",
            "pophub/hub/workers/decision.py",
            "pophub/hub/workers/facts.py",
            "pophub/hub/workers/policy.py",
            "pophub/off_page/decide.py",
            "pophub/off_page/facts.py",
            "pophub/hub/workers/room.py",
        ),
    ),
    "a replay asks nobody": (WEB | {"os", "pathlib", "socket", "subprocess", "time", "typer"}, ("simulator",)),
    "a report is worked out, not asked for": ({"socket", "subprocess", "time"}, ("pophub/core/cost",)),
    "a plan is worked out, not asked for": (
        WEB | {"os", "socket", "subprocess", "time", "typer"},
        ("pophub/organizer/plan",),
    ),
}
TALKS_TO_THE_WORLD = (
    "pophub/aws/",
    "pophub/organizer/outside/",
    "pophub/off_page/world.py",
    *(f"pophub/hub/{name}.py" for name in ("hub_api", "hub_service", "this_machine")),
    *(f"pophub/hub/{name}_page/handlers.py" for name in ("costs", "helpers")),
    *(f"pophub/hub/rehearsal/{name}.py" for name in ("cell", "participant", "visits")),
)
# a command looks at the clock once and hands the moment on
LOOKS_AT_A_CLOCK = (*TALKS_TO_THE_WORLD, "pophub/organizer/cli/")
# the only command that imports the lab
DEMO = "pophub/organizer/cli/demo.py"
# what is tested through something else, and where
TESTED_ELSEWHERE = {
    "pophub/core/cost/forms/figure.py": "tests/pophub/core/cost/forms/test_figures.py",
    "pophub/organizer/cli/arguments.py": "tests/pophub/organizer/cli/test_cli.py",
    "pophub/organizer/outcome.py": "tests/pophub/organizer/running/test_cost_watch.py",
    "bench/report_ours.py": "tests/bench/test_report.py",
    "bench/report_pandas.py": "tests/bench/test_report.py",
    "lab/ask_kept_app.py": "tests/lab/test_kept_app.py",
    "lab/moto_gaps/api_gateway.py": "tests/lab/aws_rules/test_certificates.py",
    "lab/moto_gaps/auto_scaling.py": "tests/lab/test_moto_gaps.py",
    "pophub/hub/helpers_page/handlers.py": "tests/browser/test_helpers_page.py",
    "lab/moto_gaps/awslambda.py": "tests/stacks/test_apply.py",
    "pophub/hub/rehearsal/cell.py": "tests/pophub/hub/rehearsal/test_rehearse.py",
    "pophub/hub/rehearsal/messages.py": "tests/lab/test_kernel.py",
    "pophub/hub/rehearsal/participant.py": "tests/lab/test_fake_participant.py",
    "pophub/hub/rehearsal/__main__.py": "tests/pophub/hub/rehearsal/test_rehearse.py",
    "pophub/hub/install/bucket_requests.py": "tests/pophub/organizer/destroy/test_bucket_request.py",
    "pophub/hub/install/outside_commands.py": "tests/pophub/hub/install/test___main__.py",
    "pophub/hub/install/server_image.py": "tests/cloud_init/test_image_step.py",
    "lab/moto_gaps/budgets.py": "tests/lab/test_moto_gaps.py",
    "lab/moto_gaps/cost_explorer.py": "tests/lab/test_moto_gaps.py",
    "lab/moto_gaps/ec2.py": "tests/lab/test_moto_gaps.py",
    "lab/moto_gaps/iam.py": "tests/lab/test_moto_gaps.py",
    "lab/moto_gaps/route53.py": "tests/lab/aws_rules/test_records.py",
    "lab/moto_gaps/s3.py": "tests/lab/test_moto_gaps.py",
    "lab/moto_gaps/ssm.py": "tests/lab/test_agent.py",
    "lab/machine/container.py": "tests/cloud_init/test_birth.py",
    "lab/machine/docker_store.py": "tests/cloud_init/one_machine/test_people.py",
    "lab/machine/machine.py": "tests/cloud_init/test_birth.py",
    "lab/machine/machine_lab.py": "tests/cloud_init/conftest.py",
    "lab/machine/off_page.py": "tests/cloud_init/one_machine/test_browser.py",
    "lab/machine/qemu.py": "tests/machine/test_home_volume.py",
    "lab/machine/virtual.py": "tests/machine/test_home_volume.py",
    "lab/machine/worker.py": "tests/cloud_init/many_machines/test_workers.py",
    "lab/machine/server_image.py": "tests/cloud_init/one_machine/test_people.py",
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


def imported(file: str) -> set[str]:
    """The modules that a file imports, wherever in it."""
    nodes = list(ast.walk(parsed(file)))
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module and not node.level}
    return names


def imports(file: str) -> set[str]:
    """The top-level names of what a file imports."""
    return {name.partition(".")[0] for name in imported(file)}


def shipped() -> list[str]:
    return files("pophub", *sorted(LAB), "stacks", "scripts", "hub-config", "main.py")


def read(file: str) -> str:
    return (ROOT / file).read_text(errors="replace")


@pytest.mark.parametrize("rule", IMPORTS)
def test_imports_point_one_way(rule: str) -> None:
    forbidden, folders = IMPORTS[rule]
    wrong = {file: found for file in files(*folders) if (found := sorted(imports(file) & forbidden))}
    if "pophub" in folders:
        assert wrong.pop(DEMO) == ["lab"]

    assert not wrong, rule


@pytest.mark.parametrize("folder", MAY_IMPORT)
def test_a_folder_imports_what_is_there_where_it_runs(folder: str) -> None:
    allowed = tuple(MAY_IMPORT[folder])
    foreign = {
        file: names
        for file in files(folder)
        if (names := {name for name in imported(file) if not _is_pythons(name) and not _is_below(name, allowed)})
    }

    assert not foreign


def test_the_hubs_settings_share_the_contract_and_a_file_form_alone() -> None:
    ours = {name for file in files("hub-config") for name in imported(file) if name.startswith("pophub")}

    assert ours <= {"pophub.core", "pophub.core.contract", "pophub.core.keep_requests", "pophub.core.look"}
    assert ours


def _is_pythons(name: str) -> bool:
    return name.partition(".")[0] in sys.stdlib_module_names


def _is_below(name: str, modules: tuple[str, ...]) -> bool:
    return any(name == module or name.startswith(f"{module}.") for module in modules)


def test_only_the_edges_talk_to_the_world() -> None:
    inside = [file for file in files("pophub") if not file.startswith(TALKS_TO_THE_WORLD)]
    wrong = {file: sorted(imports(file) & WEB) for file in inside if imports(file) & WEB}

    assert inside
    assert not wrong


def test_only_main_and_the_stacks_are_written_in_cdktf() -> None:
    users = {file for file in shipped() if imports(file) & CLOUD}

    assert "main.py" in users
    assert all(file == "main.py" or file.startswith("stacks/") for file in users), users


def test_only_the_edges_look_at_a_clock() -> None:
    middle = [file for file in files("pophub", "stacks") if not file.startswith(LOOKS_AT_A_CLOCK)]
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
    modules = [file for file in shipped() if not file.startswith("hub-config/") and not file.endswith("__init__.py")]
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


def test_no_start_of_a_hub_builds_a_grammar_that_nobody_uses() -> None:
    """Excluded in scripts/lock.sh; complete without it."""
    locked = read("hub-config/requirements-hub.txt")

    assert "\njsonschema==" in locked
    assert not re.search(r"^(lark|rfc3987-syntax)==", locked, re.MULTILINE)


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
    r"(?<![\w./<>{}-])((?:hub-config|cloud-init|pophub|lab|bench|simulator|scripts|stacks|tests)/[\w.-]+(?:/[\w.-]+)*)(?![\w/<>{}*…-])"
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
