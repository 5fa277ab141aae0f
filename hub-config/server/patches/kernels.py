"""Offer the kernels that people install in their home, although the server reads nothing else from there.

A kernel is a program that its owner starts, like a terminal; settings and extensions would run inside the server.

https://github.com/jupyterhub/jupyterhub/issues/4940
"""

from __future__ import annotations

from pathlib import Path


def offer_those_of_the_home() -> None:
    """Keep the home in the server's list of kernel folders, in Jupyter's own order.

    This must run before the server starts, because JupyterHub then removes the home from Jupyter's paths.
    """
    try:
        from jupyter_client import kernelspec  # noqa: PLC0415  # type: ignore[import-not-found]
    except ImportError:
        return
    folders = kernelspec.jupyter_path()
    kernelspec.jupyter_path = lambda *parts: [str(Path(folder, *parts)) for folder in folders]
