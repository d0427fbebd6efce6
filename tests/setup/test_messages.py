import ast

import pytest

from prm_portal import messages

PYTHON = """
from django.utils.translation import gettext_lazy as _, ngettext, pgettext
LABEL = _("Partner")
def said(count):
    return ngettext("%(count)s row", "%(count)s rows", count), pgettext("of a tier", "Grade")
"""
TEMPLATE = """
{% load i18n %}
  {% if it's # odd %}
<p title="{% translate 'Name' %}">{% translate "Order" context "verb" %}</p>
      {% blocktranslate count counter=rows|length trimmed %}
        One line of {{ file }}
      {% plural %}
        {{ counter }} lines of {{ file }}
      {% endblocktranslate %}
  {{ _("Sum") }}
"""
CATALOGUE = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

msgid "Partner"
msgstr "파트너"
"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    (tmp_path / "partners" / "migrations").mkdir(parents=True)
    (tmp_path / "partners" / "services.py").write_text(PYTHON)
    (tmp_path / "partners" / "migrations" / "0001_initial.py").write_text('x = _("Not shown")')
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html").write_text(TEMPLATE)
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    monkeypatch.setattr(messages, "LOCALE", tmp_path / "locale")
    return tmp_path


def test_texts_are_gathered_from_python_and_templates(project):
    found = {(message.id, message.context) for message in messages.gather() if message.id}

    assert found == {
        ("Partner", None),
        (("%(count)s row", "%(count)s rows"), None),
        ("Grade", "of a tier"),
        ("Name", None),
        ("Order", "verb"),
        (("One line of %(file)s", "%(counter)s lines of %(file)s"), None),
        ("Sum", None),
    }


def test_an_update_keeps_translations_and_drops_what_is_gone(project):
    path = messages.po_path("ko")
    path.parent.mkdir(parents=True)
    path.write_text(CATALOGUE + '\nmsgid "Gone"\nmsgstr "없음"\n')

    catalogue = messages.update_catalog("ko")

    assert catalogue["Partner"].string == "파트너"
    assert "Gone" not in path.read_text()
    assert "Creation-Date" not in path.read_text()
    assert len(messages.untranslated(messages.read_catalog("ko"))) == 6


def test_updating_twice_changes_nothing(project):
    messages.update_catalog("ja")
    first = messages.po_path("ja").read_text()

    messages.update_catalog("ja")

    assert messages.po_path("ja").read_text() == first


def test_every_fault_of_a_catalogue_is_named(project):
    path = messages.po_path("ko")
    path.parent.mkdir(parents=True)
    path.write_text(
        CATALOGUE
        + '\nmsgid "Gone"\nmsgstr "없음"\n'
        + '\nmsgid "Name"\nmsgstr ""\n'
        + '\n#, fuzzy\nmsgid "Sum"\nmsgstr "합계"\n'
        + '\n#, python-format\nmsgid "%(count)s row"\nmsgid_plural "%(count)s rows"\nmsgstr[0] "%(number)s행"\n'
    )

    faults = messages.faults("ko", messages.gather())

    assert [fault.split(": ")[1] for fault in faults[:5]] == ["missing"] * 3 + ["no longer used", "not translated"]
    assert "ko: not translated: 'Sum'" in faults
    assert any("'%(count)s row'" in fault and "number" in fault for fault in faults)


def test_a_compiled_catalogue_is_written_once(project):
    path = messages.po_path("ko")
    path.parent.mkdir(parents=True)
    path.write_text(CATALOGUE)

    assert messages.compile_catalogs() == 1
    assert path.with_suffix(".mo").exists()
    assert messages.compile_catalogs() == 0


def test_no_text_stands_inside_an_f_string_where_it_would_not_be_gathered():
    files = [file for file in messages.source_files() if file.suffix == ".py"]
    found = [
        f"{file.relative_to(messages.ROOT)}:{call.lineno}"
        for file in files
        for joined in ast.walk(ast.parse(file.read_text()))
        if isinstance(joined, ast.JoinedStr)
        for call in ast.walk(joined)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in messages.KEYWORDS
    ]

    assert len(files) > 500
    assert found == []
