"""What came of an end is told with what there is to keep of it."""

from __future__ import annotations

from pathlib import Path

from pophub.core.errors import ExitCode
from pophub.organizer.destroy.end_result import Ended
from pophub.organizer.leftovers.resource import Findings

NOTHING = Findings("geo", "us-west-2", (), (), ())


def test_the_files_that_there_are_to_keep_are_named() -> None:
    ended = Ended(archived=True, findings=NOTHING, files=(Path("/home/me/geo-end.zip"),))

    assert "kept for you: /home/me/geo-end.zip" in ended.text.splitlines()
    assert ended.facts["files"] == ["/home/me/geo-end.zip"]
    assert ended.code == ExitCode.DONE


def test_without_a_bundle_none_is_named() -> None:
    assert "kept for you" not in Ended(archived=False, findings=NOTHING).text
