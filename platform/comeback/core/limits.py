"""Rate limits for what can be guessed or abused; counted in Redis, in the process where Redis is away."""

from limits import parse
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter
from limits.errors import StorageError
from redis.exceptions import RedisError

from comeback.core.errors import TooMany


def client_address(peer: str, forwarded: str, trusted: int) -> str:
    """The address that asks: `trusted` proxies of ours each added one entry; what a client wrote counts for nothing."""
    if trusted <= 0:
        return peer
    hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
    return hops[-trusted] if len(hops) >= trusted else peer


class Limiter:
    """Moving windows by any keys (shop, address, order)."""

    def __init__(self, redis_url: str, prefix: str = "comeback") -> None:
        # The library tells Redis from its fork by the scheme, also where the address is a socket in the file system.
        url = f"redis+{redis_url}" if redis_url.startswith("unix:") else redis_url
        storage = RedisStorage(f"async+{url}", implementation="redispy", key_prefix=f"{prefix}:limit",
                               socket_timeout=0.5, socket_connect_timeout=0.5, wrap_exceptions=False)  # fmt: skip
        self._redis = MovingWindowRateLimiter(storage)
        self._memory = MovingWindowRateLimiter(MemoryStorage())

    async def hit(self, rule: str, *keys: str) -> bool:
        """Counts one; False where `rule` (such as `10/minute`) is used up for these keys."""
        limit = parse(rule)
        try:
            return await self._redis.hit(limit, *keys)
        except (RedisError, StorageError, OSError):
            return await self._memory.hit(limit, *keys)

    async def forget(self) -> None:
        """Begins anew to count what this process counted."""
        await self._memory.storage.reset()

    async def require(self, rule: str, *keys: str) -> None:
        """Counts one; raises TooMany where the rule is used up."""
        if not await self.hit(rule, *keys):
            raise TooMany()
