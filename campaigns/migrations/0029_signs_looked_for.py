import unicodedata

from django.db import migrations

# What the search has kept so far, in the signs that it compares from here on (campaigns.search_text).
PLAIN = (
    {
        sign: plain
        for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00))
        if (sign := chr(code)).islower() and (plain := unicodedata.normalize("NFD", sign)[0]) not in f"{sign}æœßþ"
    }
    | {"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ı": "i"}
    | {chr(code): chr(code + 0x60) for code in range(0x3041, 0x3097)}
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-")
    | dict.fromkeys("\u2018\u2019\u02bc", "'")
    | {"\u201c": '"', "\u201d": '"', "\u301c": "~", "\u2044": "/"}
)
MARKS = "".join(map(chr, range(0x300, 0x370)))
PLAINLY = "replace(replace(replace(replace(translate({0}, %(signs)s, %(plain)s), 'æ', 'ae'), 'œ', 'oe'), 'ß', 'ss'), 'þ', 'th')"
TITLE, TEXT = PLAINLY.format("title"), PLAINLY.format("text")


def write_plainly(apps, editor):
    """Two statements over all manufacturers; rows that say the same already are left alone."""
    asked = {"signs": "".join(PLAIN) + MARKS, "plain": "".join(PLAIN.values())}
    with editor.connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE campaigns_assettext SET title = {TITLE}, text = {TEXT} WHERE title <> {TITLE} OR text <> {TEXT}",  # noqa: S608
            asked,
        )
        cursor.execute(f"UPDATE campaigns_assettextpart SET text = {TEXT} WHERE text <> {TEXT}", asked)  # noqa: S608


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0028_templates_being_handed_in")]

    operations = [migrations.RunPython(write_plainly, migrations.RunPython.noop)]
