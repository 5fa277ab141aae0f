"""What JupyterHub is told, read from the event.json beside this file; it holds no secret and knows no cloud.

Copied byte for byte to the hub. A section only sets, it never appends. What an organizer wants otherwise goes into
config.d/*.py beside this file: read last, in the order of the names, with `c` and `event` at hand.
"""

from __future__ import annotations

import html
import json
import os
import runpy
import sys
from datetime import date
from pathlib import Path
from typing import Any

from oauthenticator.github import GitHubOAuthenticator  # type: ignore[import-untyped]
from tornado.web import HTTPError
from traitlets.config import Config

Event = dict[str, Any]

HERE = Path(__file__).resolve().parent
STATE = Path("/srv/pophub")
HOMES = Path("/srv/home")
# what every server reads at its start, at the same place inside and outside of its container
JUPYTER = str(HERE / "jupyter")
# the Docker network that cloud-init/install-hub.sh makes, and the machine's own address on it
NETWORK, HUB_ADDRESS = "pophub", "172.29.0.1"
# `jovyan` and `users` in every image of https://jupyter-docker-stacks.readthedocs.io
IMAGE_UID, IMAGE_GID = 1000, 100
# how often a server says when it was last used
ACTIVITY_SECONDS = 60


def hub(c: Config, event: Event) -> None:
    """Where the hub listens and what it remembers."""
    c.JupyterHub.hub_ip = HUB_ADDRESS
    c.JupyterHub.hub_port = 8081
    c.JupyterHub.public_url = event["url"]
    c.JupyterHub.db_url = f"sqlite:///{STATE}/jupyterhub.sqlite"
    c.JupyterHub.cookie_secret_file = f"{STATE}/cookie_secret"
    c.JupyterHub.authenticate_prometheus = True
    # servers outlive a restart of the hub
    c.JupyterHub.cleanup_servers = False
    c.JupyterHub.shutdown_on_logout = True


def proxy(c: Config, event: Event) -> None:
    """The proxy is a service of its own; both read CONFIGPROXY_AUTH_TOKEN from the environment."""
    c.JupyterHub.bind_url = "http://127.0.0.1:8000"
    c.ConfigurableHTTPProxy.should_start = False
    c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:8001"


def pages(c: Config, event: Event) -> None:
    """Our pages over JupyterHub's own, with the event at hand."""
    c.JupyterHub.template_paths = [str(HERE / "templates")]
    ends = date.fromisoformat(event["ends"])
    c.JupyterHub.template_vars = {"event": event, "last_day": f"{ends.day} {ends:%B %Y}"}
    # the waiting page comes at once, not after ten seconds of a blank one
    c.JupyterHub.tornado_settings = {"slow_spawn_timeout": 0}


class NotAdmitted(HTTPError):
    """Signed in at GitHub, but not one of the event's people; not_admitted.html says what the account can do."""

    def __init__(self, account: str, github: GitHubOAuthenticator) -> None:
        super().__init__(403, "GitHub user %s is in none of the organizations and teams of this event", account)
        self.account = account
        self.github_url, self.client_id = github.github_url, github.client_id
        self.organizations = sorted({entry.partition(":")[0] for entry in github.allowed_organizations})


class EventGitHub(GitHubOAuthenticator):  # type: ignore[misc]
    """Sign-in with GitHub that remembers whom it refuses."""

    async def check_allowed(self, username: str, auth_model: dict[str, Any] | None) -> bool:
        if await super().check_allowed(username, auth_model):
            return True
        raise NotAdmitted(username, self)


def login(c: Config, event: Event) -> None:
    """Who may sign in. Client id and secret are read from the environment by the class itself."""
    for kind, settings in event["login"].items():
        if kind != "github":
            sys.exit(f"event.json: this hub can sign people in with `login: github` only, not yet with {kind!r}")
        c.JupyterHub.authenticator_class = EventGitHub
        c.GitHubOAuthenticator.oauth_callback_url = f"{event['url']}/hub/oauth_callback"
        c.GitHubOAuthenticator.allowed_organizations = set(settings["allow"])
        # without it GitHub shows public memberships only
        c.GitHubOAuthenticator.scope = ["read:org"]
        c.GitHubOAuthenticator.admin_users = set(settings["admins"])


def servers(c: Config, event: Event) -> None:
    """What every participant's server is, wherever it runs."""
    server, idle = event["server"], event["idle"]
    c.Spawner.mem_limit = gibibytes(server["memory_gib"])
    c.Spawner.cpu_limit = server["cpus"]
    c.Spawner.default_url = server["default_url"]
    c.Spawner.environment = {
        **server["environment"],
        "JUPYTERHUB_ACTIVITY_INTERVAL": str(ACTIVITY_SECONDS),
        "JUPYTER_CONFIG_PATH": JUPYTER,
    }
    # nobody's server runs what somebody managed to write into its home
    c.Spawner.disable_user_config = True
    # with everybody arriving at once the last one waits some minutes
    c.Spawner.start_timeout = 600
    c.Spawner.http_timeout = 300
    c.Spawner.args = [
        f"--MappingKernelManager.cull_idle_timeout={idle['kernel_minutes'] * 60}",
        "--MappingKernelManager.cull_interval=60",
        # a tab left open is nobody working; a cell that runs is never culled
        "--MappingKernelManager.cull_connected=True",
    ]


