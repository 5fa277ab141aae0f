"""The look of every page: a stylesheet with the event's colour and logo, and a frame for a page's content."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import dataclass
from html import escape
from pathlib import Path

from pophub.core.contract import EVENT_FILE

STYLE = Path(__file__).with_suffix(".css").read_text(encoding="utf-8")
# black and white have the same contrast, 4.58, on a colour of this luminance; so one of them has 4.5 on every colour:
# https://www.w3.org/TR/WCAG22/#contrast-minimum
MIDDLE_LUMINANCE = 0.1791
KINDS = {".svg": "image/svg+xml", ".png": "image/png"}


@dataclass(frozen=True, slots=True)
class Brand:
    """`colour` is #rrggbb, `logo` is a data: URL; each is empty if the event has none."""

    colour: str = ""
    logo: str = ""


NO_BRAND = Brand()


def brand_with(colour: str | None, logo: tuple[str, bytes] | None) -> Brand:
    """`logo` is the file's suffix and content."""
    if logo is None:
        return Brand(colour or "")
    suffix, content = logo
    return Brand(colour or "", f"data:{KINDS[suffix]};base64,{base64.b64encode(content).decode()}")


def brand_of_bundle(hub_config: Path) -> Brand:
    """The branding of the event whose bundle has this folder."""
    colour = json.loads((hub_config / EVENT_FILE).read_text()).get("branding", {}).get("colour")
    logo = next(hub_config.glob("logo.*"), None)
    return brand_with(colour, (logo.suffix, logo.read_bytes()) if logo else None)


def stylesheet(colour: str = "") -> str:
    """Everything for a <style> element; buttons have the colour, and their text is black or white."""
    if not colour:
        return STYLE
    text = "#000" if luminance(colour) > MIDDLE_LUMINANCE else "#fff"
    return f"{STYLE}:root {{ --brand: {colour}; --on-brand: {text}; }}\n"


def luminance(colour: str) -> float:
    """From 0 (black) to 1 (white): https://www.w3.org/TR/WCAG22/#dfn-relative-luminance"""
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def framed(title: str, body: str, *, brand: Brand = NO_BRAND, style: str = "", script: str = "") -> str:
    """A page that needs no other file. `body` is HTML; `style` and `script` are the page's own.

    Its Content-Security-Policy allows these alone. A script may ask the page's own address for more.
    """
    styles = stylesheet(brand.colour) + style
    rules = [f"default-src 'none'; style-src {_digest(styles)}"]
    if brand.logo:
        rules.append("img-src data:")
        body = f'<header class="top"><img class="logo" src="{escape(brand.logo)}" alt=""></header>{body}'
    if script:
        rules.append(f"script-src {_digest(script)}; connect-src 'self'")
        body = f"{body}<script>{script}</script>"
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{"; ".join(rules)}">'
        f"<title>{escape(title)}</title><style>{styles}</style></head>\n"
        f"<body>{body}</body></html>\n"
    )


def with_code(text: str) -> str:
    """The text as HTML; what is in backticks is code."""
    return re.sub("`([^`]*)`", r"<code>\1</code>", escape(text))


def policy(page: str) -> str:
    """The Content-Security-Policy of a page from `framed`, for its header, to which each sender adds more."""
    found: list[str] = re.findall(r'Content-Security-Policy" content="([^"]*)"', page)
    return found[0]


def _digest(text: str) -> str:
    """https://www.w3.org/TR/CSP3/#grammardef-hash-source"""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
