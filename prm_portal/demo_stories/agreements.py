"""Agreements and papers: running, ending soon, waiting for an answer; papers valid, run out, missing, to be reviewed."""

import datetime as dt
import io
import random
from collections.abc import Sequence
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from PIL import Image, ImageDraw

from partners.models import (
    Agreement,
    AgreementState,
    AgreementTemplate,
    AgreementType,
    Paper,
    PaperState,
    PaperType,
    Partner,
    PartnerKind,
    Stage,
)
from partners.services.agreement_notices import warn_of_ends
from partners.services.agreement_templates import publish_template
from partners.services.agreements import close_and_renew, create_agreement, draft_of
from prm_portal.demo_stories.agreement_texts import AGREEMENTS, PAPERS
from tenancy.files import digest, stored_name
from tenancy.models import Manufacturer, Membership
from tenancy.rights import Role

STORY_PARTNER = {"hanbit": "Seoul Agency"}
"""The partner whose portal the demo shows: it has an agreement to accept, and an insurance that runs out soon."""

SHARES = (("valid", 0.80), ("waiting", 0.86), ("missing", 0.92), ("expired", 0.97), ("refused", 1.0))
REASONS = {
    "ko": "사진이 흐려서 번호를 읽을 수 없습니다. 다시 촬영해 주십시오.",
    "ja": "写真が不鮮明で番号が読み取れません。撮り直してください。",
    "en": "The photo is too blurred to read the number. Please take it again.",
}


def tell_agreements(manufacturer: Manufacturer, today: dt.date) -> None:
    """Templates with published texts, a year of agreements and papers, and what the calendar has made of them."""
    if AgreementType.objects.exists():
        return
    owner = Membership.objects.get(role=Role.OWNER)
    kinds = {kind.code: kind for kind in PartnerKind.objects.all()}
    partners = list(
        Partner.objects.filter(stage__in=[Stage.ACTIVE, Stage.ONBOARDING])
        .select_related("kind", "channel_manager")
        .order_by("code")
    )
    admins = {admin.partner_id: admin for admin in Membership.objects.filter(role=Role.PARTNER_ADMIN)}
    story = next((each for each in partners if each.name == STORY_PARTNER.get(manufacturer.slug)), partners[0])
    for order, told in enumerate(AGREEMENTS[manufacturer.slug]):
        kind = AgreementType.objects.create(
            code=told.code,
            names=told.names,
            term_months=told.term_months,
            renewal=told.renewal,
            notice_months=told.notice_months,
            guards=list(told.guards),
            order=order,
        )
        kind.kinds.set([kinds[code] for code in told.kinds if code in kinds])
        template = AgreementTemplate.objects.create(type=kind, texts=told.texts)
        publish_template(template, by=owner)
        template.type = kind
        meant = [each for each in partners if not told.kinds or each.kind.code in told.kinds]
        make_agreements(manufacturer, template, meant, story, admins, today)
    for order, told_paper in enumerate(PAPERS[manufacturer.slug]):
        paper = PaperType.objects.create(
            code=told_paper.code,
            names=told_paper.names,
            explanations=told_paper.explanations,
            has_expiry=told_paper.has_expiry,
            has_number=told_paper.has_number,
            guards=list(told_paper.guards),
            order=order,
        )
        paper.kinds.set([kinds[code] for code in told_paper.kinds if code in kinds])
        meant = [each for each in partners if not told_paper.kinds or each.kind.code in told_paper.kinds]
        make_papers(manufacturer, paper, meant, story, admins, owner, today)
    close_and_renew(day=today)
    warn_of_ends(today)


