"""A company applies on the public page: once, however often it presses the button, and not a thousand times (P-5)."""

import datetime as dt
import hashlib
import ipaddress
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from notices.services import tell
from partners import prospect_keys
from partners.models import ApplicationForm, Prospect, ProspectFile, ProspectStage
from partners.notice_kinds.partners import APPLICATION_RECEIVED
from partners.selectors.recruiting import vetting_questions
from partners.services.applicant_mails import write_received
from partners.services.partners import PartnerError
from partners.services.recruiting import create_prospect, source_of_applications
from partners.vetting import vet
from tenancy.files import clean_name, digest
from tenancy.models import Manufacturer
from tenancy.rights import Right
from tenancy.selectors import members_with

TICKET_SALT = "partners.apply"
QUICKEST = dt.timedelta(seconds=3)
"""Nobody fills the form in faster; programs do."""
AT_ONCE = dt.timedelta(seconds=-1)
"""No shortest time: what a page that is shown again asks of its ticket."""
LONGEST = dt.timedelta(days=1)
SAME_WITHIN = dt.timedelta(days=1)
PER_ADDRESS, PER_NETWORK, PER_MANUFACTURER = 6, 30, 300
WINDOW = 3600
"""Seconds that attempts are counted in."""


class ApplyError(PartnerError):
    """An application that is not taken as it comes."""


@dataclass(frozen=True)
class Upload:
    """A file that came with an application, checked."""

    question_key: str
    file: Any
    content_type: str


@dataclass(frozen=True)
class Applied:
    """What became of an application."""

    prospect: Prospect
    is_repeated: bool = False
    """The same company applied from the same address within a day: nothing new was kept."""


def new_ticket(manufacturer: Manufacturer) -> str:
    """What a page of the form carries: whose it is, when it was opened, and a key for what is sent from it."""
    return signing.dumps({"manufacturer": manufacturer.pk, "key": uuid.uuid4().hex}, salt=TICKET_SALT)


def read_ticket(manufacturer: Manufacturer, ticket: str, *, quickest: dt.timedelta = QUICKEST) -> uuid.UUID:
    """The key of a page of the form; ApplyError says why what was sent from it is not taken."""
    try:
        content = signing.loads(ticket, salt=TICKET_SALT, max_age=LONGEST)
    except signing.BadSignature:
        raise ApplyError(_("This page was open for too long. Look your answers over and send them again.")) from None
    if content.get("manufacturer") != manufacturer.pk:
        raise ApplyError(_("This page was open for too long. Look your answers over and send them again."))
    try:
        signing.loads(ticket, salt=TICKET_SALT, max_age=quickest)
    except signing.SignatureExpired:
        return uuid.UUID(content["key"])
    raise ApplyError(_("That was very quick. Look your answers over and send them again."))


def count_attempt(manufacturer: Manufacturer, address: str) -> None:
    """Count an attempt to apply; ApplyError where too many come from one address, one network, or altogether."""
    counted = [
        (f"address:{address}", PER_ADDRESS),
        (f"network:{network_of(address)}", PER_NETWORK),
        ("all", PER_MANUFACTURER),
    ]
    for name, most in counted:
        key = f"apply:{manufacturer.pk}:{hashlib.sha256(name.encode()).hexdigest()[:32]}"
        cache.add(key, 0, WINDOW)
        try:
            number = cache.incr(key)
        except ValueError:  # ended between the two
            continue
        if number > most:
            raise ApplyError(_("Too many applications came from your network. Try again in an hour."))


def network_of(address: str) -> str:
    """The network of an internet address: /24 or /48."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network(f"{ip}/{24 if ip.version == 4 else 48}", strict=False))


def applied_before(key: uuid.UUID) -> Prospect | None:
    """The application that was sent from this page of the form already."""
    return Prospect.objects.filter(form_key=key).first()


def apply(
    manufacturer: Manufacturer,
    form: ApplicationForm,
    *,
    key: uuid.UUID,
    company: Mapping[str, Any],
    answers: Mapping[str, Any],
    uploads: Sequence[Upload],
    language: str,
) -> Applied:
    """Keep an application, score it, confirm it by mail and tell those who recruit. Needs the manufacturer's scope.

    The same page sent twice, even at once, is one application.
    """
    known = applied_before(key)
    if known is not None:
        return Applied(known)
    repeated = _same_of_today(company)
    if repeated is not None:
        return Applied(repeated, is_repeated=True)
    vetting = vet(vetting_questions(list(form.questions.all())), answers)
    now = timezone.now()
    prospect = Prospect(
        **company,
        language=language,
        stage=ProspectStage.APPLIED,
        stage_since=now,
        source=source_of_applications(),
        form=form,
        form_key=key,
        answers=dict(answers),
        applied_at=now,
        consented_at=now,
        score=None if vetting.score is None else float(vetting.score),
        is_knocked_out=vetting.is_knocked_out,
        explanation=vetting.as_json(),
    )
    try:
        with transaction.atomic():
            create_prospect(prospect, by=None)
            for upload in uploads:
                _keep_file(prospect, upload)
            write_received(prospect, manufacturer)
    except IntegrityError:  # the same page at once
        twin = applied_before(key)
        if twin is None:
            raise
        return Applied(twin)
    tell(
        members_with(Right.RECRUITING),
        APPLICATION_RECEIVED,
        key=f"application-{prospect.pk}",
        facts={"prospect": prospect.pk, "company": prospect.company, "score": _told(prospect.score)},
    )
    return Applied(prospect)


def _same_of_today(company: Mapping[str, Any]) -> Prospect | None:
    return Prospect.objects.filter(
        applied_at__gt=timezone.now() - SAME_WITHIN,
        email__iexact=company["email"],
        name_key=prospect_keys.name_key(company["company"]),
    ).first()


def _keep_file(prospect: Prospect, upload: Upload) -> None:
    row = ProspectFile(
        manufacturer_id=prospect.manufacturer_id,
        prospect=prospect,
        question_key=upload.question_key,
        original_name=clean_name(upload.file.name),
        content_type=upload.content_type,
        size=upload.file.size,
        sha256=digest(upload.file),
    )
    row.file.save(upload.file.name, upload.file, save=False)
    row.save(force_insert=True)


def _told(score: float | None) -> str:
    return "" if score is None else f"{score:.0f}"
