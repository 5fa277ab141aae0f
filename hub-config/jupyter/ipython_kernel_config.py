"""Kernels on a worker: no history in a file, because SQLite over NFS stops a kernel for seconds, or for good.

https://ipython.readthedocs.io/en/stable/config/options/kernel.html
"""

c = get_config()  # type: ignore[name-defined]  # noqa: F821
c.HistoryManager.hist_file = ":memory:"
