"""What lies in the bucket is told with its price, all versions of it, and is never removed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from lab.aws import LabAws
from pophub.aws.client import Aws
from pophub.core.contract import ARCHIVE
from pophub.organizer.leftovers.in_the_bucket import BUCKET as KIND
from pophub.organizer.leftovers.in_the_bucket import PREFIXES
from pophub.organizer.leftovers.leftovers import find, removable
from tests.pophub.planted import BUCKET, REGION, event_context


def test_it_stays_and_every_version_counts(lab_aws: LabAws, aws: Aws) -> None:
    s3 = lab_aws.client("s3", REGION)
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    for body in (b"x" * 1000, b"x" * 500):
        s3.put_object(Bucket=BUCKET, Key="archive/stored/homes/ada.tar.zst", Body=body)
    s3.put_object(Bucket=BUCKET, Key="archive/stored-two/homes/ada.tar.zst", Body=b"x")
    findings = find(event_context(aws, "stored"))

    end = (datetime.now(UTC) + timedelta(days=90 + 30)).date()
    assert [(resource.id, resource.note) for resource in findings.kept] == [
        (f"s3://{BUCKET}/archive/stored/", f"2 objects, 0.00 GB, goes by itself by {end}")
    ]
    assert findings.kept[0].usd_a_month == Decimal("0.023") * 1500 / 2**30
    assert (findings.left, removable(findings, lambda resource: True), findings.is_clean) == ((), (), True)


def test_every_prefix_of_the_event_is_told_and_no_other_s(lab_aws: LabAws, aws: Aws) -> None:
    s3 = lab_aws.client("s3", REGION)
    for prefix in PREFIXES:
        for event in ("orphan", "orphan-two"):
            s3.put_object(Bucket=BUCKET, Key=f"{prefix}/{event}/x", Body=b"x")
    s3.put_object(Bucket=BUCKET, Key="state/orphan.tfstate", Body=b"x")
    kept = {
        resource.id.removeprefix(f"s3://{BUCKET}/"): resource.note
        for resource in KIND.find(event_context(aws, "orphan"))
    }

    assert set(kept) == {*(f"{prefix}/orphan/" for prefix in PREFIXES), "state/orphan.tfstate"}
    assert {key for key, note in kept.items() if "goes by itself" in note} == {
        f"{prefix}/orphan/" for prefix in ("archive", "certificates", "reports")
    }


def test_what_came_of_an_upload_that_was_cut_off_counts(lab_aws: LabAws, aws: Aws) -> None:
    s3 = lab_aws.client("s3", REGION)
    for event in ("cut-off", "cut-off-two"):
        where = {"Bucket": BUCKET, "Key": f"{ARCHIVE}/{event}/homes/ada.tar.zst"}
        upload = s3.create_multipart_upload(**where)["UploadId"]
        s3.upload_part(**where, UploadId=upload, PartNumber=1, Body=b"x" * 1000)
    [kept] = KIND.find(event_context(aws, "cut-off"))

    assert (kept.note[:18], kept.usd_a_month) == ("1 objects, 0.00 GB", Decimal("0.023") * 1000 / 2**30)


def test_without_a_bucket_there_is_nothing_on_it(aws: Aws) -> None:
    assert list(KIND.find(replace(event_context(aws, "stored"), bucket="no-such-bucket"))) == []
