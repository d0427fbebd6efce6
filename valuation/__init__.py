"""Valuation: what partners are worth. KPIs, programmes, scores, grades."""
