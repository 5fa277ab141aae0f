"""A small home's zip: what is in it, under which names, and that it comes from the bytes of the verified archive."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import pytest

from pophub.aws.bucket import BucketPrefix
from pophub.hub.archive import home_zip
from pophub.hub.archive.archive import archive
from pophub.hub.archive.home_zip import CHANGES, fit
from pophub.hub.archive.homes import Home
from pophub.hub.archive.receipt import Receipt, is_verified, read_receipt, receipts_on
from tests.pophub.organizer.destroy.tree import odd_home
from tests.pophub.planted import NOW

ADA = Home("ada")


def archived(bucket: BucketPrefix, homes: Path, home: Home = ADA) -> Receipt:
    assert archive(bucket, homes, now=NOW).is_complete
    receipt = read_receipt(bucket, home)
    assert receipt is not None
    return receipt


def zip_in(bucket: BucketPrefix, home: Home = ADA) -> zipfile.ZipFile:
    """What the bucket has; every entry's checksum is right."""
    found = zipfile.ZipFile(io.BytesIO(b"".join(bucket.read(home.zip))))
    assert found.testzip() is None
    return found


def test_a_small_home_has_a_zip_with_its_files_and_folders(bucket: BucketPrefix, tmp_path: Path) -> None:
    (tmp_path / "ada/empty").mkdir(parents=True)
    (tmp_path / "ada/notes.txt").write_text("rivers\n")
    (tmp_path / "ada/run.sh").touch(0o700)
    os.utime(tmp_path / "ada/notes.txt", (1_800_000_000,) * 2)
    os.utime(tmp_path / "ada/run.sh", (0, 0))
    with (tmp_path / "ada/holes").open("wb") as file:
        file.seek(3 * 2**20)
        file.write(b"end")
    receipt, found = archived(bucket, tmp_path), zip_in(bucket)

    assert receipt.zip is not None
    assert receipt.zip.size == len(b"".join(bucket.read(ADA.zip)))
    assert sorted(found.namelist()) == ["ada/empty/", "ada/holes", "ada/notes.txt", "ada/run.sh"]
    assert found.read("ada/notes.txt") == b"rivers\n"
    assert found.read("ada/holes") == bytes(3 * 2**20) + b"end"
    assert found.getinfo("ada/notes.txt").date_time == (2027, 1, 15, 8, 0, 0)
    assert found.getinfo("ada/run.sh").date_time[0] == 1980
    assert found.getinfo("ada/run.sh").external_attr >> 16 & 0o777 == 0o744


def test_odd_names_become_valid_and_links_are_left_out_and_both_are_listed(
    bucket: BucketPrefix, tmp_path: Path
) -> None:
    home = tmp_path / "ada"
    home.mkdir()
    for name in ("a:b", "a?b", "A_B", "aux.txt", "dots. .", "new\nline", "..\\..\\evil", os.fsdecode(b"\xff")):
        (home / name).write_text(name.encode("utf-8", "replace").decode())
    (home / "way out").symlink_to("/etc/passwd")
    os.link(home / "A_B", home / "zz")
    archived(bucket, tmp_path)
    found = zip_in(bucket)
    names = [name.removeprefix("ada/") for name in found.namelist()]

    assert sorted(names) == sorted(
        ["A_B", "a_b (2)", "a_b (3)", "_aux.txt", "dots___", "new_line", ".._.._evil", "_", CHANGES]
    )
    text = found.read(f"ada/{CHANGES}").decode()
    assert "left out: way out, a link to /etc/passwd\r\n" in text
    assert "left out: zz, a link to A_B\r\n" in text
    assert "aux.txt has another name here: ada/_aux.txt" in text
    assert found.read("ada/.._.._evil") == b"..\\..\\evil"


@pytest.mark.parametrize(
    ("name", "valid"),
    [
        ("CON", "_CON"),
        ("com1.tar.gz", "_com1.tar.gz"),
        ("lpt\u00b2", "_lpt\u00b2"),
        ("console", "console"),
        ("...", "___"),
        ("..", "__"),
        (" a ", " a_"),
        ("\u00e9t\u00e9.txt", "\u00e9t\u00e9.txt"),
        ("<>|", "___"),
    ],
)
def test_names_are_what_windows_takes(name: str, valid: str) -> None:
    assert fit(name) == valid


def test_of_an_odd_home_every_file_is_in_it(bucket: BucketPrefix, tmp_path: Path) -> None:
    carol = Home("carol-2dx")
    odd_home(tmp_path / carol.folder)
    receipt, found = archived(bucket, tmp_path, carol), zip_in(bucket, carol)
    files = [name for name in found.namelist() if not name.endswith(("/", CHANGES))]

    assert len(files) == receipt.files > 5
    assert len({name.casefold() for name in files}) == len(files)


def test_a_large_home_the_shared_data_and_very_many_folders_have_none(
    bucket: BucketPrefix, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(home_zip, "LARGEST_BYTES", 100)
    monkeypatch.setattr(home_zip, "MOST_ENTRIES", 5)
    for name, size in {"ada": 101, "bob": 100, "shared_data": 1}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "data").write_bytes(bytes(size))
    for number in range(6):
        (tmp_path / f"eve/{number}").mkdir(parents=True)
    (tmp_path / "eve/notes").write_text("a")
    (tmp_path / "nobody").mkdir()
    archived(bucket, tmp_path)

    assert {receipt.home: receipt.zip is not None for receipt in receipts_on(bucket)} == {
        "ada": False,
        "bob": True,
        "eve": False,
        "nobody": False,
        "shared_data": False,
    }
    assert [key for key in bucket.list("homes/") if key.endswith(".zip")] == ["homes/bob.zip"]
    assert is_verified(bucket)


def test_a_zip_that_is_gone_or_changed_is_made_again(bucket: BucketPrefix, tmp_path: Path) -> None:
    (tmp_path / "ada").mkdir()
    (tmp_path / "ada/notes").write_text("a")
    archived(bucket, tmp_path)
    bucket.put(ADA.zip, b"no zip")
    assert not is_verified(bucket)
    archived(bucket, tmp_path)
    assert zip_in(bucket).read("ada/notes") == b"a"
    # and nothing is sent if all is there
    before = bucket.list("homes/")
    archived(bucket, tmp_path)
    assert bucket.list("homes/") == before


def test_a_receipt_from_before_there_were_zips_still_counts(bucket: BucketPrefix, tmp_path: Path) -> None:
    (tmp_path / "ada").mkdir()
    (tmp_path / "ada/notes").write_text("a")
    archived(bucket, tmp_path)
    fields = bucket.get_json(ADA.receipt)
    del fields["zip"]
    bucket.put_json(ADA.receipt, fields)

    assert is_verified(bucket)
    assert archived(bucket, tmp_path).zip is None
