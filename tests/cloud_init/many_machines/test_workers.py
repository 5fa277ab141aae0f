"""An event with workers: a server on a worker is as isolated as on the hub's machine, and outlives what happens to it."""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Timer
from typing import Any

import pytest

from lab.fake_participant import FakeParticipant
from lab.machine.container import ContainerMachine
from lab.machine.docker_socket import ask
from lab.machine.internet import on_the_internet
from lab.machine.machine_lab import MachineLab
from lab.machine.swarm import await_ready, nodes, place_of, services, task_of, words_noted
from lab.machine.worker import LabWorker
from lab.wait import wait_until
from pophub.core.contract import (
    BUNDLE_FOLDER,
    HOMES_FOLDER,
    HUB_FOLDER,
    HUB_PORT,
    HUB_PRIVATE_ADDRESS,
    IMAGE_FOLDER,
    IMAGE_PORT,
    METER_FILE,
    NFS_PORT,
    RUN_FOLDER,
    SWARM_IMAGE,
    SWARM_PORT,
    WORKERS_ENVIRONMENT,
    WORKERS_FILE,
    WORKERS_FOLDER,
    worker_parameter,
)
from pophub.hub.worker_reports import read_report
from tests.cloud_init.conftest import FAKETIME
from tests.cloud_init.one_machine.test_isolation import (  # noqa: F401 - what they try is tried on a worker too
    NO_ANSWER,
    REFUSED,
    Run,
    end,
    ipv6,
    neighbour,
    people,
    python,
    shell,
    status,
    test_a_container_has_no_capability_and_cannot_get_one,
    test_a_fork_bomb_ends_at_its_own_limit,
    test_a_memory_hog_ends_only_itself,
    test_names_and_the_internet_can_be_reached,
    test_nobody_opens_another_participants_server_through_the_hub,
    test_nobody_reaches_another_participants_server,
    test_programs_see_the_processors_and_no_metadata_service,
    test_shared_memory_is_as_large_as_the_servers_memory,
    test_the_machine_reaches_what_a_container_does_not,
    test_the_metadata_service_is_out_of_reach_over_ipv6_too,
    test_there_is_no_docker_socket_no_hub_database_and_nobody_elses_home,
    test_what_is_no_tcp_is_refused_too,
)

log = logging.getLogger(__name__)
pytestmark = pytest.mark.machine
# https://docs.docker.com/engine/swarm/swarm-tutorial/#open-protocols-and-ports-between-the-hosts
GOSSIP_PORT = 7946
METER = f"{HUB_FOLDER}/{METER_FILE}"
# more than half of what Swarm waits with our heartbeat, and several times what it waits with its own
CUT_SECONDS = 40
RESIDENT_KIB = "ps -o rss= -p $(pidof dockerd)"
Come = Callable[[str], FakeParticipant]


@pytest.fixture(scope="module")
def machine(lab: MachineLab, hub: ContainerMachine) -> Iterator[LabWorker]:
    """The first worker, with room for three servers."""
    with lab.worker(hub, 0) as worker:
        log.info("a worker with baked packages and the image was ready after %.1f s", await_ready(hub, worker))
        yield worker


@pytest.fixture(scope="module")
def second(lab: MachineLab, hub: ContainerMachine, machine: LabWorker) -> Iterator[LabWorker]:
    """A worker that comes later, and takes the image from the hub."""
    with lab.worker(hub, 1, has_image=False) as worker:
        yield worker


@pytest.fixture(scope="module")
def come(hub: ContainerMachine, people: tuple[FakeParticipant, FakeParticipant]) -> Iterator[Come]:  # noqa: F811
    """Somebody who signs in; what they have started is stopped at the end."""
    known = {person.name: person for person in people}

    def sign_in(name: str) -> FakeParticipant:
        if name not in known:
            known[name] = FakeParticipant(hub.url, name)
            known[name].sign_in()
        return known[name]

    with on_the_internet(hub):
        yield sign_in
        for name, person in known.items():
            if name not in ("ada", "octocat"):
                person.sign_out()


