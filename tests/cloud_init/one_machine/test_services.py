"""The machine's services by themselves: each comes back when it is killed, and nobody loses what runs."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from lab.fake_participant import FakeParticipant, Refused
from lab.machine.container import ContainerMachine
from lab.machine.machine_lab import MachineLab
from lab.wait import wait_until
from pophub.core.contract import PROXY_PORT, SETTINGS_FOLDER, STATE_FOLDER
from pophub.core.errors import PophubError

pytestmark = pytest.mark.machine
AGENT = "pophub-session-manager.service"
# as much of Amazon's package as is ours to know: its name, and the unit it brings
CONTROL = (
    "Package: amazon-ssm-agent\nVersion: {version}\nArchitecture: {architecture}\nMaintainer: the lab\nDescription: x\n"
)
UNIT = "[Service]\nExecStart=/bin/sleep infinity\n[Install]\nWantedBy=multi-user.target\n"


@pytest.fixture(scope="module")
def run(ada: FakeParticipant) -> Iterator[Callable[[str], str]]:
    """Runs a cell in ada's kernel; a later test ends her server."""
    with suppress(Refused), ada.kernel() as run:
        yield run


@pytest.mark.parametrize("how", ["restart", "kill"])
@pytest.mark.parametrize("unit", ["pophub-hub", "pophub-proxy"])
def test_a_kernel_goes_on_when_a_service_does_not(
    machine: ContainerMachine, ada: FakeParticipant, run: Callable[[str], str], unit: str, how: str
) -> None:
    before = machine.run("docker", "ps", "--quiet", "--no-trunc")
    answer = f"{unit} {how}"
    run(f"answer = {answer!r}")
    was = main_process(machine, unit)
    if how == "kill":
        machine.run("systemctl", "kill", "--signal=SIGKILL", unit)
    else:
        machine.run("systemctl", "restart", unit)
    wait_until(lambda: main_process(machine, unit) not in ("0", was), 60, f"{unit} is back")
    if unit == "pophub-hub":
        # the proxy knows the way by itself
        assert run("print(answer)") == answer
    wait_until(lambda: machine.is_open() and ada.server_is_running(), 60, "the server has its route again")
    assert run("print(answer)") == answer
    assert machine.run("docker", "ps", "--quiet", "--no-trunc") == before


@pytest.mark.parametrize("how", [("systemctl", "restart", "nftables"), ("nft", "flush", "ruleset")])
def test_packet_filters_that_somebody_has_flushed_come_back(
    machine: ContainerMachine, ada: FakeParticipant, how: tuple[str, ...]
) -> None:
    containers = machine.run("docker", "ps", "--quiet", "--no-trunc")
    assert filters(machine) == (True, True)
    machine.run(*how)
    if how[0] == "nft":
        # what the timer does each minute
        machine.run("systemctl", "start", "--no-block", "pophub-refresh.service")
    wait_until(lambda: filters(machine) == (True, True), 60, "the hub's and Docker's filters are back")
    assert machine.run("docker", "ps", "--quiet", "--no-trunc") == containers
    wait_until(ada.server_is_running, 60, "the server has its route again")


def test_docker_runs_after_more_repairs_than_its_unit_allows_starts(machine: ContainerMachine) -> None:
    starts = int(machine.run("systemctl", "show", "--property", "StartLimitBurst", "--value", "docker.service"))
    for _ in range(starts + 1):
        machine.run("iptables", "--table", "nat", "--flush")
        machine.run("iptables", "--table", "nat", "--delete-chain", "DOCKER")
        machine.run("systemctl", "start", "pophub-repair.service")
        assert filters(machine) == (True, True)


def filters(machine: ContainerMachine) -> tuple[bool, bool]:
    """Whether the hub's own are there, and Docker's."""
    rules = machine.run("nft", "list", "ruleset")
    return "table inet pophub" in rules, "chain DOCKER" in rules


