"""The event's colour and logo reach pages that are made here, also when the event is over."""

from __future__ import annotations

import shutil
from pathlib import Path

from pophub.core.look import NO_BRAND, brand_with
from pophub.organizer.event.brand import brand_of_file
from pophub.organizer.paths import EXAMPLE_EVENT

LOGO = b'<svg xmlns="http://www.w3.org/2000/svg"/>'


def test_what_can_still_be_read_is_the_brand(tmp_path: Path) -> None:
    file = tmp_path / "geo.yaml"
    assert brand_of_file(file) == NO_BRAND
    shutil.copy(EXAMPLE_EVENT, file)
    assert brand_of_file(file) == NO_BRAND
    text = file.read_text().replace("  colour: null", '  colour: "#b34700"').replace("  logo: null", "  logo: logo.svg")
    file.write_text(text)
    assert brand_of_file(file) == brand_with("#b34700", None)
    (tmp_path / "logo.svg").write_bytes(LOGO)

    assert brand_of_file(file) == brand_with("#b34700", (".svg", LOGO))