@pytest.fixture(scope="module")
def workers(machine: LabWorker, second: LabWorker) -> Iterator[dict[str, LabWorker]]:
    """All workers by name; one that a test adds is ended too."""
    workers = {it.name: it for it in (machine, second)}
    yield workers
    for worker in workers.values():
        worker.stop()


def kernel_goes_on(person: FakeParticipant, happens: Callable[[], object]) -> None:
    with person.kernel() as run:
        run("answer = 42")
        happens()
        wait_until(person.server_is_running, 60, "the server answers")
        assert run("print(answer)") == "42"


def test_a_home_is_on_the_hubs_disk_and_the_hub_runs_no_server(
    hub: ContainerMachine,
    machine: LabWorker,
    people: tuple[FakeParticipant, FakeParticipant],  # noqa: F811
    python: Run,  # noqa: F811
) -> None:
    people[0].write_file("where.txt", "on the hub\n")
    assert hub.run("cat", f"{HOMES_FOLDER}/ada/where.txt") == "on the hub\n"
    assert ask(hub, "containers/json") == []
    assert place_of(hub, "ada") == machine.name
    # no SQLite over NFS
    python("1 + 1")
    assert hub.run("find", f"{HOMES_FOLDER}/ada", "-name", "*.sqlite") == ""


def test_of_the_hub_a_container_reaches_nothing_but_its_api(
    hub: ContainerMachine,
    machine: LabWorker,
    shell: Run,  # noqa: F811
) -> None:
    ports = (SWARM_PORT, NFS_PORT, IMAGE_PORT, 80, 443)
    machine.run("bash", "-ec", "\n".join(f"exec 3<>/dev/tcp/{HUB_PRIVATE_ADDRESS}/{port}" for port in ports))
    api = status(f"http://{HUB_PRIVATE_ADDRESS}:{HUB_PORT}/hub/health")
    doors = [f"{HUB_PRIVATE_ADDRESS}:{port}" for port in ports]
    doors += [gossip(hub, HUB_PRIVATE_ADDRESS), gossip(machine, machine.address)]
    # one look for all: each into a container takes a second of a processor
    tried = [*(end(f"http://{door}/") for door in doors), api]
    assert shell("; echo; ".join(tried)).split() == [REFUSED] * len(doors) + ["200"]


def gossip(machine: ContainerMachine, address: str) -> str:
    """Where a machine's engine talks about networks; the machine itself finds it open."""
    machine.run("bash", "-ec", f"exec 3<>/dev/tcp/{address}/{GOSSIP_PORT}")
    return f"{address}:{GOSSIP_PORT}"


def test_a_worker_tells_the_hub_what_its_clock_says(hub: ContainerMachine, machine: LabWorker, faketime: Path) -> None:
    """The hub compares it with the time of the file."""
    library = machine.root / FAKETIME.lstrip("/")
    library.parent.mkdir(exist_ok=True)
    shutil.copy(faketime, library)
    drop_in = machine.root / "run/systemd/system/pophub-worker.service.d/clock.conf"
    drop_in.parent.mkdir(parents=True)
    drop_in.write_text(f"[Service]\nEnvironment=LD_PRELOAD={FAKETIME} FAKETIME=+3h DONT_FAKE_MONOTONIC=1\n")
    machine.run("systemctl", "daemon-reload")
    machine.run("systemctl", "restart", "pophub-worker.service")
    try:
        wait_until(lambda: abs(clock_off(hub, machine) - 10_800) < 5, 60, "the hub knows that its clock is wrong")
    finally:
        drop_in.unlink()
        machine.run("systemctl", "daemon-reload")
        machine.run("systemctl", "restart", "pophub-worker.service")
    wait_until(lambda: abs(clock_off(hub, machine)) < 5, 60, "the clock is right again")


def clock_off(hub: ContainerMachine, worker: LabWorker) -> float:
    report = read_report(hub.root / WORKERS_FOLDER.lstrip("/"), worker.name, datetime.now(UTC))
    assert report is not None
    return float(report["clock_off"])


