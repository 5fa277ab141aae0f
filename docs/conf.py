"""How Sphinx makes the pages: https://www.sphinx-doc.org/en/master/usage/configuration.html; `make docs` starts it.

Nothing is fetched: no inventory of another project, no font and no script from elsewhere.
"""

project = "pophub"
author = "the authors of pophub"
html_title = "pophub"

extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
# `report.md` is one of the forms of a report, not a page
exclude_patterns = ["_build", "finished-event/report.md"]
# a link to a heading, as GitHub writes it: page.md#heading
myst_heading_anchors = 3
# lines to type and what a program prints are plain text
highlight_language = "none"
# `make docs` sees a link to a page or heading that is not there as a warning
nitpicky = False

html_theme = "pydata_sphinx_theme"
html_static_path = ["_static"]
html_css_files = ["pophub.css"]
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {
    "logo": {"text": "pophub"},
    "navbar_align": "left",
    "header_links_before_dropdown": 6,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": [],
    "footer_end": [],
}
