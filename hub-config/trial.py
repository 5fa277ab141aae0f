"""Start one server like a participant's and stop it once it answers: `trial.py JUPYTERHUB_CONFIG IMAGE`.

It uses the hub's own settings and spawner, with a temporary user, home and database. A running hub does the same in its own
process (sections/trial_at_hub.py); this program is for settings that the running hub does not have yet.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from jupyter_events import EventLogger
from jupyterhub import orm  # type: ignore[import-untyped]
from jupyterhub.app import JupyterHub  # type: ignore[import-untyped]
from jupyterhub.objects import Server  # type: ignore[import-untyped]
from jupyterhub.user import User  # type: ignore[import-untyped]

NAME = "pophub-trial"
ANSWER_SECONDS = 120


def main(config: Path, image: str) -> None:
    """Exits with the reason as text if the server does not answer."""
    app = JupyterHub()
    app.load_config_file(str(config))
    app.init_hub()
    try:
        asyncio.run(tried({"config": app.config, "hub": app.hub, "spawner_class": app.spawner_class}, image))
    except Exception as error:
        sys.exit(reason(error))


async def tried(settings: Mapping[str, Any], image: str) -> None:
    """Until it has stopped."""
    async with answering(settings, image):
        pass


def reason(error: Exception) -> str:
    """Why there is no server."""
    return getattr(error, "jupyterhub_message", "") or f"{type(error).__name__}: {error}"


@asynccontextmanager
async def answering(settings: Mapping[str, Any], image: str, folder: str | None = None) -> AsyncIterator[None]:
    """A server that answers the way JupyterHub asks; at the end it is stopped. Its home is in `folder`.

    `settings` are of the hub's application: config, hub, spawner_class.
    """
    # only now: the settings put its folder on the path
    from sections.homes import make_home  # noqa: PLC0415

    with tempfile.TemporaryDirectory(prefix=NAME, dir=folder) as home:
        server = spawner(settings, home, image)
        if has_accounts(server):
            os.chown(home, server.user_id, server.group_id)
        else:
            await make_home(server)
        address, port = await server.start()
        try:
            await wait_up(Server(ip=address, port=port, base_url=server.server.base_url))
            yield
        finally:
            if await server.poll() is None:
                await server.stop()


def spawner(of_hub: Mapping[str, Any], home: str, image: str) -> Any:
    """The spawner that the hub would make for a participant with this home."""
    # only now: the settings put its folder on the path
    from pophub.core.contract import FIRST_PERSON, SERVER_HOME  # noqa: PLC0415

    session = orm.new_session_factory("sqlite://")()
    person, place = orm.User(name=NAME), orm.Server(base_url=f"/user/{NAME}/")
    session.add_all([person, place])
    session.commit()
    settings = {
        "config": of_hub["config"],
        "hub": of_hub["hub"],
        "spawner_class": local(of_hub["spawner_class"]),
        "eventlog": EventLogger(),
    }
    made = User(person, settings).get_or_create_spawner("", "")
    made.server = Server(orm_server=place)
    made.api_token = secrets.token_hex()
    made.name_template = NAME
    made.image = image
    # the content would be fetched into a home that is deleted at once
    made.environment = {name: value for name, value in made.environment.items() if name != "POPHUB_CONTENT"}
    if has_accounts(made):
        made.user_id = made.group_id = FIRST_PERSON
        made.host_homedir_format_string = home
    else:
        made.volumes = {home: SERVER_HOME}
    return made


def local(kind: Any) -> Any:
    """The spawner's class; of an event with workers, which may not be there yet, one for this machine."""
    # only now: the settings put its folder on the path
    from sections.containers import Container  # noqa: PLC0415

    return Container if getattr(kind, "object_type", "") == "service" else kind


def has_accounts(server: Any) -> bool:
    """Whether participants are Unix accounts of the machine."""
    return hasattr(server, "host_homedir_format_string")


async def wait_up(place: Server) -> None:
    """Wait until it answers; in turns of a second, because JupyterHub's own wait looks ever more rarely."""
    for _ in range(ANSWER_SECONDS):
        with suppress(TimeoutError):
            await place.wait_up(http=True, timeout=1, extra_path="api")
            return
    raise TimeoutError(f"Server at {place.url}api didn't respond in {ANSWER_SECONDS} seconds")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
