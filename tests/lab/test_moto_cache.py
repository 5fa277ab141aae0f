"""What moto need not work out twice is as moto works it out."""

from __future__ import annotations

import inspect
import os

import pytest
from moto import backends
from moto.core import responses, utils
from moto.ssm.responses import SimpleSystemManagerResponse

from lab import moto_cache


def test_services_and_the_names_of_calls_are_moto_s_and_are_not_looked_for_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    services = list(backends.list_of_moto_modules())
    calls = list(responses.method_names_from_class(SimpleSystemManagerResponse))
    # what is patched goes back after the test
    monkeypatch.setattr(backends, "list_of_moto_modules", backends.list_of_moto_modules)
    monkeypatch.setattr(responses, "method_names_from_class", responses.method_names_from_class)
    monkeypatch.setattr(utils, "create_loader", utils.create_loader)
    places = utils.create_loader().search_paths

    moto_cache.remember()
    responses.method_names_from_class(SimpleSystemManagerResponse)
    monkeypatch.setattr(os, "listdir", None)
    monkeypatch.setattr(inspect, "getmembers", None)

    assert "ssm" in services
    assert list(backends.list_of_moto_modules()) == services
    assert "put_parameter" in calls
    assert responses.method_names_from_class(SimpleSystemManagerResponse) == calls
    assert utils.create_loader() is utils.create_loader()
    assert utils.create_loader().search_paths == places
