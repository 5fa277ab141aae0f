"""The page that stands alone: no network, no script, names that stay names, and the figures of the JSON."""

from __future__ import annotations

import base64
import hashlib
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from html import unescape

import pytest

from pophub.core.cost.basis import Basis
from pophub.core.cost.forms.page import as_page
from pophub.core.cost.records import BudgetStep, of_step
from pophub.core.cost.report import Report, report
from pophub.organizer.cost.cost_report import Form
from pophub.organizer.paths import ROOT
from tests.pophub.core.cost import finished
from tests.pophub.core.cost.story import MONDAY, Boot, lines

MakeBasis = Callable[..., Basis]


def _table(page: str, id_: str) -> list[list[str]]:
    [body] = re.findall(rf'<table id="{id_}">(.*?)</table>', page, re.DOTALL)
    return [
        [unescape(cell) for cell in re.findall(r"<td>(.*?)</td>", row)] for row in re.findall(r"<tr>(.*?)</tr>", body)
    ][1:]


def test_the_finished_event_reads_as_it_should() -> None:
    assert finished.written(Form.HTML) == (finished.DOCS / "report.html").read_text()


def test_it_asks_nobody_for_anything(running_report: Report) -> None:
    page = as_page(running_report)

    assert not re.search(r"<script|<link|<img|<iframe|url\(|@import|https?://|\son\w+=|\sstyle=", page)


def test_a_browser_that_keeps_to_its_policy_still_takes_its_style(running_report: Report) -> None:
    page = as_page(running_report)
    [style] = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()

    assert f"default-src 'none'; style-src 'sha256-{digest}'" in page


@pytest.mark.parametrize("id_", ["parts", "whom", "everybody", "days", "sessions"])
def test_the_cents_of_every_table_add_up(finished_report: Report, id_: str) -> None:
    *rows, total = _table(as_page(finished_report), id_)

    assert sum(Decimal(row[-1]) for row in rows) == Decimal(total[-1]) == Decimal("130.24")


def test_every_chart_has_its_words_and_a_form_for_the_telephone(running_report: Report) -> None:
    page = as_page(running_report)

    assert len(re.findall(r'<svg class="wide" viewBox="[^"]+" role="img" aria-label="[^"]+">', page)) == 4
    assert len(re.findall(r'<svg class="narrow" viewBox="[^"]+" role="img" aria-label="[^"]+">', page)) == 4


def test_names_stay_names(make_basis: MakeBasis) -> None:
    page = as_page(
        report(
            lines(Boot().run(3), Boot().visit("<b>&", 1, 2)),
            make_basis(title="<script>x"),
            now=finished.GONE,
            names=True,
        )
    )

    assert "<td>&lt;b&gt;&amp;</td>" in page
    assert "<script>" not in page


def test_participants_are_numbers_unless_they_are_asked_for(finished_report: Report) -> None:
    page = as_page(finished_report)

    assert not re.search(r"person-\d", page)
    assert "octocat" not in page


def test_the_last_step_of_the_budget_stands_on_top_and_each_where_it_is_counted(
    stepped_report: Report, finished_report: Report
) -> None:
    page = as_page(stepped_report)

    assert page.count("<dt>budget step</dt>") == 1
    assert "<dd>95 %<small>reached: 2027-03-01 18:45</small></dd>" in page
    assert "<dt>at 80 % of it</dt><dd>2027-03-01 17:15, 17.60 of 22.00 spent: the organizer is told</dd>" in page
    assert "<dt>budget step</dt>" not in as_page(finished_report)


def test_a_step_of_a_budget_that_was_raised_does_not_stand_on_top(make_basis: MakeBasis) -> None:
    noted = of_step(Boot().moment(8.5), BudgetStep(80, Decimal("17.601"), Decimal(22)))
    page = as_page(report(lines(Boot().run(10), [noted]), make_basis(), now=MONDAY + timedelta(hours=10)))

    assert "17.60 of 22.00 spent" in page
    assert "<dt>budget step</dt>" not in page


def test_an_empty_meter_makes_a_page_without_pictures(make_basis: MakeBasis) -> None:
    page = as_page(report([], make_basis(), now=MONDAY))

    assert "the meter has no record" in page
    assert "<svg" not in page


def test_the_hub_can_make_it_with_what_it_has() -> None:
    code = (
        "import sys, pophub.core.cost.meter, pophub.core.cost.basis\n"
        "import pophub.core.cost.forms.page, pophub.core.cost.forms.as_json\n"
        "print(sorted(set(sys.modules) & {'rich', 'typer', 'boto3', 'ruamel', 'ruamel.yaml', 'cdktf', 'requests'}))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )

    assert (ran.stdout, ran.stderr) == ("[]\n", "")


def test_every_amount_at_the_top_has_its_currency(running_report: Report, finished_report: Report) -> None:
    for each in (running_report, finished_report):
        cards = dict(re.findall(r"<dt>([^<]*)</dt><dd>([^<]*)<small>", as_page(each)))
        money = {name: figure for name, figure in cards.items() if name != "budget step"}

        assert len(money) >= 4
        assert {figure.rpartition(" ")[2] for figure in money.values()} == {"USD"}, money


def test_an_event_with_workers_shows_its_machines(workers_report: Report, running_report: Report) -> None:
    page = as_page(workers_report)

    assert [row[0] for row in _table(page, "machines")] == [
        "the hub's machine, m7i.large",
        "workers, r7i.2xlarge spot",
        "workers, r7i.xlarge on-demand",
        "disks and addresses",
        "total",
    ]
    assert "<h2>Workers</h2>" in page
    assert "<h2>Workers</h2>" not in as_page(running_report)
