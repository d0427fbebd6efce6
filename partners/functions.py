from django.utils.translation import gettext_lazy as _

from tenancy.functions import Function, register_function

SUB_PARTNERS = register_function(
    Function(
        "sub_partners",
        label=_("Sub-partners"),
        explanation=_("Partners below partners, and what they agree to show to the one above them."),
    )
)
AGREEMENTS = register_function(
    Function(
        "agreements",
        label=_("Agreements and papers"),
        explanation=_("Agreements that partners accept in the portal, and the licences and certificates they hand in."),
    )
)
LOCATOR = register_function(
    Function(
        "locator",
        label=_("Public page of partners"),
        explanation=_("Visitors find partners near them, and ask them; you choose who is shown."),
    )
)
RECRUITING = register_function(
    Function(
        "recruiting",
        label=_("Recruiting"),
        explanation=_("Prospects, the public application page, and the way to a first agreement."),
        portal=False,
    )
)
PEOPLE = register_function(
    Function(
        "people",
        label=_("People and contact history"),
        explanation=_("Who works at partners, what was talked about with them, birthdays and greetings."),
    )
)
WORKING_TOGETHER = register_function(
    Function(
        "working_together",
        label=_("Working together"),
        explanation=_("Tasks, a conversation and files that staff and partners share."),
    )
)
PLANS = register_function(
    Function(
        "plans",
        label=_("Channel plans"),
        explanation=_("Targets and initiatives that you and a partner agree on for a year, and what comes of them."),
    )
)
MARKETS = register_function(
    Function(
        "markets",
        label=_("Markets"),
        explanation=_("What is to be known of countries and markets, and what of it partners read."),
    )
)
MATCHING = register_function(
    Function(
        "matching",
        label=_("Partners find partners"),
        explanation=_("Partners show each other cards, ask for joint bids and referrals, and see their introductions."),
    )
)
QUALIFICATIONS = register_function(
    Function(
        "qualifications",
        label=_("Qualifications"),
        explanation=_("What partners and their people have proved they can do, and what is closed to who has not."),
    )
)
