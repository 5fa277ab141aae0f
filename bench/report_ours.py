"""A program of the bench: `pophub cost` as an organizer runs it, from its first import to the page, with its measurements."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from pophub.organizer.paths import EXAMPLE_EVENT

NOW = "2027-03-29T00:00:00"


def main(meter: Path) -> None:
    """Make the report and print processor seconds, megabytes and the total as one line of JSON."""
    command = [str(Path(sys.executable).with_name("pophub")), "cost", str(EXAMPLE_EVENT), "--meter", str(meter)]
    command += ["--now", NOW, "--gone", NOW]
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "report.html"
        subprocess.run([*command, "--form", "html", "--out", str(page)], check=True)
        assert page.stat().st_size > 10_000
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    report = json.loads(subprocess.run([*command, "--json"], capture_output=True, check=True).stdout)
    seconds, megabytes = used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "megabytes": megabytes, "usd": report["total"]}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
