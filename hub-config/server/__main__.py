"""A participant's server: its home gets what the event brings, then it is jupyterhub-singleuser, sooner than by itself.

Run as `python3 -s FOLDER …` inside of the participants' image, whatever its Python is; it reads POPHUB_* variables.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import activity
import content
import home
import kernels
import lean
import memory


def main() -> None:
    """The content comes while the server's own modules are read."""
    # an extension's own `home` or `work` is not ours
    ours = sys.path.pop(0)
    for name, module in list(sys.modules.items()):
        if name != "__main__" and (getattr(module, "__file__", None) or "").startswith(ours):
            del sys.modules[name]
    here = Path.home()
    # what people write elsewhere is lost, whatever an image's entrypoint or its settings say
    os.chdir(here)
    if not any(argument.startswith("--ServerApp.root_dir") for argument in sys.argv):
        os.environ.setdefault("JUPYTERHUB_ROOT_DIR", str(here))
    wanted = content.Content.wanted(os.environ, here)
    pulling = wanted.start() if wanted else None
    home.prepare(here, os.environ)
    serve = lean.singleuser()
    activity.count_only_work()
    memory.watch()
    kernels.offer_those_of_the_home()
    if wanted and pulling:
        wanted.wait_for_the_first_time(pulling)
    if folder := home.start_folder(here, os.environ):
        # before what the organizer or JupyterHub says
        sys.argv.insert(1, f"--ServerApp.preferred_dir={folder}")
    # after all that the image has: the server's own programs come from nowhere else
    os.environ.update(home.places(here, os.environ))
    serve()


if __name__ == "__main__":
    main()