def test_a_full_swarm_lets_people_wait_for_a_late_worker(
    hub: ContainerMachine, come: Come, request: pytest.FixtureRequest
) -> None:
    come("grace").start_server()
    katherine = come("katherine")
    katherine.get("/hub/spawn")
    wait_until(lambda: "insufficient resources" in waiting(hub, "katherine"), 30, "katherine waits")
    second: LabWorker = request.getfixturevalue("second")
    log.info("a late worker that takes the image was ready after %.1f s", await_ready(hub, second))
    wait_until(katherine.server_is_running, 60, "katherine's server answers")
    assert place_of(hub, "katherine") == second.name


def waiting(hub: ContainerMachine, name: str) -> str:
    """Why somebody's server waits; empty if it does not."""
    return str(task_of(hub, name).get("Status", {}).get("Err", ""))


def test_fifty_starts_wait_for_workers_and_nobody_gets_an_error(
    hub: ContainerMachine, machine: LabWorker, second: LabWorker, come: Come
) -> None:
    """In docs/figures.md all of them get a server."""
    await_ready(hub, second)
    helper, names = come("octocat"), [f"person{number}" for number in range(50)]
    assert helper.ask_api("POST", "users", {"usernames": names}).status_code == 201
    before = int(hub.run("sh", "-c", RESIDENT_KIB))
    for worker in (machine, second):
        hub.run("docker", "node", "update", "--availability", "pause", worker.name)
    assert {helper.ask_api("POST", f"users/{it}/server").status_code for it in names} == {202}
    wait_until(lambda: "no suitable node" in waiting(hub, names[-1]), 60, "the last of them waits")
    more = int(hub.run("sh", "-c", RESIDENT_KIB)) - before
    log.info("for 50 starts that wait, the manager needs %.1f MiB more", more / 1024)
    assert more < 50 * 1024
    # two are let in: there is no room for more
    hub.run("docker", "service", "rm", *(f"jupyter-{it}" for it in names[2:]))
    for worker in (machine, second):
        hub.run("docker", "node", "update", "--availability", "active", worker.name)
    wait_until(lambda: all(place_of(hub, it) for it in names[:2]), 90, "two have a worker")
    # one question for all, and not often: the hub answers with everybody
    wait_until(
        lambda: servers(helper, names) == dict.fromkeys(names[:2], True),
        90,
        "two have started, and the others have been told",
        every_seconds=1,
    )
    for name in names[:2]:
        assert helper.ask_api("DELETE", f"users/{name}").status_code == 204


def servers(helper: FakeParticipant, names: list[str]) -> dict[str, bool]:
    """Of those who have a server, whether it is ready, as the hub says."""
    users = helper.ask_api("GET", "users").json()
    return {it["name"]: it["servers"][""]["ready"] for it in users if it["name"] in names and it["servers"]}


def test_a_server_on_another_worker_is_out_of_reach(
    hub: ContainerMachine,
    second: LabWorker,
    machine: LabWorker,
    shell: Run,  # noqa: F811
) -> None:
    port = second.run("sh", "-c", "docker ps --format '{{.Ports}}' | sed 's/.*:\\([0-9]*\\)->.*/\\1/'").strip()
    there = f"http://{second.address}:{port}/user/katherine/api"
    assert hub.run("sh", "-c", status(there)) == "200"
    for door in (there, f"http://{gossip(second, second.address)}/"):
        assert shell(end(door)) == REFUSED
        # nor from the other worker itself
        assert machine.run("sh", "-c", f"{status(door)} || true") == NO_ANSWER


def test_nobody_new_comes_to_a_paused_worker_and_files_follow_their_owner(
    hub: ContainerMachine, machine: LabWorker, second: LabWorker, come: Come
) -> None:
    await_ready(hub, second)
    ada, octocat = come("ada"), come("octocat")
    ada.write_file("where.txt", "on the hub\n")
    hub.run("docker", "node", "update", "--availability", "pause", machine.name)
    try:
        ada.sign_out()
        ada.sign_in()
        ada.start_server()
        assert place_of(hub, "ada") == second.name
        assert ada.read_file("where.txt") == "on the hub\n"
        assert (place_of(hub, "octocat"), octocat.execute("print(42)")) == (machine.name, "42")
    finally:
        hub.run("docker", "node", "update", "--availability", "active", machine.name)


