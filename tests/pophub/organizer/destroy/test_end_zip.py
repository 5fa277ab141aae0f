"""What an organizer keeps: everything there is, and no file for what there is not."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

from pophub.aws.client import Aws
from pophub.core.cost.report import Report
from pophub.hub.archive.history import History, from_json
from pophub.organizer.cost.cost_report import so_far
from pophub.organizer.destroy.end_zip import contents, zipped
from tests.pophub.core.cost.finished import EVENT, GONE, METER

FILE = ("geo.yaml", b"title: Geo\n")


@pytest.fixture(scope="module")
def cost() -> Report:
    return so_far(str(EVENT), Aws(), [METER], now=GONE, ask=False, names=False, gone=GONE)


def test_pages_costs_status_and_the_events_file_are_in_it(cost: Report) -> None:
    history = History("t", culls=3)
    files = contents("# Geo", cost, archive={"complete": True}, history=history, event_file=FILE)

    assert set(files) == {
        *("retrospective.md", "retrospective.html", "costs.html", "costs.csv", "archive.json", "history.json"),
        "geo.yaml",
    }
    assert files["geo.yaml"] == FILE[1]
    assert b"<h1>Geo</h1>" in files["retrospective.html"]
    assert files["costs.csv"].startswith(b"table,what,amount")
    assert json.loads(files["archive.json"]) == {"complete": True}
    assert from_json(json.loads(files["history.json"])) == history


def test_there_is_no_file_of_what_is_not_known() -> None:
    files = contents("# Geo", "no meter in the bucket", archive={}, history=None, event_file=FILE)

    assert set(files) == {"retrospective.md", "retrospective.html", "archive.json", "geo.yaml"}


def test_it_is_one_folder_and_equal_bytes_for_equal_files() -> None:
    made = zipped("geo-end", {"b": b"2", "a": b"1"}, GONE)
    with zipfile.ZipFile(io.BytesIO(made)) as end_zip:
        assert end_zip.namelist() == ["geo-end/a", "geo-end/b"]
        assert end_zip.read("geo-end/b") == b"2"

    assert zipped("geo-end", {"a": b"1", "b": b"2"}, GONE) == made
