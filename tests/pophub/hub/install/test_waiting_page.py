"""The page while the machine is prepared: of the event, with its colour; tests/browser/test_waiting_page.py reads it."""

from __future__ import annotations

import re

from pophub.core.look import NO_BRAND, Brand
from pophub.hub.install.waiting_page import waiting_page


def test_it_is_of_the_event() -> None:
    page = waiting_page({"title": "Geo <Week> & $title", "contact": ["ada@example.org"]}, Brand("#b34700"))

    assert "<h1>Geo &lt;Week&gt; &amp; $title</h1>" in page
    assert '<a href="mailto:ada@example.org">' in page
    assert "--brand: #b34700" in page


def test_an_event_without_a_contact_has_no_questions() -> None:
    page = waiting_page({"title": "Geo"}, NO_BRAND)

    assert "Questions" not in page
    assert not re.search(r"\$\w+", page.partition("<script>")[0])
