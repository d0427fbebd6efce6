"""Forms of recruiting: what staff say about prospects, the editor of the application form, and what a visitor fills in."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from partners import selectors
from partners.countries import country_choices
from partners.forms.application_forms import LongTranslatedFormField
from partners.models import (
    AgreementType,
    Partner,
    PartnerKind,
    Prospect,
    ProspectSource,
    RecruitingTexts,
    RefusalReason,
)
from partners.models.recruiting import OPEN_STAGES
from partners.selectors import recruiting
from partners.services.recruiting import Approval, default_lists
from tenancy.forms import OwnedModelForm, role_choices
from tenancy.models import Language, Membership
from tenancy.rights import PARTNER_ROLES, Right, Role


def spoken(member: Membership) -> list[tuple[str, str]]:
    """The languages that the manufacturer's pages speak."""
    languages = member.manufacturer.languages or Language.values
    return [(code, label) for code, label in Language.choices if code in languages]


class ProspectForm(OwnedModelForm):
    """What staff know of a company that may become a partner."""

    country = forms.ChoiceField(label=_("Country"), required=False)
    website = forms.URLField(label=_("Website"), required=False, max_length=200, assume_scheme="https")
    introduced_by_code = forms.CharField(
        label=_("Introduced by partner"),
        required=False,
        max_length=64,
        help_text=_("Code of the partner that introduced this company."),
    )

    class Meta:
        model = Prospect
        fields = [
            "company",
            "local_name",
            "business_number",
            "website",
            "contact_name",
            "contact_title",
            "email",
            "phone",
            "language",
            "country",
            "region",
            "city",
            "postal_code",
            "address",
            "source",
            "introduced_by_member",
            "introduced_by_text",
            "owner",
            "next_step",
            "due_on",
            "note",
        ]
        widgets = {"due_on": forms.DateInput(attrs={"type": "date"}), "note": forms.Textarea(attrs={"rows": 4})}
        labels = {"introduced_by_text": _("Introduced by somebody else")}

    SECTIONS: list[tuple[Any, list[str]]] = [
        (_("Company"), ["company", "local_name", "business_number", "website"]),
        (_("Contact"), ["contact_name", "contact_title", "email", "phone", "language"]),
        (_("Where it is"), ["country", "region", "city", "postal_code", "address"]),
        (_("Where it came from"), ["source", "introduced_by_code", "introduced_by_member", "introduced_by_text"]),
        (_("What happens next"), ["owner", "next_step", "due_on", "note"]),
    ]

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, member=member, **kwargs)
        default_lists()
        fields: dict[str, Any] = self.fields
        fields["country"].choices = [("", _("Not known")), *country_choices()]
        fields["language"].choices = spoken(member)
        fields["source"].queryset = recruiting.sources(current=self.instance.source)
        fields["source"].empty_label = _("Not known")
        for name in ("owner", "introduced_by_member"):
            fields[name].queryset = recruiting.recruiters() if name == "owner" else _staff()
            fields[name].empty_label = _("Nobody")
        fields["introduced_by_code"].widget.attrs |= {
            "list": "introducer-options",
            "autocomplete": "off",
            "hx-get": member.url("partners:lookup"),
            "hx-trigger": "input changed delay:250ms",
            "hx-target": "#introducer-options",
        }
        introducer = self.instance.introduced_by_partner
        self.initial["introduced_by_code"] = introducer.code if introducer else ""
        if not self.instance.pk:
            self.initial.setdefault("owner", member.pk)
            self.initial.setdefault("language", fields["language"].choices[0][0])

    @cached_property
    def sections(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """The form's controls under their headings."""
        return [(title, [self[name] for name in names]) for title, names in self.SECTIONS]

    def clean_introduced_by_code(self) -> Partner | None:
        code = self.cleaned_data["introduced_by_code"].strip()
        if not code:
            return None
        partner = selectors.partners_for(self.member).filter(code=code).first()
        if partner is None:
            raise ValidationError(_now("No partner has the code %(code)s."), params={"code": code})
        return partner

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self.instance.introduced_by_partner = cleaned.get("introduced_by_code")
        return cleaned

    @property
    def columns(self) -> list[str]:
        """What saving writes."""
        return [*(self._meta.fields or ()), "introduced_by_partner"]


def _staff() -> Any:
    return Membership.objects.filter(partner=None, is_active=True).order_by("name", "pk")


class MoveForm(forms.Form):
    """Where the chosen prospects go."""

    stage = forms.ChoiceField(label=_("Stage"), choices=[(stage.value, stage.label) for stage in OPEN_STAGES])
    note = forms.CharField(label=_("Note"), required=False, max_length=500)

    def __init__(self, *args: Any, member: Membership | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


class OwnerForm(forms.Form):
    """Who is responsible for the chosen prospects."""

    owner = forms.ModelChoiceField(
        queryset=Membership.objects.none(), required=False, label=_("Responsible"), empty_label=_("Nobody")
    )

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner: Any = self.fields["owner"]
        owner.queryset = recruiting.recruiters()


class RefuseForm(forms.Form):
    """Why it is a no, and whether the applicant is told."""

    reason = forms.ModelChoiceField(queryset=RefusalReason.objects.none(), label=_("Reason"), empty_label=None)
    note = forms.CharField(label=_("Note for colleagues"), required=False, max_length=500)
    with_mail = forms.BooleanField(
        label=_("Tell who applied by a polite mail"),
        required=False,
        initial=True,
        help_text=_("In the applicant's language, once. Companies that did not apply themselves get none."),
    )

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        default_lists()
        reason: Any = self.fields["reason"]
        reason.queryset = recruiting.refusal_reasons()


class CommentForm(forms.Form):
    """A comment for colleagues."""

    text = forms.CharField(label=_("Comment"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3}))


class ApproveForm(forms.Form):
    """What is made of an approved application, all at once."""

    code = forms.CharField(label=_("Partner code"), max_length=64)
    kind = forms.ModelChoiceField(queryset=PartnerKind.objects.none(), label=_("Kind"), empty_label=None)
    channel_manager = forms.ModelChoiceField(
        queryset=Membership.objects.none(), label=_("Channel manager"), required=False, empty_label=_("Nobody yet")
    )
    agreement_type = forms.ModelChoiceField(
        queryset=AgreementType.objects.none(),
        label=_("Agreement"),
        required=False,
        empty_label=_("None now"),
        help_text=_("From its published text, put before the partner at once to be accepted in the portal."),
    )
    invites = forms.BooleanField(label=_("Invite the first user now"), required=False, initial=True)
    name = forms.CharField(label=_("Name"), max_length=150, required=False)
    email = forms.EmailField(label=_("E-mail"), max_length=254, required=False)
    role = forms.ChoiceField(label=_("Role"), widget=forms.RadioSelect, initial=Role.PARTNER_ADMIN)
    language = forms.ChoiceField(label=_("Language of the mail"), widget=forms.RadioSelect)

    PARTNER_FIELDS = ("code", "kind", "channel_manager")
    USER_FIELDS = ("invites", "name", "email", "role", "language")

    def __init__(self, *args: Any, member: Membership, prospect: Prospect, code: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["kind"].queryset = PartnerKind.objects.filter(is_retired=False)
        fields["channel_manager"].queryset = selectors.channel_managers()
        fields["role"].choices = role_choices([role for role in Role if role in PARTNER_ROLES])
        fields["language"].choices = spoken(member)
        languages = [choice[0] for choice in fields["language"].choices]
        offered = recruiting.agreements_to_offer()
        fields["agreement_type"].queryset = offered
        first = offered.first()
        if first is None or not member.can(Right.AGREEMENTS_EDIT):
            del fields["agreement_type"]
        self.initial = {
            "code": code,
            "channel_manager": prospect.owner_id or member.pk,
            "agreement_type": first.pk if first else None,
            "invites": bool(prospect.email),
            "name": prospect.contact_name,
            "email": prospect.email,
            "role": Role.PARTNER_ADMIN,
            "language": prospect.language if prospect.language in languages else languages[0],
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("invites") and not cleaned.get("email") and "email" not in self.errors:
            self.add_error("email", _now("Give an address for the invitation, or invite nobody now."))
        return cleaned

    @property
    def partner_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.PARTNER_FIELDS]

    @property
    def paper_fields(self) -> list[forms.BoundField]:
        return [self["agreement_type"]] if "agreement_type" in self.fields else []

    @property
    def user_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.USER_FIELDS]

    def approval(self) -> Approval:
        """What `approve_prospect` takes."""
        given = self.cleaned_data
        return Approval(
            code=given["code"].strip(),
            kind=given["kind"],
            channel_manager=given["channel_manager"],
            email=given["email"] if given["invites"] else "",
            name=given["name"],
            role=given["role"],
            language=given["language"],
            agreement_type=given.get("agreement_type"),
        )


# --- The manufacturer's own lists and texts ---------------------------------------------------------------------------


class SourceForm(OwnedModelForm):
    """Where prospects come from."""

    class Meta:
        model: Any = ProspectSource
        fields = ["names", "code", "order", "is_retired"]
        help_texts = {
            "code": _("Small letters, digits and hyphens. Import files name the source by it."),
            "is_retired": _("Prospects keep it, but it is no longer offered."),
        }

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, member=member, **kwargs)
        self.fields["code"].disabled = bool(self.instance.pk)


class ReasonForm(SourceForm):
    """Why a company is refused."""

    class Meta:
        model: Any = RefusalReason
        fields = SourceForm.Meta.fields
        help_texts = {
            "code": _("Small letters, digits and hyphens."),
            "is_retired": _("Prospects keep it, but it is no longer offered."),
        }


class RefusalTextForm(OwnedModelForm):
    """What who is refused gets to read."""

    class Meta:
        model = RecruitingTexts
        fields = ["refusal_subjects", "refusal_texts"]

    def __init__(self, *args: Any, member: Membership, **kwargs: Any) -> None:
        super().__init__(*args, member=member, **kwargs)
        self.fields["refusal_texts"] = LongTranslatedFormField(
            languages=member.manufacturer.languages or ["en"],
            rows=9,
            label=_("Text"),
            required=False,
            help_text=_("{contact}, {company}, {reference} and {manufacturer} are filled in."),
        )
        self.fields["refusal_subjects"].label = _("Subject")
