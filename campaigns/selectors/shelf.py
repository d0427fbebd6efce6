"""A page of the content library as both sides see it: all that its cards show, read in one statement.

A card tells of a piece of material, of the version of it that suits the reader, of a picture of that, and of its use. Asked for
one after the other through the query builder these take several times what they take the database.
"""

import datetime as dt
import json
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import get_language

from campaigns.models import Asset, UseKind, ending_of
from campaigns.search_text import passage_pattern, pattern_of, words_of
from campaigns.selectors.assets import Wanted, chosen_assets, found_assets
from pages.formats import base_language
from tenancy.translation import translated

CHOSEN = ("id", "titles", "kind", "state", "published_at", "changed_at")
PAGE = """
SELECT shelf.id, shelf.titles, shelf.kind, shelf.state, shelf.published_at, shelf.changed_at,
    version.id, version.source, version.original_name, version.pages, coalesce(version.languages, '{{}}'),
    EXISTS (SELECT FROM campaigns_assetpreview p WHERE p.version_id = version.id AND p.page = 0),
    {passage}, {counts}, shelf.total
FROM (
    SELECT page.*, row_number() OVER () AS place FROM (
        SELECT chosen.*, {total} AS total FROM ({chosen}) chosen WHERE {found}
        ORDER BY {named}changed_at DESC NULLS LAST, id DESC LIMIT %s OFFSET %s
    ) page
) shelf
LEFT JOIN LATERAL (
    SELECT v.id, v.source, v.original_name, v.pages, v.text, array_agg(v.language::text) OVER () AS languages
    FROM campaigns_assetversion v WHERE v.asset_id = shelf.id AND v.is_current
    ORDER BY array_position(%s::text[], v.language::text), v.language LIMIT 1
) version ON true
{uses}
ORDER BY shelf.place
"""
USES = """
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE u.kind = %s AND u.link_id IS NULL) AS views,
        count(*) FILTER (WHERE u.kind = ANY(%s) AND u.link_id IS NULL) AS downloads, count(DISTINCT u.partner_id) AS partners
    FROM campaigns_assetuse u WHERE u.asset_id = shelf.id
) used
"""
NARROWING = """
SELECT array(
    SELECT tag FROM (SELECT unnest(tags) AS tag FROM ({assets}) every LIMIT 5000) tagged
    GROUP BY tag ORDER BY count(*) DESC, tag COLLATE "C" LIMIT %s
), array(
    SELECT jsonb_build_array(c.id, c.code, c.names)::text FROM commerce_productcategory c
    WHERE EXISTS (SELECT FROM campaigns_asset a WHERE a.category_id = c.id) ORDER BY c."order", c.code
)
"""
MOST_TAGS = 12


class Placed(NamedTuple):
    """Material as it stands on a page of the library. What tells of a version is empty where there is none."""

    asset: int
    titles: dict[str, str]
    kind: str
    state: str
    published_at: dt.datetime | None
    changed_at: dt.datetime | None
    version: int | None
    source: str | None
    original_name: str | None
    pages: int | None
    languages: list[str]
    has_picture: bool
    passage: str
    views: int
    downloads: int
    partners: int
    total: int | None
    """How many there are in all, where words are looked for; else empty: counting those would mean reading all of them."""

    @property
    def title(self) -> str:
        """In the reader's language, else in one that there is."""
        return translated(self.titles) or "–"

    @property
    def ending(self) -> str:
        """What a reader calls the kind of its file."""
        return "–" if self.source is None else ending_of(self.source, self.original_name or "")


def placed_assets(
    assets: QuerySet[Asset], wanted: Wanted, *, start: int = 0, most: int, with_use: bool = False
) -> list[Placed]:
    """What is looked for among `assets`, from the one at `start` on, at most so many: first what is called so, then the newest.

    Each with its current version in the language asked for, else in the reader's, in English, or any; with the place in its
    text that was found; and, `with_use`, with how often it was used and by how many partners. One statement, and one or two
    before it where words are looked for.
    """
    words = words_of(wanted.text)
    ids = found_assets(words) if words else None
    if ids == []:
        return []
    chosen, values = chosen_assets(assets, wanted).order_by().values(*CHOSEN).query.sql_with_params()
    plain = [word for word in words if word.strip()]
    sql = PAGE.format(
        chosen=chosen,
        passage="coalesce(trim(substring(version.text FROM %s)), '')" if plain else "''",
        counts="used.views, used.downloads, used.partners" if with_use else "0, 0, 0",
        total="NULL::bigint" if ids is None else "count(*) OVER ()",
        found="true" if ids is None else "id = ANY(%s)",
        named=" AND ".join(["titles::text ~* %s"] * len(words)) + " DESC, " if words else "",
        uses=USES if with_use else "",
    )
    params: list[Any] = [f"(?i){passage_pattern(plain)}"] if plain else []
    params += [*values, *([] if ids is None else [ids]), *map(pattern_of, words), most, start]
    params.append([language for language in (wanted.language, base_language(get_language()), "en") if language])
    params += [UseKind.VIEW, [UseKind.DOWNLOAD, UseKind.BRAND]] if with_use else []
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return [Placed(asset, json.loads(titles), *rest) for asset, titles, *rest in cursor.fetchall()]


class Narrowing(NamedTuple):
    """What the library can be narrowed by, beside what is the same everywhere."""

    tags: list[str]
    """Those in use, the most used first."""
    categories: list[tuple[int, str]]
    """The product categories that material stands under, with their names."""


def narrowing_of(assets: QuerySet[Asset]) -> Narrowing:
    """What `assets` can be narrowed by. One statement."""
    every, values = assets.order_by().values("tags").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(NARROWING.format(assets=every), [*values, MOST_TAGS])
        tags, categories = cursor.fetchone()
    known = [json.loads(each) for each in categories]
    return Narrowing(tags, [(pk, translated(names, code)) for pk, code, names in known])
