"""A participant's server: prepare the home, then run jupyterhub-singleuser with a faster start.

Run as `python3 -s FOLDER …` in the participants' image, with any Python; it reads the POPHUB_* variables.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import content
import home
import memory
import usage
from patches import activity, fast_start, kernels


def main() -> None:
    """The content is fetched while the server's own modules are imported."""
    # remove our modules, so that an extension can import its own `home` or `work`
    ours = sys.path.pop(0)
    for name, module in list(sys.modules.items()):
        if name != "__main__" and (getattr(module, "__file__", None) or "").startswith(ours):
            del sys.modules[name]
    services = {usage.NAME: usage, memory.NAME: memory}
    sys.modules.update(services)
    here = Path.home()
    # files outside the home are lost, so start there, independent of the image's entrypoint and settings
    os.chdir(here)
    if not any(argument.startswith("--ServerApp.root_dir") for argument in sys.argv):
        os.environ.setdefault("JUPYTERHUB_ROOT_DIR", str(here))
    wanted = content.Content.wanted(os.environ, here)
    pulling = wanted.start() if wanted else None
    home.prepare(here, os.environ)
    serve = fast_start.singleuser()
    activity.count_only_work()
    memory.watch()
    kernels.offer_those_of_the_home()
    if wanted and pulling:
        wanted.wait_for_the_first_time(pulling)
    sys.argv[1:1] = [f"--ServerApp.extra_services={name}" for name in services]
    if folder := home.start_folder(here, os.environ):
        # before the other arguments, so that those of the organizer or JupyterHub win
        sys.argv.insert(1, f"--ServerApp.preferred_dir={folder}")
    # after all imports: the server's own programs must come from the image and not from the home
    os.environ.update(home.variables(here, os.environ))
    serve()


if __name__ == "__main__":
    main()
