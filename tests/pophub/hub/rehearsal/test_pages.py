"""Reading pages, with small ones."""

from __future__ import annotations

from pophub.hub.rehearsal.pages import Form, Page


def test_words_are_read_and_scripts_and_styles_are_not() -> None:
    page = Page("<style>p {}</style><p>One\n <b>two</b></p><script>three()</script> four")

    assert page.text == "One two four"


def test_links_are_read_with_their_entities_resolved() -> None:
    assert Page('<a href="/x?a=1&amp;b=2">x</a><a name="y">y</a>').links == ["/x?a=1&b=2"]


def test_a_form_has_what_is_filled_in_and_its_buttons() -> None:
    source = '<form action="/go"><input name="_xsrf" value="1"><input value="2"><button name="who" value="ada"></form>'

    assert Page(source).forms == [Form("/go", {"_xsrf": "1"}, [("who", "ada")])]


def test_what_stands_outside_of_a_form_is_of_no_form() -> None:
    assert Page('<input name="a"><button name="b">').forms == []
