from celery import shared_task

from jobs import services
from jobs.running import run_job as run


@shared_task(name="jobs.run_job")
def run_job(*, manufacturer_id: int, job_id: int) -> None:
    """Run one job; harmless when another worker has it or it has ended."""
    run(manufacturer_id=manufacturer_id, job_id=job_id)


@shared_task(name="jobs.sweep")
def sweep() -> int:
    """Find jobs that nobody works on any more."""
    return services.sweep_jobs()
