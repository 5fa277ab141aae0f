"""Files with people's data are readable by their owner alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from pophub.core.errors import PophubError
from pophub.organizer.private_folder import write_private_folder


def test_folder_and_files_are_the_owners_alone(tmp_path: Path) -> None:
    write_private_folder(tmp_path / "new", {"a.txt": "é\r\n"})

    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "new" / "a.txt").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "new" / "a.txt").read_bytes() == "é\r\n".encode()


def test_a_folder_that_is_there_is_not_written_to(tmp_path: Path) -> None:
    with pytest.raises(PophubError, match="cannot be made: File exists"):
        write_private_folder(tmp_path, {"a.txt": ""})
    assert not list(tmp_path.iterdir())
