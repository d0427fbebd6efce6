"""The cache of Django over Redis, with one client for each thread instead of a new one for every key."""

from collections.abc import Sequence
from itertools import repeat
from typing import Any

from django.core.cache.backends import redis


class Client(redis.RedisCacheClient):
    """Making a client costs more than what is asked of it; its pool opens connections anew after a fork."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._made: dict[int, Any] = {}

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        """The client of the pool that Django would take."""
        own: Any = self  # what Django keeps to itself has no types
        pool = own._get_connection_pool(write)
        if id(pool) not in self._made:
            self._made[id(pool)] = own._client(connection_pool=pool)
        return self._made[id(pool)]


class Cache(redis.RedisCache):
    """Django's cache with that client."""

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = Client

    def count_up(self, keys: Sequence[str], window: int, by: Sequence[int] | None = None) -> list[int]:
        """Count one more under each key, or as many as `by` says, and return the numbers; each begins anew `window` seconds
        after its first. One round trip: with `incr` and `add` each key takes two or three."""
        own: Any = self
        line = own._cache.get_client(write=True).pipeline(transaction=False)
        for key, more in zip(keys, by or repeat(1), strict=False):
            made = self.make_and_validate_key(key)
            line.set(made, 0, ex=window, nx=True)
            line.incr(made, more)
        numbers: list[int] = line.execute()[1::2]
        return numbers
