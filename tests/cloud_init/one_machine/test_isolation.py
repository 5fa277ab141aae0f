"""What a participant's code can reach, tried from inside of a participant's container, each with a proof that it is there."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from lab.fake_participant import FakeParticipant, Refused
from lab.machine import imds, vpc
from lab.machine.internet import on_the_internet
from lab.machine.machine import LabMachine
from lab.wait import wait_until
from pophub.core.contract import (
    HOMES_FOLDER,
    HUB_ADDRESS,
    HUB_ENVIRONMENT,
    HUB_FOLDER,
    HUB_PORT,
    PROXY_API_PORT,
    PROXY_PORT,
    PROXY_TOKEN_FILE,
    SECRETS_FILE,
    SETTINGS_FOLDER,
)

pytestmark = pytest.mark.machine
NO_ANSWER = "000"
# curl's exit codes: https://curl.se/docs/manpage.html#EXIT
REFUSED = "7"
Run = Callable[[str], str]
# a new process, which somebody else's processes must not prevent
ANSWER = "import subprocess; print(subprocess.run(['expr', '6', '*', '7'], capture_output=True, text=True).stdout)"


@pytest.fixture(scope="module")
def people(machine: LabMachine) -> Iterator[tuple[FakeParticipant, FakeParticipant]]:
    ada, octocat = FakeParticipant(machine.url, "ada"), FakeParticipant(machine.url, "octocat")
    with on_the_internet(machine):
        for person in (ada, octocat):
            person.sign_in()
            person.start_server()
        yield ada, octocat
        for person in (ada, octocat):
            person.sign_out()


@pytest.fixture(scope="module")
def python(people: tuple[FakeParticipant, FakeParticipant]) -> Iterator[Run]:
    """Runs a cell in ada's kernel, one for all tests: each kernel takes a second of a processor to start."""
    # a later test may have stopped her server
    with suppress(Refused), people[0].kernel(seconds=120) as run:
        yield run


@pytest.fixture(scope="module")
def neighbour(people: tuple[FakeParticipant, FakeParticipant]) -> Iterator[Run]:
    """Runs a cell in octocat's kernel."""
    with suppress(Refused), people[1].kernel() as run:
        yield run


@pytest.fixture(scope="module")
def shell(python: Run) -> Run:
    """What a shell in ada's container says."""

    def run(line: str) -> str:
        code = f"print(subprocess.run({line!r}, shell=True, capture_output=True, text=True).stdout)"
        return python(f"import subprocess; {code}").strip()

    return run


def status(address: str) -> str:
    return f"curl -s -m 2 -o /dev/null -w '%{{http_code}}' {shlex.quote(address)}"


def end(address: str) -> str:
    """How an attempt ends that is given half a minute."""
    return f"curl -s -m 30 -o /dev/null {shlex.quote(address)}; echo $?"


def container(machine: LabMachine, name: str) -> str:
    """The id of a person's container on the machine that it is on."""
    return machine.run("docker", "ps", "--quiet", "--filter", f"name=^jupyter-{name}").strip()


METADATA_V6 = status("http://[fd00:ec2::254]/")


@pytest.mark.parametrize("address", [f"http://{imds.ADDRESS}/", f"http://{vpc.NEIGHBOUR}/", f"http://{HUB_ADDRESS}/"])
def test_the_machine_reaches_what_a_container_does_not(machine: LabMachine, shell: Run, address: str) -> None:
    assert machine.run("sh", "-c", status(address)) != NO_ANSWER
    assert shell(status(address) + " || true") == NO_ANSWER
    assert shell(end(address)) == REFUSED


def test_what_is_no_tcp_is_refused_too(python: Run) -> None:
    code = f"""
import socket
asking = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
asking.settimeout(30)
asking.connect(("{imds.ADDRESS}", 123))
asking.send(b"what time is it?")
try:
    asking.recv(1)
except OSError as error:
    print(type(error).__name__, error.strerror)
"""
    assert python(code) == "OSError No route to host"


def test_of_the_machine_only_the_hub_answers_a_container(machine: LabMachine, shell: Run) -> None:
    assert shell(status(f"http://{HUB_ADDRESS}:{HUB_PORT}/hub/health")) == "200"
    assert machine.run("sh", "-c", status(f"http://{vpc.MACHINE}:80/")) == "308"
    doors = [f"{address}:{port}" for address in (HUB_ADDRESS, vpc.MACHINE) for port in (8000, 8001, 2019, 22, 80, 443)]
    assert shell("; ".join(status(f"http://{door}/") for door in doors)) == NO_ANSWER * len(doors)