def test_a_kernel_and_a_start_outlive_the_hub_and_the_managers_engine(hub: ContainerMachine, come: Come) -> None:
    # a service that waits for a worker, and of which the hub knows nothing
    lost = (
        "docker service create --quiet --detach --no-resolve-image --name jupyter-lost --constraint node.role==worker"
    )
    hub.run(*lost.split(), "--reserve-memory", "900g", SWARM_IMAGE)
    katherine = come("katherine")
    katherine.sign_out()
    katherine.sign_in()

    def kill() -> None:
        katherine.get("/hub/spawn")
        wait_until(lambda: place_of(hub, "katherine"), 60, "katherine's server has a worker")
        hub.run("systemctl", "kill", "--signal", "KILL", "pophub-hub.service")
        wait_until(hub.is_open, 60, "the hub is open")
        wait_until(katherine.server_is_running, 60, "the hub has found katherine's server")
        hub.run("systemctl", "restart", "docker.service")
        wait_until(lambda: set(nodes(hub).values()) == {"ready active"}, 60, "both workers are back")

    kernel_goes_on(come("octocat"), kill)
    assert "jupyter-lost" not in services(hub)
    katherine.sign_out()
    wait_until(lambda: "jupyter-katherine" not in services(hub), 60, "a server that was found again can be stopped")


@dataclass(frozen=True, slots=True)
class Cut:
    """What runs a cell on a worker that is out of reach, what ends that after its time, and what ends the kernel."""

    run: Callable[[str], str]
    plugs_in: Timer
    kernel: ExitStack


@pytest.fixture(scope="module")
def cut(machine: LabWorker, come: Come) -> Iterator[Cut]:
    """The first worker is out of reach from now on; the next test does not need it, and uses the time."""
    for name in ("ada", "katherine"):
        come(name).sign_out()
    with ExitStack() as kernel:
        run = kernel.enter_context(come("octocat").kernel())
        run("answer = 42")
        plugs_in = Timer(CUT_SECONDS, machine.cut_off, kwargs={"off": False})
        machine.cut_off()
        plugs_in.start()
        try:
            yield Cut(run, plugs_in, kernel)
        finally:
            plugs_in.join()


@pytest.mark.usefixtures("cut")
def test_an_old_token_lets_nobody_in(lab: MachineLab, hub: ContainerMachine, second: LabWorker) -> None:
    await_ready(hub, second)
    token = "docker swarm join-token --quiet worker"
    old = hub.run(*token.split()).strip()
    hub.run("systemctl", "restart", "pophub-install")
    # the installation has started it; it would end a worker that leaves the swarm
    hub.run("systemctl", "stop", "pophub-workers.service")
    current = told_to_workers(lab)
    assert current == {"token": hub.run(*token.split()).strip(), "manager": f"{HUB_PRIVATE_ADDRESS}:2377"}
    second.run("docker", "swarm", "leave")
    hub.run("docker", "node", "rm", "--force", second.name)
    lab.write_parameters({"worker-token": json.dumps(current | {"token": old})}, kind="SecureString")
    refused = installed(second)
    assert "step 5 of 5 (worker_join) failed: the hub's swarm does not take this worker: " in refused
    assert "A valid join token is necessary" in refused
    lab.write_parameters({"worker-token": json.dumps(current)}, kind="SecureString")
    second.run("systemctl", "restart", "pophub-install")
    await_ready(hub, second)


def installed(worker: LabWorker) -> str:
    """What a worker's own journal says of an installation that fails."""
    since = worker.run("date", "+@%s").strip()
    worker.run("systemctl", "restart", "pophub-install", check=False)
    return worker.run("journalctl", "--output", "cat", "--unit", "pophub-install", "--since", since)


def test_a_kernel_outlives_a_cut_of_its_worker(come: Come, cut: Cut) -> None:
    cut.plugs_in.join()
    wait_until(come("octocat").server_is_running, 60, "the server answers")
    assert cut.run("print(answer)") == "42"
    cut.kernel.close()


