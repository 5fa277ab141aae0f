"""The folder for what the lab builds once: images, virtualenvs, its certificate authority. It is safe to delete.

All checkouts of a user share it: each image and virtualenv is named after the digest of what it was built from.
"""

from __future__ import annotations

import os
from pathlib import Path

# https://specifications.freedesktop.org/basedir-spec/latest/
SHARED_CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pophub"
