"""A report in the forms that people and programs read. They work nothing out: what they show stands in the report.

Where a form shows cents, the rows of a table are rounded together (pophub/core/cost/money.py): they add up to the total.
"""

from enum import StrEnum


class Form(StrEnum):
    """What a report can be."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"
    MARKDOWN = "markdown"
    HTML = "html"
