"""What a deploy or destroy uses outside of this program; a test passes another one as its command's context object."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from pophub.aws.client import Aws
    from pophub.organizer.deploy.terraform.app import TerraformApp
    from pophub.organizer.doctor.case import Case
    from pophub.organizer.doctor.finding import Finding
    from pophub.organizer.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Environment:
    """AWS, Terraform and its tools, the doctor's questions, and the wait for a hub."""

    aws: Callable[[], Aws]
    terraform: Callable[..., TerraformApp]
    require_tools: Callable[[], object]
    examine: Callable[[Case], list[Finding]]
    wait: Callable[..., Outcome]


def environment(context: typer.Context) -> Environment:
    """The environment that a command was given, or this computer's."""
    given = context.find_object(Environment)
    if given is not None:
        return given
    from pophub.aws.client import Aws
    from pophub.organizer.deploy import toolchain
    from pophub.organizer.deploy.terraform.app import TerraformApp
    from pophub.organizer.deploy.wait_for_hub import wait
    from pophub.organizer.doctor.examine import examine
    from pophub.organizer.paths import ROOT

    return Environment(Aws, partial(TerraformApp, ROOT), toolchain.check, examine, wait)
