"""Get the certificate of the event's address: that of an earlier machine, or the organizer's own."""

from __future__ import annotations

from pathlib import Path

from pophub.core.contract import CERTIFICATE_FILE, CERTIFICATE_SECRETS, CERTIFICATES
from pophub.core.errors import PophubError
from pophub.hub.install.bucket import FETCHED, EventBucket
from pophub.hub.install.event_secrets import secret_values


def fetch_certificate(bucket: EventBucket, file: Path) -> None:
    """Write what an earlier machine kept to `file`, if the bucket has that: Let's Encrypt issues five a week for one name.

    Raises:
        PophubError: whether the bucket has it is not known.
    """
    answer = bucket.get(CERTIFICATES, CERTIFICATE_FILE, file)
    if answer == FETCHED:
        return
    file.unlink(missing_ok=True)
    # if the object is missing, S3 answers 403 to a role that may not list the bucket
    if answer[:3] not in ("403", "404"):
        raise PophubError(
            "whether the bucket has this address's certificate is not known, and Let's Encrypt gives five a week:"
            f" the bucket answers {answer or 'nothing'}"
        )


def write_own_certificate(*files: Path) -> None:
    """Write the organizer's certificate and its key from Parameter Store to these two files."""
    values = secret_values(CERTIFICATE_SECRETS)
    for name, file in zip(CERTIFICATE_SECRETS, files, strict=True):
        file.write_text(values[name] + "\n")