def test_after_a_long_cut_a_server_starts_elsewhere_and_the_old_one_ends(
    hub: ContainerMachine, machine: LabWorker, second: LabWorker, come: Come
) -> None:
    """Five minutes take the same course with Swarm's own limit, three heartbeats of 30 s: docs/figures.md."""
    await_ready(hub, second)
    octocat, heartbeat = come("octocat"), ("docker", "swarm", "update", "--dispatcher-heartbeat")
    octocat.write_file("saved.txt", "before\n")
    cut = next(it for it in (machine, second) if it.name == place_of(hub, "octocat"))
    hub.run(*heartbeat, "2s")
    # workers learn it with their next heartbeat, which comes up to 30 s later, or when they sign in at the manager anew
    hub.run("systemctl", "restart", "docker.service")
    wait_until(lambda: set(nodes(hub).values()) == {"ready active"}, 60, "both workers are back")
    cut.cut_off()
    try:
        wait_until(lambda: task_of(hub, "octocat").get("DesiredState") != "running", 120, "Swarm gives the worker up")
        # who opens the hub's page need not wait until the hub looks by itself
        octocat.get("/hub/home")
        hub_notices(hub, octocat)
        octocat.start_server()
        assert place_of(hub, "octocat") not in ("", cut.name)
        assert octocat.read_file("saved.txt") == "before\n"
        octocat.write_file("saved.txt", "after\n")
    finally:
        cut.cut_off(off=False)
        hub.run(*heartbeat, "30s")
    wait_until(lambda: nodes(hub)[cut.name] == "ready active", 60, "the worker is back")
    wait_until(lambda: not ask(cut, "containers/json", name="^/jupyter-octocat"), 60, "the old server has ended")
    assert octocat.read_file("saved.txt") == "after\n"
    assert services(hub).count("jupyter-octocat") == 1


def hub_notices(hub: ContainerMachine, person: FakeParticipant) -> None:
    """Wait until the hub knows that a server has ended; to ask the hub all the time would take it more than all else."""
    wait_until(lambda: f"jupyter-{person.name}" not in services(hub), 120, "the hub has removed what was left")
    wait_until(
        lambda: not person.ask_api("GET", f"users/{person.name}").json()["servers"], 60, "the hub has noticed it"
    )


def test_a_server_whose_worker_is_gone_starts_on_another_one(
    lab: MachineLab, hub: ContainerMachine, machine: LabWorker, second: LabWorker, come: Come
) -> None:
    await_ready(hub, second)
    octocat = come("octocat")
    octocat.sign_out()
    octocat.sign_in()
    hub.run("docker", "node", "update", "--availability", "pause", second.name)
    octocat.start_server()
    hub.run("docker", "node", "update", "--availability", "active", second.name)
    octocat.write_file("saved.txt", "before\n")
    machine.stop()
    # what the hub does when EC2 says that an instance is gone
    lab.group.end(machine.name)
    hub.run("docker", "node", "rm", "--force", machine.name)
    hub_notices(hub, octocat)
    octocat.start_server()
    assert (place_of(hub, "octocat"), octocat.read_file("saved.txt")) == (second.name, "before\n")
    assert second.run("docker", "image", "inspect", "--format", "{{.Os}}", SWARM_IMAGE) == "linux\n"


def known(hub: ContainerMachine) -> dict[str, Any]:
    """What the hub knows of its workers, each by its id; empty before its first look."""
    file = hub.root / f"{RUN_FOLDER}/{WORKERS_FILE}".lstrip("/")
    return {it["id"]: it for it in json.loads(file.read_text())["workers"]} if file.exists() else {}


def test_the_hub_looks_after_its_workers(lab: MachineLab, hub: ContainerMachine, second: LabWorker, come: Come) -> None:
    """With real engines and the lab's Auto Scaling."""
    octocat = come("octocat")
    octocat.start_server()
    hub.run("systemctl", "start", "pophub-workers.service")
    name = place_of(hub, "octocat")
    there = [it for it in services(hub) if place_of(hub, it.removeprefix("jupyter-")) == name]
    wait_until(lambda: known(hub).get(name, {}).get("servers") == len(there), 60, "the hub has counted the servers")
    worker = known(hub)[name]
    assert (worker["market"], worker["state"]) == ("on-demand", "ready")
    # of several workers that are not full, one takes servers
    assert "active" in {it["availability"] for it in known(hub).values()}
    assert second.name in lab.group.instances


