"""A command has this computer's environment, or the one it was given."""

from __future__ import annotations

from functools import partial

import pytest
import typer
from typer.testing import CliRunner

from pophub.aws.client import Aws
from pophub.organizer.cli.environment import Environment, environment
from pophub.organizer.deploy.terraform.app import TerraformApp
from pophub.organizer.paths import ROOT


def test_a_command_has_this_checkout_and_computer_unless_another_environment_is_given() -> None:
    app, found = typer.Typer(), list[Environment]()

    @app.command()
    def look(context: typer.Context) -> None:
        found.append(environment(context))

    given = Environment(Aws, TerraformApp, lambda: None, lambda case: [], wait=pytest.fail)
    for obj in (None, given):
        CliRunner().invoke(app, obj=obj, catch_exceptions=False)

    mine = found[0].terraform
    assert isinstance(mine, partial)
    assert (found[0].aws, mine.func, mine.args) == (Aws, TerraformApp, (ROOT,))
    assert found[1] is given
