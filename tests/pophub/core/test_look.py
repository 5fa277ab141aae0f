"""The frame of every page: buttons that can be read in every colour, a logo, and a policy that allows the page's own parts."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path

import pytest

from pophub.core.look import STYLE, Brand, brand_of_bundle, brand_with, framed, luminance, policy, stylesheet, with_code


@pytest.mark.parametrize(
    ("colour", "text"), [("#ffffff", "#000"), ("#000000", "#fff"), ("#b34700", "#fff"), ("#ffd400", "#000")]
)
def test_the_text_on_a_button_is_black_or_white(colour: str, text: str) -> None:
    assert stylesheet(colour).endswith(f":root {{ --brand: {colour}; --on-brand: {text}; }}\n")
    assert stylesheet() == STYLE


def test_black_or_white_can_be_read_on_every_colour() -> None:
    for shade in range(0, 256, 5):
        colour = f"#{shade:02x}{255 - shade:02x}{shade // 2:02x}"
        [text] = re.findall(r"--on-brand: #(\w{3}); }\n$", stylesheet(colour))
        light, dark = sorted((luminance(colour), luminance(f"#{text}{text}")), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_the_brand_of_a_bundle_is_in_its_settings_and_beside_them(tmp_path: Path) -> None:
    (tmp_path / "event.json").write_text("{}")
    assert brand_of_bundle(tmp_path) == Brand()
    (tmp_path / "event.json").write_text(json.dumps({"branding": {"colour": "#b34700"}}))
    (tmp_path / "logo.svg").write_text("<svg/>")

    assert brand_of_bundle(tmp_path) == brand_with("#b34700", (".svg", b"<svg/>"))
    assert brand_of_bundle(tmp_path).logo == f"data:image/svg+xml;base64,{base64.b64encode(b'<svg/>').decode()}"


def test_the_policy_allows_the_page_s_own_style_script_and_logo_alone() -> None:
    page = framed("A & B", "<main></main>", brand=brand_with("#b34700", (".png", b"x")), style="b {}", script="look()")
    digests = {
        kind: base64.b64encode(hashlib.sha256(block.encode()).digest()).decode()
        for kind in ("style", "script")
        for block in re.findall(f"<{kind}>(.*?)</{kind}>", page, re.DOTALL)
    }

    assert policy(page) == (
        f"default-src 'none'; style-src 'sha256-{digests['style']}'; img-src data:; "
        f"script-src 'sha256-{digests['script']}'; connect-src 'self'"
    )
    assert "<title>A &amp; B</title>" in page
    assert not re.search(r"\son\w+=|\sstyle=", page)


def test_a_page_without_script_and_logo_may_neither_run_nor_load_anything() -> None:
    assert re.fullmatch(r"default-src 'none'; style-src 'sha256-[^']+'", policy(framed("A", "<main></main>")))


def test_backticks_become_code_and_nothing_else_becomes_html() -> None:
    assert with_code("`make <b>` it & `so`") == "<code>make &lt;b&gt;</code> it &amp; <code>so</code>"
