"""What every participant's server is, and the container that it runs in."""

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

# what every server reads at its start, at the same place inside and outside of its container
JUPYTER, SERVER, WELCOME = (str(HERE / name) for name in ("jupyter", "server", "welcome"))
# the machine's folder of data for everybody, at the same place too
DATA = SHARED_FOLDER
# how often a server says when it was last used
ACTIVITY_SECONDS = 60
# servers have no metadata service, and an SDK that looks for one delays the first use of a bucket:
# https://docs.aws.amazon.com/sdkref/latest/guide/feature-imds-credentials.html
# https://googleapis.dev/python/google-auth/latest/reference/google.auth.environment_vars.html
NO_METADATA = {"AWS_EC2_METADATA_DISABLED": "true", "NO_GCE_CHECK": "true"}
# programs that count the machine's processors instead of their container's; they start as many threads as this says:
# OpenMP, OpenBLAS, MKL, numexpr and PyTorch; Python's os.cpu_count from 3.13 on; R's parallel; Numba; Julia
# https://docs.python.org/3/using/cmdline.html#envvar-PYTHON_CPU_COUNT
# https://stat.ethz.ch/R-manual/R-devel/library/parallel/html/mclapply.html
# https://numba.readthedocs.io/en/stable/reference/envvars.html#threading-control
# https://docs.julialang.org/en/v1/manual/environment-variables/#JULIA_CPU_THREADS
THREADS = ("OMP_NUM_THREADS", "PYTHON_CPU_COUNT", "MC_CORES", "NUMBA_NUM_THREADS", "JULIA_CPU_THREADS")


def servers(c: Config, event: Event) -> None:
    """What every participant's server is, wherever it runs."""
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
        # a server starts also where its home is full
        "JUPYTER_RUNTIME_DIR": "/tmp/jupyter-runtime",  # noqa: S108 - of the container
    }
    # nobody's server runs what somebody managed to write into its home
    c.Spawner.disable_user_config = True
    # with everybody arriving at once the last one waits some minutes
    c.Spawner.start_timeout = 600
    c.Spawner.http_timeout = 300
    c.Spawner.args = arguments(
        [
            # 0: never
            f"--MappingKernelManager.cull_idle_timeout={idle.get('kernel_minutes', 0) * 60}",
            "--MappingKernelManager.cull_interval=60",
            # a tab left open is nobody working; a cell that runs is never culled
            "--MappingKernelManager.cull_connected=True",
            f"--LabServerApp.extra_labextensions_path={JUPYTER}/labextensions",
        ],
        server["arguments"],
    )


def processors(spawner: Any) -> str:
    """How many threads can run at once in a server of this size."""
    return str(math.ceil(spawner.cpu_limit))


def arguments(ours: list[str], events: list[str]) -> list[str]:
    """The event's arguments, and those of ours that it says nothing about: a server does not start with both."""
    said = {argument.partition("=")[0] for argument in events}
    return [*(argument for argument in ours if argument.partition("=")[0] not in said), *events]


def brought(server: dict[str, Any]) -> dict[str, str]:
    """What hub-config/server/ is told to put into a home."""
    wanted = {"CONTENT": "content", "CONTENT_BRANCH": "content_branch", "START_FOLDER": "start_folder"}
    told = {f"POPHUB_{name}": str(server[key]) for name, key in wanted.items() if key in server}
    return {**told, "POPHUB_WELCOME": WELCOME, "POPHUB_DATA": DATA}


def containers(c: Config, event: Event) -> None:
    """Each server in a container that can reach its home, the hub and the internet, and can raise no privilege."""
    c.JupyterHub.spawner_class = Container
    c.DockerSpawner.image = SERVER_IMAGE
    # it is made on this machine, so there is none to pull
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
    """What a container may do; a helper's may write what everybody reads."""
    # Docker would make a missing one as root's
    data = {DATA: {"bind": DATA, "mode": "rw" if is_helper(spawner.user) else "ro"}} if Path(DATA).is_dir() else {}
    return {
        "security_opt": ["no-new-privileges"],
        "cap_drop": ["ALL"],
        "pids_limit": 1024,
        # Docker gives every container 64 MB, which PyTorch's workers fill; what lies there counts as the server's memory
        "shm_size": int(spawner.mem_limit),
        # a process that has lost its parent is nobody's in a container without
        "init": True,
        # sections/containers.py removes it, once it has read why it ended
        "auto_remove": False,
        # what a server prints must not fill the disk
        "log_config": {"type": "json-file", "config": {"max-size": "1m", "max-file": "2"}},
        "binds": data,
    }
