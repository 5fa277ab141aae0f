"""The Markdown of our own pages as an HTML page."""

from __future__ import annotations

from itertools import pairwise

from markdown_it import MarkdownIt

from pophub.core.cost.forms.page import framed

# what our pages use; a link, an image or HTML in somebody's words stays text
RULES = ("heading", "list", "table", "emphasis", "backticks", "escape")


def as_html(markdown: str) -> str:
    """The whole page; its title is the first heading."""
    parser = MarkdownIt("zero").enable(RULES)
    tokens = parser.parse(markdown)
    after_heading = (words for mark, words in pairwise(tokens) if mark.type == "heading_open")
    title = next((words.content for words in after_heading), "")
    for token in tokens:
        # the page's Content-Security-Policy forbids style attributes
        token.attrs.pop("style", None)
        if token.type == "th_open":
            token.attrs["scope"] = "col"
    body = parser.renderer.render(tokens, parser.options, {})
    body = body.replace("<table>", '<div class="scroll"><table>').replace("</table>", "</table></div>")
    return framed(title, f"<main>\n{body}</main>")
