"""Tenancy: who. Users, manufacturers, members, roles and rights, row-level security, history."""