def metered(hub: ContainerMachine) -> list[dict[str, Any]]:
    """The meter's records after another look of cost-watch."""
    hub.run("systemctl", "start", "pophub-watch.service")
    return [json.loads(line) for line in (hub.root / METER.lstrip("/")).read_text().splitlines()]


def told_to_workers(lab: MachineLab) -> dict[str, str]:
    """What a new worker reads in Parameter Store: the swarm's manager and the token."""
    store = lab.aws.client("ssm", lab.event.region)
    found = store.get_parameter(Name=worker_parameter(lab.event.name), WithDecryption=True)
    return dict(json.loads(found["Parameter"]["Value"]))


def test_a_new_machine_with_the_old_volume_ends_the_old_workers_and_nobodys_work_is_lost(
    lab: MachineLab, hub: ContainerMachine, workers: dict[str, LabWorker], come: Come
) -> None:
    """A home's quota belongs to its volume: tests/machine/test_home_volume.py."""
    octocat, old = come("octocat"), set(workers)
    host = workers[place_of(hub, "octocat")]
    octocat.write_file("saved.txt", "before\n")
    before, swarm, issued = metered(hub), told_to_workers(lab), hub.acme.issued
    # to pack its image would take it ten seconds of a processor
    hub.replace(replace(lab.instance, id="i-0fedcba9876543210"), baked=IMAGE_FOLDER)
    log.info("a new machine with the old volume was open after %.1f s", hub.await_open())
    # nobody signs in again, and nobody's server is there
    assert octocat.ask_api("GET", "users/octocat").json()["servers"] == {}
    octocat.request_server()
    wait_until(lambda: not old & set(lab.group.instances), 120, "the old workers are ended")
    # they still run, as instances do that shut down, and the new swarm knows nothing of them
    assert ask(host, "containers/json", name="^/jupyter-octocat") != []
    assert (nodes(hub), services(hub)) == ({}, ["jupyter-octocat"])
    for name in old:
        workers[name].stop()

    with words_noted(hub):
        [new] = wait_until(lambda: lab.group.instances, 120, "the hub has asked for a worker")
    third = workers[new] = lab.worker(hub, 2, launched=new)
    log.info("its first worker was ready after %.1f s", await_ready(hub, third))
    wait_until(octocat.server_is_running, 60, "the server answers")
    octocat.open_server()
    assert (place_of(hub, "octocat"), octocat.read_file("saved.txt")) == (third.name, "before\n")
    assert told_to_workers(lab)["token"] not in ("", swarm["token"])
    assert (set(nodes(hub)), hub.acme.issued) == ({third.name}, issued)
    wait_until(lambda: known(hub).get(third.name, {}).get("servers") == 1, 60, "the hub has counted the server")
    after = metered(hub)
    assert after[: len(before)] == before
    whose = ("kind", "user", "worker")
    assert {tuple(it.get(key) for key in whose) for it in after if it["boot"] == after[-1]["boot"]} >= {
        ("hub-start", None, None),
        ("server-start", "octocat", None),
        ("worker-start", None, third.name),
    }


def test_the_hub_ends_its_workers_before_it_goes_off(lab: MachineLab, hub: ContainerMachine, come: Come) -> None:
    hub.run("systemctl", "stop", "pophub-workers.service")
    ended = ("-B", "-m", "pophub.hub.workers", "end", "120")
    trust = "AWS_CA_BUNDLE=/etc/ssl/certs/ca-certificates.crt"
    hub.run("env", "--chdir", BUNDLE_FOLDER, trust, f"{WORKERS_ENVIRONMENT}/bin/python", *ended, seconds=150)
    assert lab.group.instances == []
    assert services(hub) == []
    # else the hub would send the end of a kernel to a server that is gone
    hub_notices(hub, come("octocat"))