def containers(c: Config, event: Event) -> None:
    """Each server in a container that can reach its home, the hub and the internet, and can raise no privilege."""
    c.JupyterHub.spawner_class = "dockerspawner.DockerSpawner"
    c.DockerSpawner.image = event["server"]["image"]
    c.DockerSpawner.cmd = ["jupyterhub-singleuser"]
    c.DockerSpawner.network_name = NETWORK
    c.DockerSpawner.use_internal_ip = True
    c.DockerSpawner.remove = True
    c.DockerSpawner.volumes = {f"{HOMES}/{{username}}": "/home/jovyan"}
    c.DockerSpawner.read_only_volumes = {JUPYTER: JUPYTER}
    c.DockerSpawner.pre_spawn_hook = make_home
    c.DockerSpawner.extra_host_config = {
        "security_opt": ["no-new-privileges"],
        "cap_drop": ["ALL"],
        "pids_limit": 1024,
        # what a server prints must not fill the disk
        "log_config": {"type": "json-file", "config": {"max-size": "1m", "max-file": "2"}},
    }


def make_home(spawner: Any) -> None:
    """Docker would make a missing home as root's; its parent is never made: that is the volume's mount point."""
    for home in [Path(source) for source, mount in spawner.volume_binds.items() if mount["mode"] == "rw"]:
        home.mkdir(mode=0o700, exist_ok=True)
        if os.geteuid() == 0:
            os.chown(home, IMAGE_UID, IMAGE_GID)


def choices(c: Config, event: Event) -> None:
    """The sizes on offer; without any there is no form and a server starts at once."""
    offered = event["server"]["choices"]
    if not offered:
        return
    sizes = {choice["name"]: choice for choice in offered}
    standard = {"name": "standard"} | {key: event["server"][key] for key in ("memory_gib", "cpus")}

    def apply_size(spawner: Any, options: dict[str, Any]) -> None:
        name = options.get("size") or standard["name"]
        size = sizes.get(name) if isinstance(name, str) else None
        if size is None and name != standard["name"]:
            raise HTTPError(400, "There is no server size of this name; choose one of the list.")
        size = size or standard
        spawner.mem_limit, spawner.cpu_limit = gibibytes(size["memory_gib"]), size["cpus"]

    c.Spawner.options_form = size_form([standard, *offered])
    c.Spawner.options_from_form = lambda form: {"size": form.get("size", [""])[0]}
    c.Spawner.apply_user_options = apply_size


def size_form(sizes: list[dict[str, Any]]) -> str:
    """The spawn page's list of sizes."""
    options = "".join(
        f'<option value="{html.escape(size["name"])}">'
        f"{html.escape(size['name'])}: {size['memory_gib']:g} GiB of memory, {size['cpus']:g} CPUs</option>"
        for size in sizes
    )
    label = '<label for="size">Size of your server</label>'
    return f'{label}<select class="form-select" id="size" name="size">{options}</select>'


def crowd(c: Config, event: Event) -> None:
    """Nobody is turned away for arriving at nine sharp; a server more than the people there are is."""
    people = event["participants"] + sum(len(way.get("admins", ())) for way in event["login"].values())
    c.JupyterHub.concurrent_spawn_limit = people
    c.JupyterHub.active_server_limit = people


def culling(c: Config, event: Event) -> None:
    """Stops a server that its participant has left."""
    # the proxy counts a forgotten tab's pings as work, so only what the servers say themselves counts
    # https://jupyterhub.readthedocs.io/en/6.1.0/explanation/idle.html
    c.JupyterHub.last_activity_interval = 0
    timeout = event["idle"]["server_minutes"] * 60
    command = [sys.executable, "-m", "jupyterhub_idle_culler", f"--timeout={timeout}", "--cull-every=60"]
    c.JupyterHub.services = [{"name": "idle-culler", "command": command}]
    c.JupyterHub.load_roles = [
        {
            "name": "idle-culler",
            "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
            "services": ["idle-culler"],
        }
    ]


def gibibytes(amount: float) -> int:
    """GiB in bytes."""
    return int(amount * 1024**3)


def escape_hatch(c: Config, event: Event) -> None:
    """The organizer's own settings have the last word."""
    for path in sorted((HERE / "config.d").glob("*.py")):
        runpy.run_path(str(path), init_globals={"c": c, "get_config": lambda: c, "event": event})


def configure(c: Config, event: Event) -> None:
    """Every section, then the escape hatch."""
    for section in (hub, proxy, pages, login, servers, containers, choices, crowd, culling, escape_hatch):
        section(c, event)


configure(get_config(), json.loads((HERE / "event.json").read_text()))  # type: ignore[name-defined]  # noqa: F821
