from tenancy.rls import take_turns


def lock_grades() -> None:
    """Until the transaction ends, nobody else moves grades of this manufacturer: a chunk of a recompute, a decision."""
    take_turns("valuation.grades")
