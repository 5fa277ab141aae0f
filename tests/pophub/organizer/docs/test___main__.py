"""What is generated is up to date."""

from __future__ import annotations

from pathlib import Path

import pytest

from pophub.organizer.docs.__main__ import documents
from pophub.organizer.paths import EVENT_SCHEMA, EXAMPLE_EVENT, ROOT

DOCUMENTS = documents()


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_the_file_is_up_to_date(path: Path) -> None:
    assert path.read_text() == DOCUMENTS[path], "`make generated` writes it anew"


def test_every_page_that_says_it_is_generated_is_among_them() -> None:
    pages = {page for page in (ROOT / "docs").glob("*.md") if "(`make generated`)" in page.read_text()}

    assert pages | {EVENT_SCHEMA, EXAMPLE_EVENT} <= DOCUMENTS.keys()
    assert len(pages) == 4
