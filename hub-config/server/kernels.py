"""The kernels that people install in their home, which a server that reads nothing else of the home does not see.

A kernel is a program that its owner starts, as a terminal is; settings and extensions would run within the server.
https://github.com/jupyterhub/jupyterhub/issues/4940
"""

from __future__ import annotations

from pathlib import Path


def offer_those_of_the_home() -> None:
    """For the server of this process, whatever class finds its kernels, in Jupyter's own order.

    Before the server starts: then JupyterHub takes the home out of Jupyter's paths.
    """
    try:
        from jupyter_client import kernelspec  # noqa: PLC0415  # type: ignore[import-not-found]
    except ImportError:
        return
    folders = kernelspec.jupyter_path()
    kernelspec.jupyter_path = lambda *parts: [str(Path(folder, *parts)) for folder in folders]
