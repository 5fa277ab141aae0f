"""The stacks: only this package and main.py import cdktf. Importing it makes the AWS bindings fast to import.

The bindings' own `__init__` imports all of its 2,100 services; that takes 28 of the 30 seconds of a synth. We import
only the modules that we name. Python finds them if the package is in sys.modules without having run its `__init__`.
"""

from __future__ import annotations

import importlib.util
import sys

BINDINGS = "cdktf_cdktf_provider_aws"


def _enter_without_running_init(name: str) -> None:
    spec = importlib.util.find_spec(name)
    if spec is not None and name not in sys.modules:
        sys.modules[name] = importlib.util.module_from_spec(spec)


_enter_without_running_init(BINDINGS)
