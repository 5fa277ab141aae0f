"""Images as hackweeks have them, each made of the lab's on the machine itself: what a hub makes of them.

The last file of the folder: it leaves the machine with an image that no server can start from.
"""

from __future__ import annotations

import json

import pytest

from lab.fake_participant import FakeParticipant
from lab.machine.machine import LabMachine
from pophub.core.contract import BUNDLE_FOLDER, EVENT_FILE, HOMES_FOLDER, HUB_FOLDER, SERVER_HOME, SERVER_IMAGE
from pophub.core.errors import PophubError
from tests.cloud_init.one_machine.conftest import Visit

pytestmark = pytest.mark.machine
SETTINGS = f"{BUNDLE_FOLDER}/hub-config/{EVENT_FILE}"
IMAGE_FILE = f"{BUNDLE_FOLDER}/hub-config/image/requirements-server.txt"
INSTALL = "pophub-install"
IMAGE = "lab/peculiar:1"
# an environment that only the entrypoint knows, as OceanHackWeek's pixi image has it, and no pip in it; a folder that is
# not the home; the account and home of rocker's images, with a kernel that was installed by --user; what `conda run` takes;
# the health check of docker-stacks'; a shell for RUN as micromamba's; NVIDIA's settings of pip
PECULIAR = r"""
USER root
RUN printf '#!/bin/bash\nexport PATH=/opt/conda/bin:$PATH GREETING="it is"\ncd /srv\n' >/srv/activate.sh \
    && printf 'case "$*" in *"\n"*) exit 1 ;; esac\nexec "$@"\n' >>/srv/activate.sh \
    && /opt/conda/bin/python3 -m pip uninstall --quiet --yes pip \
    && sed -i 's|^jovyan:.*|rstudio:x:1000:1000::/home/rstudio:/bin/bash|' /etc/passwd \
    && mv /home/jovyan /home/rstudio && echo 'options(digits = 3)' >/home/rstudio/.Rprofile \
    && mkdir -p /home/rstudio/.local/share/jupyter/kernels/hackweek \
    && echo '{"argv": ["python3", "-m", "ipykernel_launcher", "-f", "{connection_file}"], "display_name": "Hackweek"}' \
        >/home/rstudio/.local/share/jupyter/kernels/hackweek/kernel.json \
    && mkdir -p /etc/jupyter && echo '{"ServerApp": {"root_dir": "/srv"}}' >/etc/jupyter/jupyter_server_config.json
ENV PATH=/usr/local/bin:/usr/bin:/bin HOME=/home/rstudio SHELL=/usr/bin/no-such-shell PIP_CONSTRAINT=/etc/no-such-list.txt
ENTRYPOINT ["/bin/bash", "/srv/activate.sh"]
HEALTHCHECK --interval=5s CMD true
SHELL ["/bin/false"]
"""
# as s6-overlay's: https://github.com/just-containers/s6-overlay
NEEDS_ROOT = r"""
SHELL ["/bin/sh", "-c"]
USER root
RUN printf '#!/bin/sh\nset -e\nmkdir /run/s6\nexec "$@"\n' >/init && chmod +x /init
USER 1000
ENTRYPOINT ["/init"]
"""


@pytest.fixture(scope="module")
def base(machine: LabMachine) -> str:
    """The event's own image."""
    return str(json.loads(machine.run("cat", SETTINGS))["server"]["image"])


@pytest.fixture(scope="module", autouse=True)
def outage(machine: LabMachine, base: str) -> None:
    """A new list of packages, of which one is nowhere to be had."""
    machine.run("cp", IMAGE_FILE, "/root/list.txt")
    machine.run("sh", "-c", f"echo 'no-such-package-of-anybody==1 --hash=sha256:{'0' * 64}' >>{IMAGE_FILE}")


def build(machine: LabMachine, name: str, lines: str, base: str) -> None:
    machine.run("sh", "-c", f"DOCKER_BUILDKIT=0 docker build --tag {name} - <<'END'\nFROM {base}\n{lines}\nEND")


def install(machine: LabMachine, image: str) -> None:
    settings = json.loads(machine.run("cat", SETTINGS))
    settings["server"]["image"] = image
    machine.run("python3", "-c", f"import sys; open('{SETTINGS}', 'w').write(sys.argv[1])", json.dumps(settings))
    machine.run("systemctl", "restart", INSTALL, seconds=300)


def labels(machine: LabMachine) -> str:
    return machine.run("docker", "image", "inspect", "--format", "{{.Config.Labels}}", SERVER_IMAGE)


