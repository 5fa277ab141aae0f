"""A logo is a drawing and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from pophub.core.errors import PophubError
from pophub.organizer.event.logo import MAX_BYTES, PNG, Logo, read_logo

SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">{}</svg>'


def logo(folder: Path, content: str | bytes) -> Path:
    path = folder / "logo.svg"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    "inside",
    [
        '<path d="M0 0h9v9z" fill="#123456"/>',
        '<style>.a { fill: url(#g); }</style><use xlink:href="#a"/>',
        '<image href="data:image/png;base64,AAAA"/><!-- drawn with love -->',
    ],
)
def test_a_drawing_is_taken_as_it_is(tmp_path: Path, inside: str) -> None:
    assert read_logo(logo(tmp_path, SVG.format(inside))) == Logo(".svg", SVG.format(inside).encode())


def test_a_png_is_taken_whatever_its_name_says(tmp_path: Path) -> None:
    assert read_logo(logo(tmp_path, PNG + b"rest")).suffix == ".png"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (SVG.format("<script>alert(1)</script>"), "contains <script>"),
        (SVG.format("<g><foreignObject/></g>"), "contains <foreignObject>"),
        (SVG.format('<path onload="alert(1)"/>'), "runs a program: onload"),
        (SVG.format('<a href="https://elsewhere.example">x</a>'), "refers to https://elsewhere.example"),
        (SVG.format('<use xlink:href="data:image/svg+xml,x"/>'), "refers to data:image/svg"),
        (SVG.format('<path style="fill: url(https://elsewhere.example)"/>'), "loads something from elsewhere"),
        (SVG.format("<style>@import 'x';</style>"), "loads something from elsewhere in its style"),
        (f'<!DOCTYPE svg [<!ENTITY a "b">]>{SVG.format("&a;")}', "has a document type"),
        (SVG.format("").encode("utf-16"), "is neither PNG nor SVG"),
        ("<html><body/></html>", "is neither PNG nor SVG"),
        ("GIF89a", "is neither PNG nor SVG"),
        (PNG + b"x" * MAX_BYTES, "has 201 KiB, and 200 are allowed"),
    ],
)
def test_anything_else_is_refused(tmp_path: Path, content: str | bytes, problem: str) -> None:
    with pytest.raises(PophubError) as refused:
        read_logo(logo(tmp_path, content))

    assert problem in refused.value.problem
    assert refused.value.field == "branding.logo"


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(PophubError, match=r"the logo .*/logo\.svg cannot be read: No such file"):
        read_logo(tmp_path / "logo.svg")
