from django.db import migrations

# An index cannot serve LIKE below a policy (see 0005): texts of tables with very many rows are indexed by pieces, each
# marked with its manufacturer: three signs of Latin script and digits, two of any other.
PIECES = """
CREATE FUNCTION partners_pieces(manufacturer bigint, txt text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $body$
    SELECT array(
        SELECT DISTINCT manufacturer || ':' || piece FROM (
            SELECT substr(txt, i, 3) AS piece FROM generate_series(1, length(txt) - 2) i
            WHERE octet_length(substr(txt, i, 3)) = 3 AND strpos(substr(txt, i + 1, 2), ' ') = 0
            UNION ALL
            SELECT substr(txt, i, 2) FROM generate_series(1, length(txt) - 1) i
            WHERE octet_length(substr(txt, i, 2)) > 2 AND substr(txt, i + 1, 1) <> ' '
        ) found
    )
$body$;
CREATE FUNCTION partners_digits(txt text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN regexp_replace(txt, '\\D', '', 'g');

CREATE INDEX partner_by_number ON partners_partner USING gin (partners_pieces(manufacturer_id, partners_digits(phone)));
CREATE INDEX contact_by_number ON partners_contact
    USING gin (partners_pieces(manufacturer_id, partners_digits(phone) || ' ' || partners_digits(mobile)));
"""


class Migration(migrations.Migration):
    """Finds partners and their people by any part of a phone number."""

    dependencies = [("partners", "0027_matches")]

    operations = [
        migrations.RunSQL(
            PIECES,
            "DROP INDEX contact_by_number; DROP INDEX partner_by_number; DROP FUNCTION partners_digits(text);"
            " DROP FUNCTION partners_pieces(bigint, text)",
        )
    ]