def test_an_address_whose_hub_is_down_shows_that_it_comes(machine: ContainerMachine, ada: FakeParticipant) -> None:
    machine.run("systemctl", "stop", "pophub-hub")
    try:
        is_coming(machine, "/", "/hub/home", "/user/octocat/lab")
        assert ada.server_is_running()
        # as each morning: the proxy knows no way until the hub has told it
        machine.run("systemctl", "restart", "pophub-proxy")
        wait_until(lambda: machine.run("ss", "-Hltn", f"sport = :{PROXY_PORT}").strip(), 30, "the proxy listens")
        is_coming(machine, "/", "/hub/home", "/user/ada/lab")
    finally:
        machine.run("systemctl", "start", "pophub-hub")
    wait_until(lambda: machine.is_open() and ada.server_is_running(), 60, "the server has its route again")
    # a server's own trouble is the hub's to tell
    machine.run("docker", "kill", "jupyter-ada")
    answer = ada.get("/user/ada/lab")
    assert (answer.status_code, "Your server does not answer" in answer.text) == (503, True)
    ada.sign_out()


def is_coming(machine: ContainerMachine, *places: str) -> None:
    for place in places:
        answer = machine.get(f"{machine.url}{place}")
        told = answer.status_code, answer.headers.get("Retry-After")
        assert told == (503, "5"), f"{place}: {answer.headers} {answer.text[:300]}"
        assert "The hub is being prepared" in answer.text, place


# https://man7.org/linux/man-pages/man7/capabilities.7.html: their numbers as bits
BIND_SERVICE, CHOWN, DAC_OVERRIDE, FOWNER, KILL = (1 << bit for bit in (10, 0, 1, 3, 5))


@pytest.mark.parametrize(
    ("unit", "root", "may"),
    [
        ("caddy", False, BIND_SERVICE),
        ("pophub-proxy", False, 0),
        ("pophub-hub", True, CHOWN | DAC_OVERRIDE | FOWNER | KILL),
    ],
)
def test_a_service_runs_with_what_it_needs_and_no_more(
    machine: ContainerMachine, unit: str, root: bool, may: int
) -> None:
    status = machine.run("cat", f"/proc/{main_process(machine, unit)}/status")
    told = dict(line.split(":\t") for line in status.splitlines() if ":\t" in line)
    assert (told["Uid"].split()[0] == "0") is root
    assert int(told["CapEff"], 16) == int(told["CapBnd"], 16) == may
    assert told["NoNewPrivs"] == "1"
    protected = machine.run("systemctl", "show", "--property=ProtectSystem", "--value", unit).strip()
    assert protected in ("strict", "full")


def main_process(machine: ContainerMachine, unit: str) -> str:
    return machine.run("systemctl", "show", "--property=MainPID", "--value", unit).strip()


def test_the_proxys_node_is_as_patient_as_its_users(machine: ContainerMachine) -> None:
    """Debian's proxy and Debian's Node.js; what the option does is in tests/cloud_init/test_proxy.py."""
    process = main_process(machine, "pophub-proxy")
    environment = machine.run("cat", f"/proc/{process}/environ").split("\0")

    assert f"NODE_OPTIONS=--require={SETTINGS_FOLDER}/proxy.cjs" in environment


def package(folder: Path, version: str) -> bytes:
    """A package of the agent's name."""
    architecture = subprocess.run(["dpkg", "--print-architecture"], capture_output=True, text=True, check=True).stdout
    for name, text in {
        "DEBIAN/control": CONTROL.format(architecture=architecture.strip(), version=version),
        "usr/lib/systemd/system/amazon-ssm-agent.service": UNIT,
    }.items():
        file = folder / "agent" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    built = folder / "agent.deb"
    subprocess.run(
        ["dpkg-deb", "--root-owner-group", "--build", folder / "agent", built], capture_output=True, check=True
    )
    return built.read_bytes()


