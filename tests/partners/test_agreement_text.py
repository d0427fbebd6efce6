"""Placeholders and Markdown: what is wrong is said, what stands in is never markup."""

import hashlib

from partners.agreement_text import as_blocks, as_html, fill, placeholders_in, problems_of, sha256_of


def test_unknown_placeholders_and_lone_braces_are_named() -> None:
    text = "{partner_name} {nothing} {start"
    assert placeholders_in(text) == ["partner_name", "nothing"]
    assert problems_of(text) == [
        "There is no placeholder {nothing}. Choose one of the list beside the text.",
        "A brace stands alone: every { needs its }.",
    ]
    assert problems_of(" \n") == ["The text is empty."]
    assert problems_of("# Fine\n\n{ partner_name }") == []


def test_what_stands_in_is_text() -> None:
    filled = fill(
        "**{partner_name}** and {partner_code}\r\n", {"partner_name": "*A* <b>x</b>\n# y", "partner_code": "1"}
    )
    assert filled == "**\\*A\\* \\<b\\>x\\</b\\> \\# y** and 1\n"
    assert as_html(filled) == "<p><strong>*A* &lt;b&gt;x&lt;/b&gt; # y</strong> and 1</p>\n"


def test_html_links_and_pictures_of_a_text_are_shown_as_text() -> None:
    html = as_html("<script>alert(1)</script>\n\n[x](javascript:alert(1)) ![y](https://e.example/y.png)")
    assert "<script" not in html
    assert "<a" not in html
    assert "<img" not in html


def test_blocks_hold_all_words() -> None:
    blocks = as_blocks("# T **b**\n\n1. one\n2. two *i*\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n> q\n\n---\n")
    assert [block["kind"] for block in blocks] == ["heading", "list", "table", "quote", "rule"]
    assert blocks[0]["runs"] == [
        {"text": "T ", "bold": False, "italic": False},
        {"text": "b", "bold": True, "italic": False},
    ]
    assert blocks[1]["start"] == 1
    assert [[cell[0]["text"] for cell in row] for row in blocks[2]["rows"]] == [["a", "b"], ["1", "2"]]


def test_the_hash_is_of_the_utf8_bytes() -> None:
    assert sha256_of("계약\n") == hashlib.sha256("계약\n".encode()).hexdigest()