@pytest.fixture
def ipv6(machine: LabMachine) -> Iterator[None]:
    """A way from ada's container to the metadata service's other address, which the machine would lead it."""
    inside = machine.run("docker", "inspect", "--format", "{{.State.Pid}}", container(machine, "ada")).strip()
    own = machine.run("sh", "-c", "hostname -I | cut -d ' ' -f 1").strip().rpartition(".")[2]
    lines = {
        "router": (
            "ip -6 addr add fd00:ec2::254/128 dev lo",
            "ip -6 addr add fd00:2::1/64 dev rt0 nodad",
            f"ip -6 route add fd00:1::/64 via fd00:2::{own}",
        ),
        "machine": (
            "sysctl -qw net.ipv6.conf.all.forwarding=1",
            f"ip -6 addr add fd00:2::{own}/64 dev eth0 nodad",
            "ip -6 addr add fd00:1::1/64 dev pophub0 nodad",
            "ip -6 route add fd00:ec2::254 via fd00:2::1",
        ),
        "container": (
            "sysctl -qw net.ipv6.conf.all.disable_ipv6=0",
            "ip -6 addr add fd00:1::2/64 dev eth0 nodad",
            "ip -6 route add default via fd00:1::1",
        ),
    }
    for line in lines["router"]:
        machine.net.router.run(line)
    machine.run("sh", "-ec", "; ".join(lines["machine"]))
    machine.run("nsenter", "--net", f"--target={inside}", "sh", "-ec", "; ".join(lines["container"]))
    serve = ("python3", "-m", "http.server", "80", "--bind", "fd00:ec2::254", "--directory", "/proc/self/fdinfo")
    with subprocess.Popen(machine.net.router.command(*serve), stderr=subprocess.DEVNULL) as metadata:
        wait_until(lambda: machine.run("sh", "-c", f"{METADATA_V6} || true") == "200", 20, "the machine reaches it")
        yield
        metadata.kill()
    machine.run("systemctl", "reload", "pophub-firewall")


def test_the_metadata_service_is_out_of_reach_over_ipv6_too(machine: LabMachine, shell: Run, ipv6: None) -> None:
    # it is there, and it is the firewall that keeps it out of reach
    machine.run("nft", "flush", "table", "inet", "pophub")
    wait_until(lambda: shell(f"{METADATA_V6} || true") == "200", 30, "without the firewall a container reaches it")
    machine.run("systemctl", "reload", "pophub-firewall")
    assert shell(f"{METADATA_V6} || true") == NO_ANSWER
    assert shell(end("http://[fd00:ec2::254]/")) == REFUSED


def test_names_and_the_internet_can_be_reached(shell: Run) -> None:
    assert shell("getent hosts github.lab") != ""


def test_a_container_has_no_capability_and_cannot_get_one(shell: Run) -> None:
    told = dict(line.split(":\t") for line in shell("cat /proc/self/status").splitlines() if ":\t" in line)
    assert {told[name] for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {"0" * 16}
    assert told["NoNewPrivs"] == "1"
    assert shell("id -u") == "1000"


@pytest.fixture(scope="module")
def hub(machine: LabMachine) -> LabMachine:
    """The machine of the hub."""
    return machine


def test_there_is_no_docker_socket_no_hub_database_and_nobody_elses_home(
    hub: LabMachine, machine: LabMachine, shell: Run
) -> None:
    machine.run("test", "-S", "/var/run/docker.sock")
    hub.run("test", "-f", f"{HUB_FOLDER}/jupyterhub.sqlite")
    machine.run("test", "-d", f"{HOMES_FOLDER}/octocat")
    for path in ("/var/run/docker.sock", HUB_FOLDER, HOMES_FOLDER, "/home/octocat", HUB_ENVIRONMENT, SETTINGS_FOLDER):
        assert shell(f"ls -d {path} 2>/dev/null || true") == ""


def test_homes_and_the_hubs_memory_are_closed_on_the_machine_too(machine: LabMachine) -> None:
    assert machine.run("stat", "-c", "%a %u", f"{HOMES_FOLDER}/octocat", f"{HUB_FOLDER}/cookie_secret").split("\n")[
        :2
    ] == [
        "700 1001000",
        "600 0",
    ]
    assert machine.run(
        "stat", "-c", "%a %U", f"{SETTINGS_FOLDER}/{SECRETS_FILE}", f"{SETTINGS_FOLDER}/{PROXY_TOKEN_FILE}"
    ).split() == [
        *("600", "root"),
        *("600", "root"),
    ]


def test_nobody_reaches_another_participants_server(machine: LabMachine, shell: Run) -> None:
    theirs = container(machine, "octocat")
    networks = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}"
    other = machine.run("docker", "inspect", "--format", networks, theirs).strip()
    # one of octocat's own making, too
    machine.run("docker", "exec", "--detach", theirs, "python3", "-m", "http.server", "9999")
    for place in ("8888/user/octocat/api", "9999/"):
        port = status(f"http://{other}:{place}")
        wait_until(lambda port=port: machine.run("sh", "-c", f"{port} || true") == "200", 20, "the machine reaches it")
        assert shell(port + " || true") == NO_ANSWER
        assert shell(end(f"http://{other}:{place}")) == REFUSED


