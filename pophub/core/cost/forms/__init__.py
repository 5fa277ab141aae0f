"""A report in each output format. These modules only format: every figure comes from the report.

Formats that show cents round the rows of a table together (pophub/core/cost/money.py), so that the rows add up to the
total.
"""

from enum import StrEnum


class Form(StrEnum):
    TEXT = "text"
    JSON = "json"
    CSV = "csv"
    MARKDOWN = "markdown"
    HTML = "html"
