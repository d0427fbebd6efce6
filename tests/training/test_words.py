"""How pages of training say their figures."""

import pytest
from django.utils import translation

from training.templatetags.training import lasting


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(5, "5 min"), (90, "90 min"), (119, "119 min"), (120, "2 h"), (240, "4 h"), (269, "4 h 29 min"), (6000, "100 h")],
)
def test_how_long_something_takes_is_said_as_people_say_it(minutes: int, said: str) -> None:
    with translation.override("en"):
        assert lasting(minutes) == said
