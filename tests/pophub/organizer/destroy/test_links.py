"""Each participant has a link of their own, for as long as AWS allows and no longer."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

import pytest
import requests

from pophub.aws.bucket import BucketPrefix
from pophub.core.errors import PophubError
from pophub.hub.archive import home_zip
from pophub.hub.archive.archive import archive
from pophub.organizer.destroy.links import as_csv, links
from tests.pophub.planted import NOW


def test_everybody_has_one_and_it_leads_to_their_own_files(bucket: BucketPrefix, tmp_path: Path) -> None:
    # what helpers shared is nobody's
    for name in ("ada", "carol-2dx", "shared_data"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "notes").write_text(name)
    archive(bucket, tmp_path, now=NOW)
    made = links(bucket, "geo", days=7)
    rows = list(csv.DictReader(io.StringIO(as_csv(made, {"ada": "a.html", "carol-x": "c.html"}))))

    assert [(row["participant"], row["files"], row["problems"], row["page"]) for row in rows] == [
        ("ada", "1", "0", "a.html"),
        ("carol-x", "1", "0", "c.html"),
    ]
    for row, home in zip(rows, ("ada", "carol-2dx"), strict=True):
        answer = requests.get(row["link"], timeout=30)
        assert answer.content == b"".join(bucket.read(f"homes/{home}.tar.zst"))
        assert f"geo-{row['participant']}.tar.zst" in answer.headers["Content-Disposition"]
        zipped = requests.get(row["zip"], timeout=30)
        assert zipfile.ZipFile(io.BytesIO(zipped.content)).read(f"{row['participant']}/notes") == home.encode()
        assert f"geo-{row['participant']}.zip" in zipped.headers["Content-Disposition"]


def test_a_home_without_a_zip_has_no_link_to_one(
    bucket: BucketPrefix, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(home_zip, "LARGEST_BYTES", 0)
    (tmp_path / "ada").mkdir()
    (tmp_path / "ada" / "notes").write_text("a")
    archive(bucket, tmp_path, now=NOW)
    (made,) = links(bucket, "geo", days=7)

    assert (made.zip_address, made.zip_name, made.zip_bytes) == ("", "", 0)


@pytest.mark.parametrize("days", [0, 8])
def test_aws_signs_for_seven_days_at_most(bucket: BucketPrefix, days: int) -> None:
    with pytest.raises(PophubError, match=f"1 to 7 days, not {days}"):
        links(bucket, "geo", days=days)


def test_without_an_archive_there_is_no_link(bucket: BucketPrefix) -> None:
    with pytest.raises(PophubError, match="nothing of geo is archived"):
        links(bucket, "geo", days=7)
