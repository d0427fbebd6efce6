from django.db import migrations

# The same pieces as before: `substr` counts from the start of a text for every sign, so that a document of twenty thousand
# signs took seconds. Here each sign is looked at once.
PIECES = """
CREATE OR REPLACE FUNCTION partners_pieces(manufacturer bigint, txt text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $body$
    SELECT array(
        SELECT DISTINCT manufacturer || ':' || piece FROM (
            SELECT sign || lead(sign) OVER inorder AS two,
                sign || lead(sign) OVER inorder || lead(sign, 2) OVER inorder AS three,
                lead(sign) OVER inorder <> ' ' AS goes_on, lead(sign, 2) OVER inorder <> ' ' AS goes_further
            FROM unnest(string_to_array(txt, NULL)) WITH ORDINALITY signs (sign, place)
            WINDOW inorder AS (ORDER BY place)
        ) signs, LATERAL (VALUES
            (CASE WHEN octet_length(three) = 3 AND goes_on AND goes_further THEN three END),
            (CASE WHEN octet_length(two) > 2 AND goes_on THEN two END)
        ) found (piece)
        WHERE piece IS NOT NULL
    )
$body$;
"""


class Migration(migrations.Migration):
    dependencies = [("partners", "0029_greetings_by_country")]

    operations = [migrations.RunSQL(PIECES, migrations.RunSQL.noop)]
