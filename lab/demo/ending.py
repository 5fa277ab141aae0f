"""End the demo's event with the organizer's own command, and check that nothing is left."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path, PurePath
from zipfile import ZipFile

from lab.aws import LabAws
from lab.demo.people import expect
from lab.demo.run_folder import kept_folder
from lab.destroy import LabDestroy
from lab.inventory import Entry, take_inventory
from lab.site import LabSite
from lab.steps import Steps
from pophub.core.contract import ARCHIVE, CERTIFICATES, REPORTS
from pophub.core.errors import ExitCode, PophubError
from pophub.organizer.destroy.destroy_event import END_ZIP, RETROSPECTIVE
from pophub.organizer.event.login_provider import listed
from pophub.organizer.leftovers.render import as_text

# the final snapshot of the homes, which `terraform destroy` keeps on purpose
KEPT_KINDS = {"Snapshots"}
# objects that the account bucket keeps on purpose, until an end date
KEPT_OBJECTS = re.compile(rf"^[^/]+/({ARCHIVE}|{CERTIFICATES}|{REPORTS})/")
PROVED = "{site.event.name} in {site.event.region}: 0 left, $0.00 a month"


def end_event(steps: Steps, lab_destroy: LabDestroy, site: LabSite, run: Path, *, empty: bool = False) -> None:
    """Archive, destroy, prove; the zip file stays on this computer. `run` is the run's own folder.

    `empty`: nobody came.
    """
    folder = kept_folder()
    ended = lab_destroy.run(folder, locks=run, empty=empty)
    with steps.step("the proof") as step:
        step.result = expect(as_text(ended.findings).splitlines()[-1], PROVED.format(site=site))
    with steps.step("the report") as step:
        page = (folder / f"{site.event.name}-{RETROSPECTIVE}").read_text()
        step.result = next(line.strip("- ").replace("**", "") for line in page.splitlines() if "**people**" in line)
    with steps.step("the organizer's zip file") as step:
        file = folder / f"{site.event.name}-{END_ZIP}"
        with ZipFile(file) as kept:
            inside = [PurePath(name).name for name in kept.namelist()]
        step.result = f"{file} stays, as in the bucket: {', '.join(inside)}"


def nothing_left(steps: Steps, before: Collection[Entry], aws: LabAws, region: str) -> None:
    """Compare the lab AWS with what was in it before the event.

    Raises:
        PophubError: something is left that is not kept on purpose.
    """
    with steps.step("nothing is left") as step:
        left = sorted(take_inventory(aws, region) - frozenset(before))
        snapshots = [name for kind, name in left if kind in KEPT_KINDS]
        stored = [found for kind, name in left if kind == "Objects" and (found := KEPT_OBJECTS.search(name))]
        others = [(kind, name) for kind, name in left if kind not in KEPT_KINDS and not KEPT_OBJECTS.search(name)]
        if others or len(snapshots) > 1:
            raise PophubError(f"left behind: {others or snapshots}", code=ExitCode.REFUSED)
        kept = [f"the home volume's final snapshot, {name}" for name in snapshots]
        prefixes = listed(tuple(sorted({found[1] for found in stored})), "and") if stored else ""
        kept += [f"{len(stored)} objects of {prefixes} in the bucket"] if stored else []
        step.result = f"nothing but {' and '.join(kept) or 'the bucket'}"
