"""The tables that only the partner whose rows they hold may read."""

PRIVATE = {
    "campaigns_partnerwords",
    "campaigns_owncustomer",
    "campaigns_ownsuppression",
    "campaigns_ownmessage",
}
