import secrets
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from tenancy.errors import DomainError
from tenancy.models import User
from tenancy.services import create_manufacturer


class Command(BaseCommand):
    help = "Makes an empty manufacturer with its first owner."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="its part of the address, such as hanbit")
        parser.add_argument("--name", required=True)
        parser.add_argument("--currency", required=True, help="the base currency, such as KRW")
        parser.add_argument("--timezone", required=True, help="such as Asia/Seoul")
        parser.add_argument("--languages", required=True, help="such as ko,en; the first is the main one")
        parser.add_argument("--owner", required=True, help="the owner's e-mail address; a known one keeps its password")
        parser.add_argument("--owner-name", default="")
        parser.add_argument("--password", help="for a new owner; without it one is made and shown")

    def handle(self, *, slug: str, owner: str, password: str | None, **options: Any) -> None:
        is_new = not User.objects.filter(email=owner.strip().lower()).exists()
        made = None
        if is_new and password is None:
            password = made = secrets.token_urlsafe(12)
        try:
            create_manufacturer(
                slug,
                name=options["name"],
                currency=options["currency"],
                timezone=options["timezone"],
                languages=[language.strip() for language in options["languages"].split(",") if language.strip()],
                owner_email=owner,
                owner_name=options["owner_name"],
                password=password,
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{options['name']} is at /{slug}/; {owner} is its owner.")
        if made:
            self.stdout.write(f"Password: {made}")
        elif not is_new:
            self.stdout.write("The owner was known already and keeps the present password.")
