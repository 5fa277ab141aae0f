"""A participant's own hours as one HTML page without other files. It shows no money and no other person."""

from __future__ import annotations

from html import escape

from pophub.core.cost.forms.page import card, framed, table
from pophub.core.cost.forms.tables import Sheet
from pophub.core.cost.own import Own
from pophub.core.look import NO_BRAND, Brand


def own_page(own: Own, *, top: str = "", brand: Brand = NO_BRAND) -> str:
    """The whole page; `top` is HTML that is placed first."""
    title = f"{own.basis.title}: your hours"
    about = escape(f"{own.basis.event}, times of {own.basis.timezone}")
    body = f"{top}<main><header><h1>{escape(title)}</h1><p>{about}</p></header>{_summary(own)}</main>"
    return framed(title, body, brand=brand)


def _summary(own: Own) -> str:
    if not own.stays:
        return "<p>The hub has noted no hours of yours yet: it looks once a minute at whose servers run.</p>"
    state = "your server runs" if own.still_there else "no server of yours runs now"
    cards = card("hours of your server", f"{own.rounded_hours:,}", state) + card(
        "memory kept for you",
        f"{own.gib_hours:,.1f} GiB-hours",
        "these hours, times the GiB of memory that your server may use",
    )
    listed = table(_sheet(own), "stays")
    return f'<dl class="cards">{cards}</dl><section><h2>Each time your server ran</h2>{listed}</section>'


def _sheet(own: Own) -> Sheet:
    zone = own.basis.zone
    rows = []
    for stay, length in own.stays:
        start, end = stay.start.astimezone(zone), stay.end.astimezone(zone)
        rows.append((f"{start:%Y-%m-%d}", f"{start:%H:%M}", f"{end:%H:%M}", f"{length:,}"))
    return Sheet("stays", "", ("day", "from", "to", "hours"), tuple(rows), ("total", "", "", f"{own.rounded_hours:,}"))