def test_nobody_opens_another_participants_server_through_the_hub(
    machine: LabMachine, people: tuple[FakeParticipant, FakeParticipant]
) -> None:
    ada, octocat = (person.get("/user/octocat/api/contents").status_code for person in people)
    assert (ada, octocat) == (403, 200)


def test_a_fork_bomb_ends_at_its_own_limit(python: Run, neighbour: Run) -> None:
    bomb = """
import subprocess
started = []
try:
    while len(started) < 3000:
        started.append(subprocess.Popen(["sleep", "600"]))
except OSError as error:
    print(type(error).__name__, len(started) < 1100)
"""
    end = """
for process in started:
    process.kill()
for process in started:
    process.wait()
"""
    try:
        assert python(bomb) == "BlockingIOError True"
        # while ada's processes are all there
        assert neighbour(ANSWER).strip() == "42"
    finally:
        python(end)


def test_shared_memory_is_as_large_as_the_servers_memory(python: Run) -> None:
    # more than the 64 MB that Docker gives of its own accord: there a program that writes ends by SIGBUS
    code = """
from multiprocessing import shared_memory
block = shared_memory.SharedMemory(create=True, size=200 << 20)
block.buf[:] = bytes(200 << 20)
block.close()
block.unlink()
print("written")
"""
    assert python(code) == "written"


def test_programs_see_the_processors_and_no_metadata_service(shell: Run) -> None:
    assert shell("echo $OMP_NUM_THREADS $PYTHON_CPU_COUNT $MC_CORES $AWS_EC2_METADATA_DISABLED") == "1 1 1 true"


def test_a_memory_hog_ends_only_itself(python: Run, neighbour: Run) -> None:
    hog = "import subprocess, sys; print(subprocess.run([sys.executable, '-c', 'bytearray(2 << 30)']).returncode)"
    assert python(hog) == "-9"
    assert neighbour(ANSWER).strip() == "42"


INNER = [
    *(f"{vpc.MACHINE}:{port}" for port in (PROXY_PORT, PROXY_API_PORT, HUB_PORT, 2019)),
    f"{HUB_ADDRESS}:{HUB_PORT}",
]


@pytest.fixture(scope="module")
def from_outside(machine: LabMachine) -> dict[str, int]:
    """What the inner ports answer: all are asked at once, because each attempt in vain takes its time."""
    with ThreadPoolExecutor(len(INNER)) as pool:
        answers = pool.map(lambda place: machine.get(f"http://{place}/").status_code, INNER)
        return dict(zip(INNER, answers, strict=True))


@pytest.mark.parametrize("place", INNER)
def test_the_inner_ports_are_closed_to_the_outside(
    machine: LabMachine, from_outside: dict[str, int], place: str
) -> None:
    assert machine.get(f"http://{vpc.MACHINE}/", allow_redirects=False).status_code == 308
    assert from_outside[place] == 502


def test_it_is_the_firewall_that_closes_the_hubs_own_port(machine: LabMachine) -> None:
    machine.run("nft", "flush", "table", "inet", "pophub")
    open_door = machine.get(f"http://{HUB_ADDRESS}:{HUB_PORT}/", allow_redirects=False).status_code
    machine.run("systemctl", "reload", "pophub-firewall")
    assert (open_door, machine.get(f"http://{HUB_ADDRESS}:{HUB_PORT}/").status_code) == (302, 502)