def test_session_manager_s_agent_comes_from_amazon_and_the_hub_does_not_wait_for_it(
    machine: ContainerMachine, lab: MachineLab, tmp_path: Path
) -> None:
    region = lab.event.region
    assert machine.is_open()
    with pytest.raises(PophubError, match=f"Job for {AGENT} failed"):
        machine.run("systemctl", "restart", AGENT)
    assert f"cannot be fetched from https://s3.{region}.amazonaws.com/amazon-ssm-{region}/" in machine.journal(AGENT)
    bucket = f"amazon-ssm-{region}"
    s3 = lab.aws.client("s3", region)
    architecture = machine.run("dpkg", "--print-architecture").strip()
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": region})
    where = {"Bucket": bucket, "Key": f"latest/debian_{architecture}/amazon-ssm-agent.deb", "ACL": "public-read"}
    s3.put_object(**where, Body=package(tmp_path, "3.3"))
    machine.run("systemctl", "restart", AGENT)
    assert machine.run("systemctl", "is-active", "amazon-ssm-agent").strip() == "active"
    assert machine.run("systemctl", "is-enabled", "amazon-ssm-agent").strip() == "enabled"

    # a newer one is fetched when the last look is weeks ago; one that cannot be had takes the old one away from nobody
    looked = f"{STATE_FOLDER}/session-manager"
    s3.put_object(**where, Body=package(tmp_path, "3.4"))
    machine.run("systemctl", "restart", AGENT)
    assert agent_version(machine) == "3.3"
    machine.run("touch", "--date", "15 days ago", looked)
    machine.run("systemctl", "restart", AGENT)
    assert agent_version(machine) == "3.4"
    machine.run("touch", "--date", "15 days ago", looked)
    s3.delete_object(Bucket=bucket, Key=where["Key"])
    machine.run("systemctl", "restart", AGENT)
    assert machine.run("systemctl", "is-active", "amazon-ssm-agent").strip() == "active"


def agent_version(machine: ContainerMachine) -> str:
    return machine.run("dpkg-query", "--show", "--showformat", "${Version}", "amazon-ssm-agent").strip()


def test_docker_that_is_stopped_and_started_by_hand_leaves_the_hub_open(machine: ContainerMachine) -> None:
    hub = main_process(machine, "pophub-hub")
    # Docker's unit allows three starts a minute, and the repairs of earlier tests count: systemctl(1), "reset-failed"
    machine.run("systemctl", "reset-failed", "docker.service")
    machine.run("systemctl", "stop", "docker.socket", "docker.service")
    assert machine.is_open()
    machine.run("systemctl", "start", "docker.service")
    assert machine.is_open()
    assert main_process(machine, "pophub-hub") == hub != "0"


HOLD = (
    "import fcntl, time; lock = open('/var/lib/apt/lists/lock', 'w'); fcntl.lockf(lock, fcntl.LOCK_EX); "
    "print('held', flush=True); time.sleep(600)"
)


def test_apt_daily_at_work_is_waited_for(machine: ContainerMachine) -> None:
    machine.run("systemctl", "is-enabled", "apt-daily.timer", "apt-daily-upgrade.timer", "unattended-upgrades.service")
    assert '"1"' in machine.run("apt-config", "dump", "APT::Periodic::Unattended-Upgrade")
    machine.run("systemd-run", "--unit", "like-apt-daily", "python3", "-c", HOLD)
    wait_until(lambda: "held" in machine.journal("like-apt-daily"), 30, "another program holds the lock")
    try:
        asks = ". /usr/local/lib/pophub/apt.sh; apt_get update && echo ended: $((40 + 2))"
        machine.run("systemd-run", "--unit", "like-install", "bash", "-c", asks)
        waits = "is waited for: E: Could not get lock /var/lib/apt/lists/lock"
        wait_until(lambda: waits in machine.journal("like-install"), 30, "it says what it waits for")
    finally:
        machine.run("systemctl", "stop", "like-apt-daily")
    wait_until(lambda: "ended: 42" in machine.journal("like-install"), 60, "it goes on")


def test_a_machine_has_its_own_part_of_every_hierarchy_of_cgroups(machine: ContainerMachine) -> None:
    """In one part, systemd in one machine removes the units of another: "Failed to spawn executor: No such file"."""
    lines = Path(f"/proc/{machine._init}/cgroup").read_text().splitlines()

    assert {line.split(":")[2].split("/")[1] for line in lines} == {machine.folder.group}
