"""Brings the demo's manufacturers into the database, through the same imports and services as anybody's."""

import datetime as dt
import time
import zoneinfo
from collections.abc import Callable
from decimal import Decimal

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.db import connection
from django.utils import timezone

from commerce.models import Product, ProductCategory
from jobs.models import ImportFile, ImportState, Job, JobState
from jobs.services import run_here
from jobs.uploads import match_columns, receive_file, start_import
from notices.models import Delivery, DeliveryState, Notice
from partners.models import CustomField, Partner, PartnerKind, PartnerSpecialisation, Specialisation
from partners.services import share
from prm_portal.demo import MANUFACTURERS, PASSWORD, PLATFORM_EMAIL, generate
from prm_portal.demo.files import partners_csv, products_csv, rates_csv, sell_in_csv
from prm_portal.demo.shapes import DemoManufacturer, DemoPerson, DemoProgramme, month_start
from prm_portal.demo_stories import STORIES
from tenancy.models import Manufacturer, Membership, User
from tenancy.rights import Role
from tenancy.rls import as_owner, staff_scope
from tenancy.services import create_manufacturer
from valuation.models import GradeRun, Method, Programme
from valuation.services import programmes
from valuation.services.recompute import request_recompute

MONTHS_OF_GRADES = 6
BUSINESS_HOURS = {day: ["09:00", "18:00"] for day in ("mon", "tue", "wed", "thu", "fri")}

Say = Callable[[str], None]


def load(*, today: dt.date, say: Say) -> None:
    """Load what is missing of the demo. The platform administrator comes last: once there, nothing is done again.

    A run that was broken off goes on where it stood, with the day on which it began.
    """
    if User.objects.filter(email=PLATFORM_EMAIL).exists():
        say("The demo data are there already.")
        return
    for slug in MANUFACTURERS:
        manufacturer = Manufacturer.objects.filter(slug=slug).first()
        demo = generate(slug, today=manufacturer.created_at.date() if manufacturer else today)
        DemoLoader(demo, manufacturer or _create(demo), say).load()
    User.objects.create_superuser(PLATFORM_EMAIL, PASSWORD, name="Platform administrator", language="en")


def _create(demo: DemoManufacturer) -> Manufacturer:
    owner = next(person for person in demo.people if person.role == Role.OWNER)
    manufacturer, _owner = create_manufacturer(
        demo.slug,
        name=demo.name,
        names=demo.names,
        currency=demo.currency,
        timezone=demo.timezone,
        languages=demo.languages,
        owner_email=owner.email,
        owner_name=owner.name,
        password=PASSWORD,
        fiscal_year_start=demo.fiscal_year_start,
        brand_colour=demo.brand_colour,
        business_hours=BUSINESS_HOURS,
        holidays=list(demo.holidays),
    )
    return manufacturer