def make_agreements(
    manufacturer: Manufacturer,
    template: AgreementTemplate,
    partners: Sequence[Partner],
    story: Partner,
    admins: dict[int | None, Membership],
    today: dt.date,
) -> None:
    """One agreement for most of the partners, begun some time within its term; a few wait, a few were never made."""
    rows: list[Agreement] = []
    for partner in partners:
        chance = random.Random(f"{template.type.code}{partner.code}")  # noqa: S311
        if partner != story and chance.random() < 0.06:
            continue
        months = template.type.term_months or 24
        ago = months * 30 - 40 if partner == story else chance.randrange(20, months * 30 - 5)
        row = draft_of(partner, template, manufacturer, starts_on=today - dt.timedelta(days=ago))
        sent_at = timezone.now() - dt.timedelta(days=ago + 9, minutes=chance.randrange(500))
        row.state, row.sent_at = AgreementState.SENT, sent_at
        if partner == story or chance.random() > 0.05:
            admin = admins.get(partner.pk)
            row.state = AgreementState.ACCEPTED
            row.accepted_at = sent_at + dt.timedelta(days=chance.randrange(1, 8), minutes=chance.randrange(500))
            row.accepted_by = admin
            row.accepted_name = admin.name if admin else NAMES[row.language][chance.randrange(4)]
            row.accepted_role = {"ko": "대표이사", "ja": "代表取締役", "en": "Managing director"}[row.language]
            row.accepted_address = f"203.0.113.{chance.randrange(1, 250)}"
        rows.append(row)
    Agreement.objects.bulk_create(rows)
    if template.type.code == "privacy":
        create_agreement(story, template.type, starts_on=today, send=True)


NAMES = {
    "ko": ("김민수", "박서연", "이준호", "최지우"),
    "ja": ("佐藤 健", "鈴木 一郎", "高橋 恵", "田中 誠"),
    "en": ("Anna Keller", "Mark Davies", "Lena Novak", "Paul Martin"),
}


def make_papers(
    manufacturer: Manufacturer,
    kind: PaperType,
    partners: Sequence[Partner],
    story: Partner,
    admins: dict[int | None, Membership],
    owner: Membership,
    today: dt.date,
) -> None:
    """What each partner handed in; all of a kind share one picture, since no two of them would differ on a screen."""
    name, size, sha256 = keep_picture(manufacturer, kind)
    language = manufacturer.first_language
    rows: list[Any] = []
    for partner in partners:
        chance = random.Random(f"{kind.code}{partner.code}")  # noqa: S311
        share = chance.random()
        state = next(state for state, up_to in SHARES if share <= up_to)
        if partner == story:
            state = "valid"
        if state == "missing":
            continue
        left = {"expired": -chance.randrange(3, 90)}.get(state, chance.randrange(15, 700))
        if partner == story:
            left = 20
        until = today + dt.timedelta(days=left)
        reviewed = state in ("valid", "expired", "refused")
        rows.append(
            Paper(
                manufacturer=manufacturer,
                partner=partner,
                type=kind,
                number=f"{kind.code[:2].upper()}-{chance.randrange(10**6, 10**7)}" if kind.has_number else "",
                valid_from=until - dt.timedelta(days=365) if kind.has_expiry else None,
                valid_until=until if kind.has_expiry else None,
                file=name,
                original_name=f"{kind.code}.jpg",
                content_type="image/jpeg",
                size=size,
                sha256=sha256,
                state={"valid": PaperState.ACCEPTED, "expired": PaperState.ACCEPTED}.get(state, state),
                reason=REASONS[language] if state == "refused" else "",
                uploaded_by=admins.get(partner.pk),
                reviewed_by=owner if reviewed else None,
                reviewed_at=timezone.now() - dt.timedelta(days=chance.randrange(1, 20)) if reviewed else None,
            )
        )
    Paper.objects.bulk_create(rows)


def keep_picture(manufacturer: Manufacturer, kind: PaperType) -> tuple[str, int, str]:
    """A photo of a paper, as a phone would take it: its stored name, size and hash."""
    picture = Image.new("RGB", (900, 1270), "#f4efe4")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((60, 60, 840, 1210), outline="#7a6a4f", width=6)
    draw.text((120, 140), kind.names["en"], fill="#332a1d", font_size=44)
    for line in range(14):
        draw.line((120, 300 + line * 56, 780 - (line % 3) * 90, 300 + line * 56), fill="#b9ab90", width=5)
    draw.ellipse((590, 1010, 760, 1180), outline="#b03a2e", width=8)
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=70)
    name = default_storage.save(
        stored_name(manufacturer.pk, "papers", f"{kind.code}.jpg"), ContentFile(file.getvalue())
    )
    return name, len(file.getvalue()), digest(file)
