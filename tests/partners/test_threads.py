"""What ties the parts together: papers on journeys, territories in agreements, handovers that tell of both, merges told."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from partners import services
from partners.handover import collect_sections
from partners.models import (
    Journey,
    JourneyItem,
    JourneyPhase,
    JourneyStep,
    JourneyTemplate,
    Paper,
    PaperState,
    Partner,
    PartnerTerritory,
    Territory,
)
from partners.selectors.agreements import paper_needs, papers_of
from partners.services.agreements import territory_names, values_for
from partners.services.merging import merge_partners, undo_merge
from partners.services.onboarding import complete_item
from partners.services.partners import PartnerError
from partners.timeline import timeline_of
from tenancy.models import Manufacturer, Membership
from tenancy.rls import partner_scope, staff_scope
from tests.factories import PartnerFactory
from tests.partners.agreements import PDF, agreement_type, paper, paper_type, running

pytestmark = pytest.mark.django_db


def journey_asking_for(partner: Partner, subject: str) -> JourneyItem:
    """A running journey with one step: hand in a paper."""
    template = JourneyTemplate.objects.create(
        family=uuid.uuid4(), names={"en": "Welcome"}, state=JourneyTemplate.State.PUBLISHED
    )
    phase = JourneyPhase.objects.create(template=template, names={"en": "First"})
    for kind in ("upload", "confirm"):
        JourneyStep.objects.create(
            phase=phase, type=kind, subject=subject if kind == "upload" else "", titles={"en": kind}
        )
    services.start_journey(partner, by=None)
    return JourneyItem.objects.get(partner=partner, step__type="upload")


def pdf(content: bytes = PDF, name: str = "licence.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def test_a_file_of_a_step_that_names_a_paper_waits_for_review(
    manufacturer: Any, partner: Partner, partner_admin: Membership, owner: Membership
) -> None:
    with staff_scope(manufacturer.pk):
        kind = paper_type("licence")
        item = journey_asking_for(partner, "licence")
    with partner_scope(manufacturer.pk, partner.pk):
        member = Membership.objects.select_related("manufacturer").get(pk=partner_admin.pk)
        with pytest.raises(PartnerError, match="damaged"):
            complete_item(item, by=member, upload=pdf(b"<html>", "x.pdf"), upload_type="application/pdf")
    with staff_scope(manufacturer.pk):
        assert JourneyItem.objects.get(pk=item.pk).done_at is None
    for _time in range(2):
        with partner_scope(manufacturer.pk, partner.pk):
            complete_item(item, by=member, upload=pdf(), upload_type="application/pdf")
    with staff_scope(manufacturer.pk):
        given = Paper.objects.get()
        assert (given.type, given.state, given.uploaded_by_id) == (kind, PaperState.WAITING, partner_admin.pk)
        assert JourneyItem.objects.get(pk=item.pk).file_name == "licence.pdf"
        assert Journey.objects.get().done == 1


def test_a_file_of_any_other_step_is_no_paper(manufacturer: Any, partner: Partner, partner_admin: Membership) -> None:
    with staff_scope(manufacturer.pk):
        paper_type("licence")
        item = journey_asking_for(partner, "")
    with partner_scope(manufacturer.pk, partner.pk):
        complete_item(item, by=partner_admin, upload=pdf(), upload_type="application/pdf")
    with staff_scope(manufacturer.pk):
        assert not Paper.objects.exists()


def test_a_paper_handed_in_elsewhere_does_the_step(
    manufacturer: Any, partner: Partner, partner_admin: Membership
) -> None:
    with staff_scope(manufacturer.pk):
        licence, other = paper_type("licence"), paper_type("other")
        item = journey_asking_for(partner, "licence")
    with partner_scope(manufacturer.pk, partner.pk):
        paper(partner, other, partner_admin)
    with staff_scope(manufacturer.pk):
        assert Journey.objects.get().done == 0
    with partner_scope(manufacturer.pk, partner.pk):
        paper(partner, licence, partner_admin)
    with staff_scope(manufacturer.pk):
        item.refresh_from_db()
        assert (Journey.objects.get().done, item.how) == (1, JourneyItem.How.CHECK)


def test_what_staff_hand_in_on_a_journey_waits_for_its_last_day(
    manufacturer: Any, partner: Partner, owner: Membership
) -> None:
    with staff_scope(manufacturer.pk):
        paper_type("licence", has_expiry=True)
        item = journey_asking_for(partner, "licence")
        complete_item(item, by=owner, upload=pdf(), upload_type="application/pdf")
        assert Paper.objects.get().state == PaperState.WAITING


def test_agreements_name_the_territories_that_a_partner_covers(
    manufacturer: Manufacturer, partner: Partner, partner_admin: Membership
) -> None:
    with staff_scope(manufacturer.pk):
        Partner.objects.filter(pk=partner.pk).update(region="Seoul")
        partner = Partner.objects.get(pk=partner.pk)
        agreement = running(partner, agreement_type("dealer"), partner_admin, starts_on=dt.date(2026, 1, 1))
        assert values_for(agreement, manufacturer)["territory"] == "–"
        for order, (code, names) in enumerate(
            [("south", {"en": "South", "ko": "남부"}), ("north", {"en": "North", "ko": "북부"}), ("old", {"en": "Old"})]
        ):
            territory = Territory.objects.create(code=code, names=names, order=order, is_retired=code == "old")
            PartnerTerritory.objects.create(partner=partner, territory=territory)
        assert values_for(agreement, manufacturer)["territory"] == "South, North"
        assert values_for(agreement, manufacturer, "Jeju")["territory"] == "Jeju"
        agreement.language = "ko"
        assert values_for(agreement, manufacturer)["territory"] == "남부, 북부"
        assert territory_names(partner) == ["South", "North"]


def test_a_handover_tells_of_agreements_and_papers(
    manufacturer: Any, partner: Partner, sibling: Partner, owner: Membership, partner_admin: Membership
) -> None:
    today = timezone.localdate()
    with staff_scope(manufacturer.pk):
        licence, safety = paper_type("licence"), paper_type("safety")
        running(partner, agreement_type("dealer"), partner_admin, starts_on=today - dt.timedelta(days=10))
        paper(partner, licence, owner, valid_until=today + dt.timedelta(days=300))
        sections = collect_sections([partner.pk, sibling.pk], today)
        assert [line["detail"] for line in sections[partner.pk]["agreements"]] == ["Running"]
        assert "agreements" not in sections[sibling.pk]
        assert [(line["text"], line["detail"], line["on"]) for line in sections[partner.pk]["papers"]] == [
            (str(safety), "Missing", ""),
            (str(licence), "Valid", (today + dt.timedelta(days=300)).isoformat()),
        ]
        for each in (partner, sibling):
            alone = [(need.type.pk, need.status) for need in paper_needs(each, day=today)]
            assert [(need.type.pk, need.status) for need in papers_of([each.pk], day=today)[each.pk]] == alone


def test_a_handover_of_many_asks_as_many_queries(manufacturer: Any, partner: Partner) -> None:
    with staff_scope(manufacturer.pk):
        paper_type("licence")
    counts = []
    for _size in range(2):
        with staff_scope(manufacturer.pk), CaptureQueriesContext(connection) as asked:
            collect_sections(list(Partner.objects.values_list("pk", flat=True)), timezone.localdate())
        counts.append(len(asked))
        for _number in range(10):
            PartnerFactory(manufacturer=manufacturer)
    assert counts[0] == counts[1]


def test_a_merge_stands_on_the_timeline_of_what_stays(
    manufacturer: Any, partner: Partner, owner: Membership, analyst: Membership
) -> None:
    twin = PartnerFactory(manufacturer=manufacturer, code="T1", name="Twin", kind=partner.kind)
    with staff_scope(manufacturer.pk):
        merge = merge_partners(partner, twin, by=owner)
        undo_merge(merge, by=owner)

        def told(member: Membership) -> list[tuple[str, str]]:
            fresh = Membership.objects.select_related("manufacturer").get(pk=member.pk)
            entries = timeline_of(fresh, partner, size=50).entries
            return [(each.entry.title, each.entry.who) for each in entries if each.source.key == "merges"]

        assert told(owner) == [
            ("Twin became a record of its own again", "Owner Kim"),
            ("Twin was merged into this record", "Owner Kim"),
        ]
        assert told(analyst) == []
