"""Sequences by the clock: every few minutes a task for each manufacturer that has one running."""

from celery import shared_task


@shared_task(name="campaigns.sweep_sequences")
def sweep_sequences() -> int:
    """One task for each manufacturer whose sequences run."""
    from campaigns.services.sequence_running import manufacturers_with_sequences

    found = manufacturers_with_sequences()
    for manufacturer_id in found:
        run_sequences.delay(manufacturer_id=manufacturer_id)
    return len(found)


@shared_task(name="campaigns.run_sequences")
def run_sequences(*, manufacturer_id: int) -> dict[str, int]:
    """Let partners in and take them on in one manufacturer. Safe to run again, and twice at once."""
    from campaigns.services.sequence_running import run

    return run(manufacturer_id)
