"""How people sign in and who may sign up, as django-allauth asks."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from tenancy.models import User


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in by e-mail, or by mobile number with a code; accounts come from invitations alone."""

    def is_open_for_signup(self, request: Any) -> bool:
        return False

    def get_phone(self, user: Any) -> tuple[str, bool] | None:
        return (user.phone, user.phone_verified) if user.phone else None

    def set_phone(self, user: Any, phone: str, verified: bool) -> None:
        user.phone, user.phone_verified = phone, verified
        user.save(update_fields=["phone", "phone_verified"])

    def set_phone_verified(self, user: Any, phone: str) -> None:
        self.set_phone(user, phone, True)

    def get_user_by_phone(self, phone: str) -> User | None:
        return User.objects.filter(phone=phone).first()

    def send_verification_code_sms(self, user: Any, phone: str, code: str, **kwargs: Any) -> None:
        self._send_sms(phone, _("Your sign-in code is %(code)s.") % {"code": code})

    def send_unknown_account_sms(self, phone: str, **kwargs: Any) -> None:
        """Says nothing: who is registered is nobody's business."""

    def _send_sms(self, phone: str, text: str) -> None:
        import_string(settings.SMS_SENDER)(phone, text)
