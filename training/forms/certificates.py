"""Forms about certificates: how they look, and why one is withdrawn."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tenancy import logos
from tenancy.forms import LOGO_PROBLEMS, OwnedModelForm, TranslatedFormField
from tenancy.models import Membership
from training.models import CertificateTemplate

PICTURES = ("logo", "signature")
LONGEST_TEXT = 300


class CertificateTemplateForm(OwnedModelForm):
    """The words, the pictures and the colour of certificates."""

    logo_file = forms.FileField(
        label=_("Logo"), required=False, help_text=_("Without one, the portal's. PNG, JPEG, WebP or GIF, up to 2 MB.")
    )
    no_logo = forms.BooleanField(label=_("Take the logo away"), required=False)
    signature_file = forms.FileField(
        label=_("Picture of the signature"),
        required=False,
        help_text=_("Dark on white or transparent. PNG, JPEG, WebP or GIF, up to 2 MB."),
    )
    no_signature = forms.BooleanField(label=_("Take the signature away"), required=False)

    class Meta:
        model = CertificateTemplate
        fields = ["headings", "texts", "signatory", "roles", "colour"]
        widgets = {"colour": forms.TextInput(attrs={"type": "color"})}
        help_texts = {
            "headings": _("Empty: “Certificate”, in the reader's language."),
            "texts": _("Stands between the name and the course. Empty: that the person has passed it."),
        }

    field_order = (
        "headings",
        "texts",
        "signatory",
        "roles",
        "colour",
        "logo_file",
        "no_logo",
        "signature_file",
        "no_signature",
    )

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, member=member, **kwargs)
        self.fields["headings"].label = pgettext_lazy("certificate", "Heading")
        self.fields["roles"].label = _("Their position")
        self.fields["texts"] = TranslatedFormField(
            languages=member.manufacturer.languages or ["en"],
            max_length=LONGEST_TEXT,
            label=_("Sentence under the name"),
            help_text=self.fields["texts"].help_text,
            required=False,
        )
        self.order_fields(self.field_order)
        if not self.instance.colour:
            self.initial["colour"] = member.manufacturer.brand_colour
        for name in PICTURES:
            if not getattr(self.instance, name):
                del self.fields[f"no_{name}"]

    def clean_logo_file(self) -> bytes | None:
        return self._picture("logo_file")

    def clean_signature_file(self) -> bytes | None:
        return self._picture("signature_file")

    def _picture(self, name: str) -> bytes | None:
        """Drawn anew, so that nothing but a picture is ever printed."""
        file = self.cleaned_data[name]
        if not file:
            return None
        try:
            return logos.redrawn(file, size=file.size)[1]
        except logos.LogoError as error:
            raise forms.ValidationError(LOGO_PROBLEMS[error.reason]) from None

    @property
    def pictures(self) -> dict[str, bytes | None]:
        """The new pictures by field; None for one that goes, nothing for one that stays."""
        found: dict[str, bytes | None] = {}
        for name in PICTURES:
            if new := self.cleaned_data.get(f"{name}_file"):
                found[name] = new
            elif self.cleaned_data.get(f"no_{name}"):
                found[name] = None
        return found
