"""What the codes that fields keep are called, where changes of them are shown (`tenancy.history`)."""

from partners.countries import country_choices, language_choices
from partners.product_lines import product_line_choices
from tenancy.functions import all_functions
from tenancy.history import register_code_names


def register() -> None:
    """Say it to history."""
    register_code_names("country", lambda: dict(country_choices()))
    register_code_names("languages", lambda: dict(language_choices()))
    register_code_names("product_lines", lambda: dict(product_line_choices()))
    register_code_names("functions_off", lambda: {each.key: each.label for each in all_functions()})
