"""The cache, with one exception: signing in must work, and stay limited, while Redis is away (reliability P5).

What allauth counts (wrong passwords, codes used once) is then counted in the memory of the process. Everybody
else is told that the cache is gone, and decides for himself what to do without it.
"""

from __future__ import annotations

from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache

ENTRANCE = "allauth"


def gone() -> tuple[type[Exception], ...]:
    """What says that Redis is away; for an `except`, which loads the package only when something was raised."""
    from redis.exceptions import RedisError

    return RedisError, OSError


class EntranceRedisCache(RedisCache):
    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._memory = LocMemCache("entrance", {})

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return bool(self._try("add", key, value, timeout, version))

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return self._try("get", key, default, version)

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        self._try("set", key, value, timeout, version)

    def delete(self, key: Any, version: int | None = None) -> bool:
        return bool(self._try("delete", key, version))

    def _try(self, name: str, key: Any, *arguments: Any) -> Any:
        try:
            return getattr(super(), name)(key, *arguments)
        except gone():
            if not str(key).startswith(ENTRANCE):
                raise
            return getattr(self._memory, name)(key, *arguments)
