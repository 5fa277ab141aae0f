"""The stacks: with main.py the only code that imports cdktf. Importing this package makes the AWS bindings light.

The bindings' own `__init__` imports all of its 2,100 services, 28 of 30 seconds of every synth. We import the
few modules that we name, so the package is entered without running that file: its path and its jsii assembly
are all that the modules need.
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
