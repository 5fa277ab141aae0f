"""The settings of every participant's server, and of the container that it runs in."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from traitlets.config import Config

from pophub.core.contract import SERVER_HOME, SERVER_IMAGE, SERVER_NETWORK, SHARED_FOLDER
from sections.containers import Container
from sections.event import HERE, HOMES, Event, gibibytes
from sections.homes import make_home
from sections.roles import is_helper

# folders that every server reads when it starts; they have the same path inside and outside its container
JUPYTER, SERVER, WELCOME = (str(HERE / name) for name in ("jupyter", "server", "welcome"))
# the machine's folder of shared data, which also has the same path inside
DATA = SHARED_FOLDER
# how often a server reports its last activity
ACTIVITY_SECONDS = 60
# servers cannot reach the metadata service, and an SDK that looks for it delays the first use of a bucket:
# https://docs.aws.amazon.com/sdkref/latest/guide/feature-imds-credentials.html
# https://googleapis.dev/python/google-auth/latest/reference/google.auth.environment_vars.html
NO_METADATA = {"AWS_EC2_METADATA_DISABLED": "true", "NO_GCE_CHECK": "true"}
# these programs would count the machine's processors and not their container's; the variables set their number of
# threads:
# OpenMP, OpenBLAS, MKL, numexpr and PyTorch; Python's os.cpu_count from 3.13 on; R's parallel; Numba; Julia
# https://docs.python.org/3/using/cmdline.html#envvar-PYTHON_CPU_COUNT
# https://stat.ethz.ch/R-manual/R-devel/library/parallel/html/mclapply.html
# https://numba.readthedocs.io/en/stable/reference/envvars.html#threading-control
# https://docs.julialang.org/en/v1/manual/environment-variables/#JULIA_CPU_THREADS
THREADS = ("OMP_NUM_THREADS", "PYTHON_CPU_COUNT", "MC_CORES", "NUMBA_NUM_THREADS", "JULIA_CPU_THREADS")


def servers(c: Config, event: Event) -> None:
    """The settings of every participant's server, independent of where it runs."""
    server, idle = event["server"], event["idle"]
    c.Spawner.mem_limit = gibibytes(server["memory_gib"])
    c.Spawner.cpu_limit = server["cpus"]
    c.Spawner.default_url = server["default_url"]
    c.Spawner.environment = {
        **NO_METADATA,
        **dict.fromkeys(THREADS, processors),
        **server["environment"],
        **brought(server),
        "JUPYTERHUB_ACTIVITY_INTERVAL": str(ACTIVITY_SECONDS),
        "JUPYTER_CONFIG_PATH": JUPYTER,
        # outside the home, so that a server can start when its home is full
        "JUPYTER_RUNTIME_DIR": "/tmp/jupyter-runtime",  # noqa: S108 - of the container
    }
    # a server never runs configuration from its home, which another program could have written there
    c.Spawner.disable_user_config = True
    # when everybody arrives at once, the last server waits some minutes
    c.Spawner.start_timeout = 600
    c.Spawner.http_timeout = 300
    c.Spawner.args = arguments(
        [
            # 0: never
            f"--MappingKernelManager.cull_idle_timeout={idle.get('kernel_minutes', 0) * 60}",
            "--MappingKernelManager.cull_interval=60",
            # an open tab is not work; a running cell is never culled
            "--MappingKernelManager.cull_connected=True",
            f"--LabServerApp.extra_labextensions_path={JUPYTER}/labextensions",
        ],
        server["arguments"],
    )


def processors(spawner: Any) -> str:
    """The number of threads that a server of this size can run at once."""
    return str(math.ceil(spawner.cpu_limit))


def arguments(ours: list[str], events: list[str]) -> list[str]:
    """The event's arguments, and those of ours that the event does not set: a server does not start with both."""
    given = {argument.partition("=")[0] for argument in events}
    return [*(argument for argument in ours if argument.partition("=")[0] not in given), *events]


def brought(server: dict[str, Any]) -> dict[str, str]:
    """Variables for hub-config/server/: what it puts into a home."""
    wanted = {"CONTENT": "content", "CONTENT_BRANCH": "content_branch", "START_FOLDER": "start_folder"}
    variables = {f"POPHUB_{name}": str(server[key]) for name, key in wanted.items() if key in server}
    return {**variables, "POPHUB_WELCOME": WELCOME, "POPHUB_DATA": DATA}


def containers(c: Config, event: Event) -> None:
    """Each server runs in a container that can reach its home, the hub and the internet and cannot gain privileges."""
    c.JupyterHub.spawner_class = Container
    c.DockerSpawner.image = SERVER_IMAGE
    # the image is built on this machine, so there is nothing to pull
    c.DockerSpawner.pull_policy = "skip"
    c.DockerSpawner.cmd = ["python3", "-s", SERVER]
    c.DockerSpawner.network_name = SERVER_NETWORK
    c.DockerSpawner.use_internal_ip = True
    c.DockerSpawner.remove = True
    c.DockerSpawner.volumes = {f"{HOMES}/{{username}}": SERVER_HOME}
    c.DockerSpawner.read_only_volumes = {place: place for place in (JUPYTER, SERVER, WELCOME)}
    c.DockerSpawner.pre_spawn_hook = make_home
    c.DockerSpawner.extra_host_config = host_config


def host_config(spawner: Any) -> dict[str, Any]:
    """What a container may do; a helper's container may write to the shared folder."""
    # checked, because Docker would create a missing folder as root's
    data = {DATA: {"bind": DATA, "mode": "rw" if is_helper(spawner.user) else "ro"}} if Path(DATA).is_dir() else {}
    return {
        "security_opt": ["no-new-privileges"],
        "cap_drop": ["ALL"],
        "pids_limit": 1024,
        # Docker's default is 64 MB, which PyTorch's workers exceed; files there count as the server's memory
        "shm_size": int(spawner.mem_limit),
        # without an init, nobody in a container waits for processes that have lost their parent
        "init": True,
        # sections/containers.py removes the container after it has read why it ended
        "auto_remove": False,
        # a server's output must not fill the disk
        "log_config": {"type": "json-file", "config": {"max-size": "1m", "max-file": "2"}},
        "binds": data,
    }
