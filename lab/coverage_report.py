"""Combine the counted lines: a table by folder, the lines that nothing ran as text, and pages for a browser.

`python -m lab.coverage_report FOLDER`, with the folder of scripts/coverage.sh.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import coverage

from pophub.organizer.paths import ROOT

# the depth to which folders are told apart
DEPTH = 3
# the folders that an organizer or a hub runs
SHIPPED = {"main.py", "pophub", "stacks", "hub-config"}
SUMS = ("shipped", "all")


def combined(folder: Path) -> coverage.Coverage:
    """The counted lines of each file of the checkout; a file that nothing ran has none."""
    counted = coverage.Coverage(config_file=str(ROOT / "pyproject.toml"), data_file=folder / "lines")
    counted.combine([str(folder / "data")], keep=True)
    listed = subprocess.run(["git", "ls-files", "*.py"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    counted.get_data().touch_files([str(ROOT / name) for name in listed.splitlines() if not name.startswith("docs/")])
    counted.save()
    return counted


def by_folder(files: Mapping[str, Any]) -> Iterator[str]:
    """One line a folder, from the files of coverage.py's JSON report."""
    sums: dict[str, Counter[str]] = {}
    for name, file in files.items():
        top, *_ = parts = Path(name).parts
        folder = "/".join(parts[:-1][:DEPTH]) or "."
        for key in {folder, "all", "shipped" if top in SHIPPED else folder}:
            sums.setdefault(key, Counter()).update(file["summary"])
    yield f"{'folder':<32} {'lines':>7} {'not run':>8} {'branches':>9} {'not taken':>10} {'covered':>8}"
    for folder in [*sorted(sums.keys() - SUMS), *SUMS]:
        it = sums[folder]
        every = it["num_statements"] + it["num_branches"]
        covered = (it["covered_lines"] + it["covered_branches"]) / every if every else 1
        yield (
            f"{folder:<32} {it['num_statements']:>7} {it['missing_lines']:>8} {it['num_branches']:>9} "
            f"{it['missing_branches']:>10} {covered:>8.1%}"
        )


def main(folder: Path) -> None:
    """Write the reports into the folder, and print the table."""
    counted = combined(folder)
    # tests make modules of their own elsewhere, which are gone by now
    ours = [f"{ROOT}/*"]
    with (folder / "not-run.txt").open("w") as text:
        counted.report(include=ours, file=text, show_missing=True, skip_covered=True)
    counted.html_report(include=ours, directory=str(folder / "html"), title="What the tests of pophub run")
    counted.json_report(include=ours, outfile=str(folder / "coverage.json"))
    print("\n".join(by_folder(json.loads((folder / "coverage.json").read_text())["files"])))
    print(f"\nlines that nothing ran: {folder}/not-run.txt; as pages: {folder}/html/index.html")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
