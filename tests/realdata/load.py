"""Loads the public data sets through the import command, with the mapping files beside this module."""

import io
import json
from pathlib import Path
from typing import Any

import polars as pl
from django.core.management import call_command

from tenancy.models import Manufacturer

MAPPINGS = Path(__file__).parent / "mappings"


def run(manufacturer: Manufacturer, kind: str, file: Path, mapping: str, *options: str) -> dict[str, Any]:
    """`manage.py import` with a mapping file; returns what it tells as JSON."""
    told = io.StringIO()
    path = MAPPINGS / f"{mapping}.json"
    call_command("import", manufacturer.slug, kind, str(file), f"--map={path}", "--json", *options, stdout=told)
    return json.loads(told.getvalue())


def read(path: Path) -> pl.DataFrame:
    """A data file as text, for computing independently of the imports."""
    return pl.read_csv(path, infer_schema=False)


def adventureworks(data: Path, manufacturer: Manufacturer, work: Path) -> dict[str, dict[str, Any]]:
    """Resellers with their geography, all versions of the products, every reseller line."""
    folder = data / "adventureworks_reseller"
    resellers = read(folder / "DimReseller.csv").join(read(folder / "DimGeography.csv"), on="GeographyKey", how="left")
    resellers.write_csv(work / "resellers.csv")
    subcategories = read(folder / "DimProductSubcategory.csv")
    products = read(folder / "DimProduct.csv").join(subcategories, on="ProductSubcategoryKey", how="left")
    products.write_csv(work / "products.csv")
    return {
        "partners": run(
            manufacturer, "partners", work / "resellers.csv", "adventureworks_partners", "--create-missing"
        ),
        "products": run(manufacturer, "products", work / "products.csv", "adventureworks_products", "--create-missing"),
        "sell_in": run(manufacturer, "sell_in", folder / "FactResellerSales.csv.gz", "adventureworks_sell_in"),
    }


def iowa_distiller(data: Path, manufacturer: Manufacturer) -> dict[str, dict[str, Any]]:
    """Stores as partners, the catalogue, and every line of one distiller; stores that are missing become drafts."""
    folder = data / "iowa_liquor_sellin"
    lines = folder / "manufacturer_cedar_ridge_lines_2018_2021.csv.gz"
    return {
        "partners": run(manufacturer, "partners", folder / "stores.csv", "iowa_partners"),
        "products": run(manufacturer, "products", folder / "products.csv.gz", "iowa_products", "--create-missing"),
        "sell_in": run(manufacturer, "sell_in", lines, "iowa_lines", "--create-missing"),
    }


def iowa_state(data: Path, manufacturer: Manufacturer) -> dict[str, dict[str, Any]]:
    """Stores as partners, and what each bought of everything, a line per store and day."""
    folder = data / "iowa_liquor_sellin"
    days = folder / "store_day_2018_2021.csv.gz"
    return {
        "partners": run(manufacturer, "partners", folder / "stores.csv", "iowa_partners"),
        "sell_in": run(manufacturer, "sell_in", days, "iowa_store_days", "--create-missing"),
    }
