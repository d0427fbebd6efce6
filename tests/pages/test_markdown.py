from pages.markdown import as_html, pictures_in


def test_callouts_and_headings_stand_below_the_page_s_own() -> None:
    html = as_html("# A\n\n> [!WARNING]\n> Mind **it**\n\n> [!NOTE] so\n\n> [!ELSE] q", top=2)
    assert html == (
        '<h2>A</h2>\n<aside class="note note-warn">\n<p>Mind <strong>it</strong></p>\n</aside>\n'
        '<aside class="note">\n<p>so</p>\n</aside>\n<blockquote>\n<p>[!ELSE] q</p>\n</blockquote>\n'
    )


def test_only_pictures_that_are_known_are_shown_and_nothing_acts() -> None:
    text = "![a *b*](x.png) ![c](https://e.example/t.gif) <img src=x onerror=alert(1)> [d](javascript:alert(1))"
    html = as_html(text, pictures={"x.png": "/x"}.get)  # type: ignore[arg-type]
    assert html == (
        '<p><img src="/x" alt="a b" loading="lazy"> c &lt;img src=x onerror=alert(1)&gt; [d](javascript:alert(1))</p>\n'
    )
    assert "<img" not in as_html(text)
    assert pictures_in(text + "![e](<한글 1.png>)") == {"x.png", "https://e.example/t.gif", "한글 1.png"}
