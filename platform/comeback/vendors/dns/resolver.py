"""TXT records, asked of the real domain name system (RFC 1035), never of a cache of ours."""

from collections.abc import Iterable

import dns.asyncresolver
import dns.exception
import dns.rdatatype
import dns.resolver
from dns.rdtypes.ANY.TXT import TXT

SECONDS = 4.0


class Unanswered(Exception):
    """The name servers did not answer, or answered with a fault; nothing is known."""


class Resolver:
    """Asks `server` (`host:port`), or the system's name servers where it is None."""

    def __init__(self, server: str | None = None) -> None:
        self._resolver = dns.asyncresolver.Resolver(configure=server is None)
        if server is not None:
            host, _, port = server.rpartition(":")
            self._resolver.nameservers = [host]
            self._resolver.port = int(port)
        self._resolver.lifetime = SECONDS

    async def txt(self, name: str) -> list[str]:
        """The TXT records of a name, each one's strings joined (RFC 7208 §3.3); empty where it has none.

        Raises Unanswered.
        """
        try:
            answer = await self._resolver.resolve(name, dns.rdatatype.TXT, search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except (dns.exception.DNSException, OSError) as error:
            raise Unanswered(str(error)) from error
        return [_joined(record.strings) for record in answer if isinstance(record, TXT)]


def _joined(strings: Iterable[bytes]) -> str:
    return b"".join(strings).decode("utf-8", "replace")