def works(octocat: FakeParticipant) -> bool:
    octocat.sign_in()
    octocat.start_server()
    try:
        return octocat.execute("print(6 * 7)") == "42"
    finally:
        octocat.sign_out()


def test_a_whole_image_stays_where_a_new_one_cannot_be_completed(machine: LabMachine, visit: Visit) -> None:
    with pytest.raises(PophubError):
        machine.run("systemctl", "restart", INSTALL, seconds=300)
    # which would be tried again in the middle of the next test
    machine.run("systemctl", "stop", INSTALL)
    assert "cannot be completed, and the one before it stays: " in machine.journal(INSTALL)
    assert "pophub.made-of" in labels(machine)
    assert works(visit("octocat"))


def test_where_there_is_no_whole_one_an_image_is_used_as_it_is(machine: LabMachine, base: str, visit: Visit) -> None:
    build(machine, IMAGE, PECULIAR, base)
    machine.run("docker", "tag", IMAGE, SERVER_IMAGE)
    assert "pophub.made-of" not in labels(machine)
    install(machine, IMAGE)
    assert "is used as it is, because it could not be completed: " in machine.journal(INSTALL)
    assert "pophub.made-of:incomplete" in labels(machine)
    machine.run("systemctl", "is-active", "pophub-image-again.timer")
    # once more while that waits
    machine.run("systemctl", "restart", INSTALL, seconds=300)
    machine.run("systemctl", "stop", "pophub-image-again.timer")
    assert works(visit("octocat"))


def test_it_is_completed_later_in_the_environment_of_its_entrypoint_and_the_accounts_home_stays(
    machine: LabMachine, visit: Visit
) -> None:
    machine.run("cp", "/root/list.txt", IMAGE_FILE)
    machine.run("systemctl", "restart", INSTALL, seconds=300)
    assert "pophub.made-of" in labels(machine)
    assert "incomplete" not in labels(machine)
    octocat = visit("octocat")
    octocat.sign_in()
    octocat.start_server()

    with octocat.kernel() as run:
        assert run("import sys, nbgitpuller; print(sys.prefix)") == "/opt/conda"
        assert run("import os; print(os.environ['GREETING'], os.environ['SHELL'])") == "it is /bin/bash"
        assert run("from pathlib import Path; print(Path('~rstudio').expanduser())") == SERVER_HOME
        run("open('/home/rstudio/work.R', 'w').write('kept')")
        # which a new home gets
        assert run("print(open('/etc/skel/.Rprofile').read())").strip() == "options(digits = 3)"
    assert machine.run("cat", f"{HOMES_FOLDER}/octocat/work.R") == "kept"
    # what is opened and saved in JupyterLab is in the home, too
    assert "work.R" in [file["name"] for file in octocat._server("GET", "contents")["content"]]
    assert "hackweek" in octocat._server("GET", "kernelspecs")["kernelspecs"]
    assert "health" not in machine.run("docker", "ps", "--format", "{{.Status}}")


def test_a_server_that_ends_at_its_start_is_told_in_seconds_with_its_last_lines(
    machine: LabMachine, visit: Visit
) -> None:
    build(machine, SERVER_IMAGE, NEEDS_ROOT, SERVER_IMAGE)
    octocat = visit("octocat")
    octocat.sign_in()
    with pytest.raises(PophubError, match=r"ended while it started, with exit code 1.*mkdir: cannot create directory"):
        octocat.start_server(seconds=60)
    assert "Your server did not start" in octocat.get(f"/hub/user/{octocat.name}/").text
    events = [json.loads(line) for line in machine.run("cat", f"{HUB_FOLDER}/events.jsonl").splitlines()]
    assert (events[-1]["action"], events[-1]["username"]) == ("ended", "octocat")
    assert "mkdir: cannot create directory" in events[-1]["reason"]
    assert "mkdir: cannot create directory" in machine.journal("pophub-hub")
    assert "jupyter-octocat" not in machine.run("docker", "ps", "--all", "--format", "{{.Names}}")


def test_an_image_that_no_server_can_start_from_is_refused_with_what_is_in_the_way(
    machine: LabMachine, base: str
) -> None:
    build(machine, "lab/needs-root:1", NEEDS_ROOT, base)
    with pytest.raises(PophubError):
        install(machine, "lab/needs-root:1")
    assert (
        "people's servers cannot run from lab/needs-root:1: its ENTRYPOINT [\"/init\"] does not run a server's command "
        '(it should end with: exec "$@"): mkdir: cannot create directory' in machine.journal(INSTALL)
    )
