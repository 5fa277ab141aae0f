"""The sizes of servers on the spawn page, and what each size is guaranteed when the machine is full."""

from __future__ import annotations

import html
from typing import Any

from tornado.web import HTTPError
from traitlets.config import Config

from pophub.core.contract import STANDARD_SIZE
from sections.event import Event, gibibytes

# Docker's weight of one CPU: https://docs.docker.com/engine/containers/resource_constraints/
CPU_SHARES = 1024
# the weight of a server without a guarantee, if other servers have one
LEAST_CPUS = 0.1

Size = dict[str, Any]


def choices(c: Config, event: Event) -> None:
    """The sizes on offer. Without any, there is no form and a server starts at once."""
    standard, *offered = sizes(event)
    for trait, value in limits(standard).items():
        c.Spawner[trait] = value
    weighed = any("cpu_guarantee" in size for size in (standard, *offered))
    settings = c.DockerSpawner.extra_host_config
    c.DockerSpawner.extra_host_config = lambda spawner: {**settings(spawner), **reserved(spawner, weighed=weighed)}
    if not offered:
        return
    by_name = {size["name"]: size for size in (*offered, standard)}

    def apply_size(spawner: Any, options: dict[str, Any]) -> None:
        name = options.get("size") or STANDARD_SIZE
        size = by_name.get(name) if isinstance(name, str) else None
        if size is None:
            raise HTTPError(400, "There is no server size of this name; choose one from the list.")
        for trait, value in limits(size).items():
            setattr(spawner, trait, value)

    c.Spawner.options_form = size_form([standard, *offered])
    c.Spawner.options_from_form = lambda form: {"size": form.get("size", [""])[0]}
    c.Spawner.apply_user_options = apply_size


def sizes(event: Event) -> list[Size]:
    """The sizes; the event's own size comes first."""
    return [event["server"] | {"name": STANDARD_SIZE}, *event["server"]["choices"]]


def limits(size: Size) -> dict[str, Any]:
    """A size as the spawner's traits; None means no guarantee."""
    guarantee = size.get("memory_guarantee_gib")
    return {
        "mem_limit": gibibytes(size["memory_gib"]),
        "cpu_limit": size["cpus"],
        "mem_guarantee": None if guarantee is None else gibibytes(guarantee),
        "cpu_guarantee": size.get("cpu_guarantee"),
    }


def reserved(spawner: Any, *, weighed: bool) -> dict[str, int]:
    """A spawner's guarantees as Docker's options; DockerSpawner 14 does not set them."""
    memory = {"mem_reservation": int(spawner.mem_guarantee)} if spawner.mem_guarantee else {}
    # a weight has an effect only if other containers have weights too
    cpus = {"cpu_shares": int(max(spawner.cpu_guarantee or 0, LEAST_CPUS) * CPU_SHARES)} if weighed else {}
    return {**memory, **cpus}


def size_form(offered: list[Size]) -> str:
    """The list of sizes on the spawn page."""
    options = "".join(
        f'<option value="{html.escape(size["name"])}">{html.escape(size["name"])}: {described(size)}</option>'
        for size in offered
    )
    label = '<label for="size">Size of your server</label>'
    hint = f"Not sure? Take {STANDARD_SIZE}. You can choose again whenever your server starts."
    select = f'<select class="form-select" id="size" name="size" aria-describedby="size_help">{options}</select>'
    return f'{label}{select}<p class="form-text" id="size_help">{hint}</p>'


def described(size: Size) -> str:
    """A size as text."""
    assured = {"GiB": size.get("memory_guarantee_gib"), "CPUs": size.get("cpu_guarantee")}
    words = " and ".join(f"{amount:g} {unit}" for unit, amount in assured.items() if amount is not None)
    return f"{size['memory_gib']:g} GiB of memory, {size['cpus']:g} CPUs" + (f"; at least {words}" if words else "")
