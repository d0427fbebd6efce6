"""What countries ask of advertising, as data. Pure: no Django models, no database.

Each rule names its law, so that whoever doubts it can look it up. What a country is not listed for falls under the rules of
the European Union's members where it is one, and under `OTHERS` otherwise; those are stricter than most laws.
"""

import datetime as dt
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from partners.terms import add_months

ELECTRONIC = frozenset({"email", "messenger", "sms", "fax"})


@dataclass(frozen=True)
class CountryRules:
    """The rules of one country on advertising."""

    law: str
    subject_mark: str = ""
    """What the subject, or a text message, begins with."""
    consent_for: frozenset[str] = ELECTRONIC
    """The channels by which only those are written to who have agreed."""
    night: tuple[dt.time, dt.time] | None = None
    """When nothing is sent to those who have not agreed to that separately, by their own clock."""
    night_for: frozenset[str] = frozenset()
    needs_postal_address: bool = True
    needs_reply_address: bool = False
    needs_free_phone: bool = False
    """By which to opt out at no cost, in text messages, where a link is no button."""
    consent_months: int = 0
    """After so many months those who agreed are told that they did, and asked again; 0: never."""
    notes: tuple[Any, ...] = field(default_factory=tuple)


EU = CountryRules(
    law="Directive 2002/58/EC, Art. 13; GDPR, Art. 7 and 21",
    notes=(
        _(
            "Only who has agreed gets advertising by e-mail or text message; each one can be ended as easily as it was agreed to."
        ),
    ),
)
OTHERS = CountryRules(
    law="CAN-SPAM Act, CASL and alike",
    notes=(_("Each message names its sender with a postal address and can be ended by one click."),),
)
RULES: dict[str, CountryRules] = {
    "KR": CountryRules(
        law="정보통신망 이용촉진 및 정보보호 등에 관한 법률 제50조, 시행령 제61조, 제62조의3",
        subject_mark="(광고)",
        night=(dt.time(21), dt.time(8)),
        night_for=frozenset({"email", "messenger", "sms", "fax"}),
        needs_free_phone=True,
        consent_months=24,
        notes=(
            _("The subject begins with (광고)."),
            _("Nothing between 21:00 and 08:00 without a separate consent."),
            _("Opting out costs the reader nothing."),
            _("Every two years each person is told that they agreed, and how to end it."),
        ),
    ),
    "JP": CountryRules(
        law="特定電子メールの送信の適正化等に関する法律 第3条、第4条",
        needs_reply_address=True,
        notes=(
            _("Only who has agreed gets advertising by e-mail or text message."),
            _("Each mail names its sender, the sender's address, how to opt out, and where to complain."),
        ),
    ),
    "US": replace(OTHERS, law="CAN-SPAM Act, 15 U.S.C. 7704", consent_for=frozenset({"sms", "messenger", "fax"})),
    "CA": replace(OTHERS, law="CASL, S.C. 2010, c. 23"),
    "GB": replace(EU, law="PECR 2003, reg. 22; UK GDPR"),
    "CN": replace(OTHERS, law="互联网电子邮件服务管理办法 第13条", subject_mark="AD"),
    "SG": replace(
        OTHERS, law="Spam Control Act 2007", subject_mark="<ADV>", consent_for=frozenset({"sms", "messenger", "fax"})
    ),
}
EU_MEMBERS = frozenset(
    {
        "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU",
        "IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
    }
)  # fmt: skip


def rules_for(country: str) -> CountryRules:
    """What holds for readers in a country (two letters; empty where it is not known)."""
    if country in EU_MEMBERS:
        return EU
    return RULES.get(country, OTHERS)


def free_countries(channel: str) -> list[str]:
    """The countries that ask for no consent to advertising by an electronic channel. Letters are asked for everywhere."""
    return [code for code, rules in RULES.items() if channel in ELECTRONIC - rules.consent_for]


def consent_stands(country: str, agreed_on: dt.date, told_on: dt.date | None, day: dt.date) -> bool:
    """Whether a consent counts on a day: given, or told of anew, no longer ago than the country's rules say.

    `campaigns.consent_sql` says the same in the database; that both agree is tested.
    """
    months = rules_for(country).consent_months
    return not months or add_months(max(agreed_on, told_on or agreed_on), months) >= day


def marked(subject: str, country: str, *, is_advertising: bool) -> str:
    """The subject as readers of a country get it; a mark that its writer has put there already is not doubled."""
    mark = rules_for(country).subject_mark if is_advertising else ""
    if not mark or subject.lstrip().startswith(mark):
        return subject
    return f"{mark} {subject}"


def night_for(country: str, channel: str, *, is_advertising: bool) -> tuple[dt.time, dt.time] | None:
    """When a country forbids advertising by a channel to those who have not agreed to it by night."""
    rules = rules_for(country)
    return rules.night if is_advertising and channel in rules.night_for else None


def missing_for(country: str, channel: str, told: dict[str, str]) -> list[str]:
    """What the rules of a country ask the sender to say and the settings do not: names of settings."""
    rules = rules_for(country)
    asked = {
        "sender_name": channel in ELECTRONIC,
        "postal_address": rules.needs_postal_address and channel == "email",
        "reply_to": rules.needs_reply_address and channel == "email",
        "free_phone": rules.needs_free_phone and channel in ("sms", "messenger", "fax"),
    }
    return [name for name, is_asked in asked.items() if is_asked and not told.get(name, "").strip()]
