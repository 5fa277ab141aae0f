"""The report as Markdown: tables that add up, names that stay names."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

from pophub.core.cost.basis import Basis
from pophub.core.cost.forms import Form
from pophub.core.cost.forms.as_markdown import as_markdown
from pophub.core.cost.report import Report, report
from tests.pophub.core.cost import finished
from tests.pophub.core.cost.story import Boot, lines

MakeBasis = Callable[..., Basis]


def test_the_finished_event_reads_as_it_should() -> None:
    assert finished.written(Form.MARKDOWN) == (finished.DOCS / "report.md").read_text()


def test_the_cents_of_every_table_add_up_to_its_total(running_report: Report) -> None:
    tables = re.findall(r"((?:^\|.*\|\n)+)", as_markdown(running_report), re.MULTILINE)

    assert len(tables) == 4
    for table in tables:
        *rows, total = [line.strip("|").split("|")[-1].strip(" *").replace(",", "") for line in table.splitlines()[2:]]
        assert sum(map(Decimal, rows)) == Decimal(total), table


def test_a_name_is_never_markup(make_basis: MakeBasis) -> None:
    found = report(
        lines(Boot().run(3), Boot().visit("a|b_<i>", 1, 2)),
        make_basis(title="*Geo* | 2027"),
        now=finished.GONE,
        names=True,
    )
    text = as_markdown(found)

    assert r"| a\|b\_\<i\> |" in text
    assert r"# \*Geo\* \| 2027: what it cost" in text
