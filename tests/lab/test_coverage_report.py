"""The table of what was counted."""

from __future__ import annotations

from lab.coverage_report import by_folder


def counted(lines: int, missing: int, branches: int = 0, not_taken: int = 0) -> dict[str, dict[str, int]]:
    return {
        "summary": {
            "num_statements": lines, "missing_lines": missing, "covered_lines": lines - missing,
            "num_branches": branches, "missing_branches": not_taken, "covered_branches": branches - not_taken,
        }
    }  # fmt: skip


def test_a_folder_is_the_sum_of_its_files_and_what_is_deployed_is_a_sum_of_its_own() -> None:
    table = by_folder(
        {
            "main.py": counted(2, 0),
            "pophub/hub/watch/decide.py": counted(10, 1, 4, 2),
            "pophub/hub/watch/deep/er.py": counted(5, 0),
            "tests/test_main.py": counted(100, 50),
        }
    )

    assert [line.split() for line in table][1:] == [
        [".", "2", "0", "0", "0", "100.0%"],
        ["pophub/hub/watch", "15", "1", "4", "2", "84.2%"],
        ["tests", "100", "50", "0", "0", "50.0%"],
        ["shipped", "17", "1", "4", "2", "85.7%"],
        ["all", "117", "51", "4", "2", "56.2%"],
    ]
