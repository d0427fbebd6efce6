"""The cards of a partner's page, in tests."""

from typing import Any

from django.test import Client


def panels_of(client: Client, partner_id: int) -> dict[str, Any]:
    """What each card on the staff's page of a partner shows, by key, over all its leaves."""
    page = f"/hanbit/partners/{partner_id}/"
    found: dict[str, Any] = {}
    for _label, url, _is_active in client.get(page).context["tabs"]:
        context = client.get(page + url).context
        for panel in context["main_panels"] + context["side_panels"]:
            found[panel.key] = (
                client.get(page + panel.context["card"]).context["panel"] if "card" in panel.context else panel.context
            )
    return found
