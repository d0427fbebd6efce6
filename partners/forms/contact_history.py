"""Forms about contacts with partners, and the manufacturer's codes for them."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from partners import selectors
from partners.forms.partners import ListEntryForm, partner_lookup
from partners.forms.people import DayInput
from partners.models import CodeList, ContactCode, ContactEntry, Partner
from partners.selectors.contact_history import codes_of
from partners.selectors.people import current_contacts
from partners.services.contact_codes import ensure_codes
from tenancy.files import UploadField
from tenancy.forms import OwnedModelForm
from tenancy.models import Membership

MOMENT = "%Y-%m-%dT%H:%M"


def code_choices(name: str, *, known: int | None = None) -> list[tuple[Any, str]]:
    """A list's entries to choose from, those below others indented."""
    return [(code.pk, "\u2003" * depth + str(code)) for code, depth in codes_of(name, known=[known])]


class EntryForm(OwnedModelForm):
    """One contact with a partner: the quick form and the full one are the same."""

    partner_code = forms.CharField(label=_("Partner"), max_length=64, help_text=_("Type a name or code, and choose."))
    file = UploadField(label=_("File"), required=False)

    class Meta:
        model = ContactEntry
        fields = [
            "channel",
            "direction",
            "title",
            "contact",
            "others",
            "at",
            "by",
            "subject",
            "outcome",
            "summary",
            "next_step",
            "next_step_on",
            "is_shared",
        ]
        widgets = {
            "summary": forms.Textarea(attrs={"rows": 4}),
            "at": forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
            "next_step_on": DayInput(),
        }
        help_texts = {
            "is_shared": _("Its people then read it in the portal, with the summary and the files."),
            "next_step_on": _("With a day it becomes a task."),
            "others": _("On either side."),
        }

    QUICK = ("partner_code", "channel", "direction", "title", "contact")

    def __init__(self, *args: Any, member: Membership, partner: Partner | None = None, **kwargs: Any) -> None:
        super().__init__(*args, member=member, **kwargs)
        ensure_codes()
        self.partner = self.instance.partner if self.instance.pk else partner
        for name in CodeList.values:
            field: Any = self.fields[name]
            chosen = getattr(self.instance, f"{name}_id")
            field.queryset = ContactCode.objects.filter(list=name)
            field.choices = [*([] if field.required else [("", "–")]), *code_choices(name, known=chosen)]
        at: Any = self.fields["at"]
        at.input_formats = [MOMENT, "%Y-%m-%dT%H:%M:%S"]
        by: Any = self.fields["by"]
        by.queryset = Membership.objects.filter(partner=None, is_active=True).order_by("name", "pk")
        if not self.instance.pk:
            self.initial.setdefault("at", timezone.localtime())
            self.initial.setdefault("by", member.pk)
        contacts: Any = self.fields["contact"]
        if self.partner is None:
            partner_lookup(self.fields["partner_code"], member)
            del self.fields["contact"]
        else:
            del self.fields["partner_code"]
            contacts.queryset = current_contacts(self.partner.pk) | contacts.queryset.filter(
                pk=self.instance.contact_id
            )
            contacts.empty_label = _("Nobody named")

    def clean_partner_code(self) -> str:
        code = self.cleaned_data["partner_code"].strip()
        self.partner = selectors.partners_for(self.member).filter(code=code).first()
        if self.partner is None:
            raise ValidationError(_("No partner has the code %(code)s."), params={"code": code})
        return code

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.partner is not None:
            self.instance.partner = self.partner
        if cleaned.get("next_step_on") and not cleaned.get("next_step"):
            self.add_error("next_step", _("Say what is to be done until then."))
        return cleaned

    @property
    def quick_fields(self) -> list[forms.BoundField]:
        """What a contact needs; the rest may wait."""
        return [self[name] for name in self.QUICK if name in self.fields]

    @property
    def more_fields(self) -> list[forms.BoundField]:
        """What can be said beside."""
        return [field for field in self if field.name not in self.QUICK]


class LetterForm(forms.Form):
    """A mail or a scan that came in."""

    file = UploadField(
        label=_("Mail (.eml) or PDF"),
        kinds=("eml", "pdf"),
        help_text=_("In most mail programs: drag the mail to the desktop, or save it as .eml."),
    )
    partner_code = forms.CharField(
        label=_("Partner"),
        max_length=64,
        required=False,
        help_text=_("Empty: the one whose person wrote or received the mail."),
    )

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.member = member
        partner_lookup(self.fields["partner_code"], member)

    def clean_partner_code(self) -> Partner | None:
        code = self.cleaned_data["partner_code"].strip()
        if not code:
            return None
        partner = selectors.partners_for(self.member).filter(code=code).first()
        if partner is None:
            raise ValidationError(_("No partner has the code %(code)s."), params={"code": code})
        return partner


class CodeForm(ListEntryForm):
    """An entry of a list for contacts."""

    class Meta:
        model = ContactCode
        fields = ["list", "names", "code", "parent", "order", "is_retired"]
        help_texts = {
            "code": _("Small letters, digits and hyphens."),
            "is_retired": _("Contacts keep it, but it is no longer offered."),
        }

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, member=member, **kwargs)
        parent: Any = self.fields["parent"]
        above = ContactCode.objects.filter(parent=None)
        if self.instance.pk:
            self.fields["list"].disabled = True
            above = above.filter(list=self.instance.list).exclude(pk=self.instance.pk)
        parent.queryset = above
        parent.empty_label = _("None")
        parent.label_from_instance = lambda code: f"{code.get_list_display()}: {code}"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        parent = cleaned.get("parent")
        if parent is not None and parent.list != cleaned.get("list"):
            self.add_error("parent", _("Choose an entry of the same list."))
        if parent is not None and self.instance.pk and self.instance.children.exists():
            self.add_error("parent", _("Others belong to this entry: lists have two levels."))
        return cleaned
