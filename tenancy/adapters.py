"""How people sign in and who may sign up, as django-allauth asks."""

import logging
from typing import Any

import phonenumbers
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.fields import PhoneField
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.utils.module_loading import import_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from tenancy.models import COUNTRY_OF_LANGUAGE, User

logger = logging.getLogger(__name__)


class MobileField(PhoneField):
    """A mobile number as people write it: without a country code it is one of the reader's country."""

    default_error_messages = {
        "number": _lazy("This is no phone number. Write it with its country code, such as +82 10 1234 5678.")
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"validators": [], "label": _lazy("Mobile number")} | kwargs)
        self.widget.attrs["placeholder"] = ""

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        if not text:
            return text
        try:
            number = phonenumbers.parse(text, COUNTRY_OF_LANGUAGE.get((get_language() or "")[:2]))
        except phonenumbers.NumberParseException:
            number = None
        if number is None or not phonenumbers.is_possible_number(number):
            raise ValidationError(self.error_messages["number"], code="number")
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in by e-mail, or by mobile number with a code; accounts come from invitations alone."""

    def is_open_for_signup(self, request: Any) -> bool:
        return False

    def phone_form_field(self, **kwargs: Any) -> "MobileField":
        return MobileField(**kwargs)

    def get_phone(self, user: Any) -> tuple[str, bool] | None:
        return (user.phone, user.phone_verified) if user.phone else None

    def set_phone(self, user: Any, phone: str, verified: bool) -> None:
        user.phone, user.phone_verified = phone, verified
        user.save(update_fields=["phone", "phone_verified"])

    def set_phone_verified(self, user: Any, phone: str) -> None:
        self.set_phone(user, phone, True)

    def get_user_by_phone(self, phone: str) -> User | None:
        try:
            number = MobileField().clean(phone)
        except ValidationError:
            return None
        return User.objects.filter(phone=number).first()

    def send_verification_code_sms(self, user: Any, phone: str, code: str, **kwargs: Any) -> None:
        self._send_sms(phone, _("Your sign-in code is %(code)s.") % {"code": code})

    def send_unknown_account_sms(self, phone: str, **kwargs: Any) -> None:
        """Says nothing: who is registered is nobody's business."""

    def _send_sms(self, phone: str, text: str) -> None:
        try:
            import_string(settings.SMS_SENDER)(phone, text)
        except OSError:
            logger.exception("The message gateway did not take a message.")
            messages.error(self.request, _("The message could not be sent just now. Try again in a few minutes."))
