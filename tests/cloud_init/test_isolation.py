"""What a participant's code can reach, tried from inside of a participant's container, each with a proof that it is there."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator

import pytest

from pophub.lab import imds, vpc
from pophub.lab.machine import LabMachine
from pophub.lab.visitor import Visitor
from tests.cloud_init.conftest import on_the_internet

pytestmark = pytest.mark.machine
HUB = "172.29.0.1"
NO_ANSWER = "000"
Shell = Callable[[str], str]


@pytest.fixture(scope="module")
def people(machine: LabMachine) -> Iterator[tuple[Visitor, Visitor]]:
    ada, octocat = Visitor(machine.url, "ada"), Visitor(machine.url, "octocat")
    with on_the_internet(machine):
        for person in (ada, octocat):
            person.sign_in()
            person.start_server()
        yield ada, octocat
        for person in (ada, octocat):
            person.sign_out()


@pytest.fixture(scope="module")
def shell(people: tuple[Visitor, Visitor]) -> Shell:
    """What a shell in ada's container says."""

    def run(line: str) -> str:
        code = f"import subprocess; print(subprocess.run({line!r}, shell=True, capture_output=True, text=True).stdout)"
        return people[0].execute(code).strip()

    return run


def status(address: str) -> str:
    return f"curl -s -m 2 -o /dev/null -w '%{{http_code}}' {shlex.quote(address)}"


@pytest.mark.parametrize("address", [f"http://{imds.ADDRESS}/", f"http://{vpc.NEIGHBOUR}/", f"http://{HUB}/"])
def test_the_machine_reaches_what_a_container_does_not(machine: LabMachine, shell: Shell, address: str) -> None:
    assert machine.run("sh", "-c", status(address)) != NO_ANSWER
    assert shell(status(address) + " || true") == NO_ANSWER


def test_of_the_machine_only_the_hub_answers_a_container(machine: LabMachine, shell: Shell) -> None:
    assert shell(status(f"http://{HUB}:8081/hub/health")) == "200"
    assert machine.run("sh", "-c", status(f"http://{vpc.MACHINE}:80/")) == "308"
    doors = [f"{address}:{port}" for address in (HUB, vpc.MACHINE) for port in (8000, 8001, 2019, 22, 80, 443)]
    assert shell("; ".join(status(f"http://{door}/") for door in doors)) == NO_ANSWER * len(doors)


def test_the_metadata_service_is_out_of_reach_over_ipv6_too(shell: Shell) -> None:
    assert shell(status("http://[fd00:ec2::254]/") + " || true") == NO_ANSWER


def test_names_and_the_internet_can_be_reached(shell: Shell) -> None:
    assert shell("getent hosts github.lab") != ""


def test_a_container_has_no_capability_and_cannot_get_one(shell: Shell) -> None:
    told = dict(line.split(":\t") for line in shell("cat /proc/self/status").splitlines() if ":\t" in line)
    assert {told[name] for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {"0" * 16}
    assert told["NoNewPrivs"] == "1"
    assert shell("id -u") == "1000"


def test_there_is_no_docker_socket_no_hub_database_and_nobody_elses_home(machine: LabMachine, shell: Shell) -> None:
    machine.run("test", "-S", "/var/run/docker.sock")
    machine.run("test", "-f", "/srv/pophub/jupyterhub.sqlite")
    machine.run("test", "-d", "/srv/home/octocat")
    for path in ("/var/run/docker.sock", "/srv/pophub", "/srv/home", "/home/octocat", "/opt/pophub/hub", "/etc/pophub"):
        assert shell(f"ls -d {path} 2>/dev/null || true") == ""


def test_homes_and_the_hubs_memory_are_closed_on_the_machine_too(machine: LabMachine) -> None:
    assert machine.run("stat", "-c", "%a %u", "/srv/home/octocat", "/srv/pophub/cookie_secret").split("\n")[:2] == [
        "700 1000",
        "600 0",
    ]
    assert machine.run("stat", "-c", "%a %U", "/etc/pophub/secrets.env", "/etc/pophub/proxy.env").split() == [
        *("600", "root"),
        *("600", "root"),
    ]


def test_nobody_reaches_another_participants_server(machine: LabMachine, shell: Shell) -> None:
    other = machine.run(
        "docker", "inspect", "--format", "{{.NetworkSettings.Networks.pophub.IPAddress}}", "jupyter-octocat"
    ).strip()
    port = status(f"http://{other}:8888/user/octocat/api")
    assert machine.run("sh", "-c", port) == "200"
    assert shell(port + " || true") == NO_ANSWER


def test_nobody_opens_another_participants_server_through_the_hub(
    machine: LabMachine, people: tuple[Visitor, Visitor]
) -> None:
    answer = people[0].get("/user/octocat/api/contents")
    assert answer.status_code in (403, 404)


def test_a_fork_bomb_ends_at_its_own_limit(people: tuple[Visitor, Visitor]) -> None:
    ada, octocat = people
    bomb = """
import subprocess
started = []
try:
    while len(started) < 3000:
        started.append(subprocess.Popen(["sleep", "60"]))
except OSError as error:
    print(type(error).__name__, len(started) < 1100)
for process in started:
    process.kill()
for process in started:
    process.wait()
"""
    assert ada.execute(bomb, seconds=120) == "BlockingIOError True"
    assert octocat.execute("print(6 * 7)") == "42"


def test_a_memory_hog_ends_only_itself(people: tuple[Visitor, Visitor]) -> None:
    ada, octocat = people
    hog = "import subprocess, sys; print(subprocess.run([sys.executable, '-c', 'bytearray(2 << 30)']).returncode)"
    assert ada.execute(hog) == "-9"
    assert octocat.execute("print(6 * 7)") == "42"


@pytest.mark.parametrize("place", [f"{vpc.MACHINE}:{port}" for port in (8000, 8001, 8081, 2019)] + [f"{HUB}:8081"])
def test_the_inner_ports_are_closed_to_the_outside(machine: LabMachine, place: str) -> None:
    assert machine.get(f"http://{vpc.MACHINE}/", allow_redirects=False).status_code == 308
    assert machine.get(f"http://{place}/").status_code == 502