class DemoLoader:
    """Loads one manufacturer, step by step; each step may be run again."""

    def __init__(self, demo: DemoManufacturer, manufacturer: Manufacturer, say: Say) -> None:
        self.demo = demo
        self.manufacturer = manufacturer
        self.say = say

    @property
    def owner(self) -> Membership:
        """Who brings the files in and publishes the programmes."""
        return Membership.objects.get(role=Role.OWNER)

    def load(self) -> None:
        """All steps in order."""
        demo = self.demo
        self.say(f"{demo.name} ({demo.slug}): {len(demo.partners)} partners, {len(demo.lines):,} sell-in lines")
        with staff_scope(self.manufacturer.pk):
            self.write_lists()
            self.write_categories()
        self.import_file("partners", f"{demo.slug}-partners.csv", partners_csv(demo))
        self.import_file("products", f"{demo.slug}-products.csv", products_csv(demo))
        if demo.rates:
            self.import_file("rates", f"{demo.slug}-rates.csv", rates_csv(demo))
        users = self.write_users()
        with staff_scope(self.manufacturer.pk):
            self.write_members(users)
            self.complete_products()
            self.complete_partners()
            self.publish_programmes()
        measure()
        self.sell_and_grade()
        for story in STORIES:
            with staff_scope(self.manufacturer.pk):
                story(self.manufacturer, timezone.localdate())

    def write_lists(self) -> None:
        """The manufacturer's own lists: kinds, specialisations, fields."""
        for order, kind in enumerate(self.demo.kinds):
            PartnerKind.objects.get_or_create(code=kind.code, defaults={"names": kind.names, "order": order})
        for order, specialisation in enumerate(self.demo.specialisations):
            Specialisation.objects.get_or_create(
                code=specialisation.code, defaults={"names": specialisation.names, "order": order}
            )
        for order, field in enumerate(self.demo.fields):
            CustomField.objects.get_or_create(
                key=field.key,
                defaults={
                    "labels": field.labels,
                    "type": field.type,
                    "choices": list(field.choices),
                    "is_required": field.is_required,
                    "order": order,
                },
            )

    def write_categories(self) -> None:
        """The tree of product categories, parents first."""
        known: dict[str, ProductCategory] = {}
        for order, category in enumerate(self.demo.categories):
            known[category.code], _created = ProductCategory.objects.get_or_create(
                code=category.code,
                defaults={"names": category.names, "order": order, "parent": known.get(category.parent)},
            )

    def import_file(self, kind: str, name: str, text: str) -> bool:
        """Hand a file in as the owner would on the page of imports; False if it is in already.

        Insists that every row is good.
        """
        with staff_scope(self.manufacturer.pk):
            if ImportFile.objects.filter(original_name=name, state=ImportState.IMPORTED).exists():
                return False
            owner = self.owner
            with upload(name, text) as uploaded:
                file = receive_file(kind, uploaded, by=owner)
            check = match_columns(file, file.mapping, by=owner)
        self.run(check)
        with staff_scope(self.manufacturer.pk):
            job = start_import(file, only_good=False, create_missing=False, by=owner)
        result = self.run(job).result
        self.say(f"  {name}: {result['new']:,} new in {result['seconds']:.1f} s")
        return True

    def run(self, job: Job) -> Job:
        """Run a job here, or wait for the worker that was quicker to take it."""
        job = run_here(job)
        while job.is_open:
            time.sleep(0.2)
            with staff_scope(self.manufacturer.pk):
                job.refresh_from_db()
        if job.state != JobState.DONE or job.result.get("rejected"):
            raise RuntimeError(f"{job.kind} ended as {job.state}: {job.message} {job.result}")
        return job

    def write_users(self) -> dict[str, int]:
        """An account for each person; all share one password, so one hash serves them. Returns e-mail -> id."""
        people = {person.email: person for person in self.demo.people}
        missing = set(people) - set(User.objects.filter(email__in=people).values_list("email", flat=True))
        password = make_password(PASSWORD)
        made = User.objects.bulk_create(
            User(email=email, name=people[email].name, language=people[email].language, password=password)
            for email in sorted(missing)
        )
        EmailAddress.objects.bulk_create(
            EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in made
        )
        return dict(User.objects.filter(email__in=people).values_list("email", "pk"))

    def write_members(self, users: dict[str, int]) -> None:
        """Each person's place, at the manufacturer or at a partner."""
        partners = dict(Partner.objects.values_list("code", "pk"))
        placed = set(Membership.objects.values_list("email", flat=True))

        def place(person: DemoPerson) -> Membership:
            return Membership(
                manufacturer=self.manufacturer,
                user_id=users[person.email],
                partner_id=partners[person.partner_code] if person.partner_code else None,
                role=person.role,
                name=person.name,
                email=person.email,
                phone=person.phone,
                title=person.title,
                language=person.language,
                assigned_only=person.assigned_only,
            )

        Membership.objects.bulk_create(place(person) for person in self.demo.people if person.email not in placed)

    def complete_products(self) -> None:
        """Names in the other languages and units, which the file has no columns for."""
        known = {product.code: product for product in self.demo.products}
        rows = list(Product.objects.all())
        for row in rows:
            row.names, row.unit = known[row.code].names, known[row.code].unit
        Product.objects.bulk_update(rows, ["names", "unit"])

    def complete_partners(self) -> None:
        """What staff and partners keep by hand: channel managers, life cycle, specialisations, agreements to share."""
        known = {partner.code: partner for partner in self.demo.partners}
        members = {member.email: member for member in Membership.objects.filter(partner=None)}
        specialisations = dict(Specialisation.objects.values_list("code", "pk"))
        rows = list(Partner.objects.all())
        for row in rows:
            partner = known[row.code]
            row.channel_manager = members[partner.manager_email]
            row.stage = partner.stage
            row.business_number = partner.business_number
            row.website = partner.website
            row.email_domain = partner.domain
            row.showroom_area = partner.showroom_area
            row.languages = list(partner.languages)
            row.opening_hours = partner.opening_hours
            if partner.confirmed_days_ago is not None:
                row.confirmed_at = self.manufacturer.created_at - dt.timedelta(days=partner.confirmed_days_ago)
        Partner.objects.bulk_update(
            rows,
            [
                "channel_manager",
                "stage",
                "business_number",
                "website",
                "email_domain",
                "showroom_area",
                "languages",
                "opening_hours",
                "confirmed_at",
            ],
        )
        PartnerSpecialisation.objects.bulk_create(
            (
                PartnerSpecialisation(
                    manufacturer=self.manufacturer, partner=row, specialisation_id=specialisations[code]
                )
                for row in rows
                for code in known[row.code].specialisations
            ),
            ignore_conflicts=True,
        )
        admins = {member.partner_id: member for member in Membership.objects.filter(role=Role.PARTNER_ADMIN)}
        for row in rows:
            for data_kind in known[row.code].shares:
                share(row, data_kind, by=admins.get(row.pk, self.owner))

    def publish_programmes(self) -> None:
        """The grading programmes, in force since the first month that is graded."""
        first = month_start(self.demo.last_day, MONTHS_OF_GRADES - 1)
        for programme in self.demo.programmes:
            if not Programme.objects.filter(code=programme.code).exists():
                draft = programmes.create_draft(self.draft(programme, first), code=programme.code, by=self.owner)
                programmes.publish(draft, by=self.owner)

    def draft(self, programme: DemoProgramme, effective_from: dt.date) -> programmes.ProgrammeDraft:
        """A programme as its editor would hold it."""
        kinds = dict(PartnerKind.objects.values_list("code", "pk"))
        return programmes.ProgrammeDraft(
            names=programme.names,
            effective_from=effective_from,
            kinds=[kinds[code] for code in programme.kinds],
            period=programme.period,
            grace_periods=programme.grace_periods,
            tiers=[
                programmes.TierDraft(tier.code, tier.names, tier.code, Decimal(tier.min_score), tier.minimums)
                for tier in programme.tiers
            ],
            kpis=[
                programmes.KpiDraft(
                    kpi.kpi,
                    Decimal(kpi.weight),
                    Method.TARGET if kpi.target is not None else Method.PERCENTILE,
                    kpi.target,
                )
                for kpi in programme.kpis
            ],
        )

    def sell_and_grade(self) -> None:
        """Bring sell-in in as such files come, and grade after each: so grades have a history.

        The first file holds all but the last months, then follows one for each month.
        """
        demo = self.demo
        first = demo.first_day
        for months_ago in reversed(range(MONTHS_OF_GRADES)):
            last = month_start(demo.last_day, months_ago - 1) - dt.timedelta(days=1)
            began = timezone.now()
            if self.import_file(
                "sell_in",
                f"{demo.slug}-sell-in-{last:%Y-%m}.csv",
                sell_in_csv(demo, first=first, last=last),
            ):
                with staff_scope(self.manufacturer.pk):
                    job = request_recompute(by=self.owner)  # the one that the import asked for, if it still waits
                result = self.run(job).result
                self.say(
                    f"  grades of {result['day']}: {result['up']} up, {result['down']} down,"
                    f" {result['held_by_grace']} held by grace"
                )
            if months_ago:
                self.date_back(began, last)
            first = last + dt.timedelta(days=1)

    def date_back(self, began: dt.datetime, day: dt.date) -> None:
        """Let what a past month left behind lie in the past: brought and told early in the next, and read since."""
        zone = zoneinfo.ZoneInfo(self.demo.timezone)
        morning = dt.datetime.combine(day + dt.timedelta(days=3), dt.time(9, 10), tzinfo=zone)
        with staff_scope(self.manufacturer.pk):
            notices = Notice.objects.filter(created_at__gte=began)
            Delivery.objects.filter(notice__in=notices).update(
                state=DeliveryState.SENT, due_at=morning, sent_at=morning, attempts=1
            )
            notices.update(created_at=morning, read_at=morning + dt.timedelta(hours=4))
            GradeRun.objects.filter(created_at__gte=began).update(created_at=morning, finished_at=morning)
            ImportFile.objects.filter(created_at__gte=began).update(created_at=morning)
            Job.objects.filter(created_at__gte=began).update(
                created_at=morning, started_at=morning, finished_at=morning
            )


def measure() -> None:
    """Tell the planner how many partners and people there are now: autovacuum, which does it elsewhere, comes too late."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ANALYZE partners_partner, tenancy_membership, partners_partnerkind")


def upload(name: str, text: str) -> TemporaryUploadedFile:
    """A file as a browser would send it."""
    content = text.encode()
    file = TemporaryUploadedFile(name, "text/csv", len(content), "utf-8")
    file.write(content)
    file.seek(0)
    return file
