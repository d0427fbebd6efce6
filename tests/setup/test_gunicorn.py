"""What gunicorn does around the portal."""

from django.urls import clear_url_caches, get_resolver

from prm_portal import gunicorn_conf


def test_addresses_are_loaded_before_the_workers_are_forked() -> None:
    clear_url_caches()
    gunicorn_conf.when_ready(None)
    assert set(get_resolver()._reverse_dict) == {"en", "ko", "ja"}
