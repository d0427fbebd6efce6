"""Following a link to see whether it leads somewhere, without being led astray. Knows no Django.

Whoever writes a text could name an address inside our own network, and so could a server that a link leads on to. So each
hop is looked up first, every address of its name has to be one of the public internet, and it is that very address that is
connected to: a name that answers otherwise the second time leads nowhere else. Only the status is read, never the page.
"""

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

SECONDS = 8
MOST_HOPS = 5
PORTS = {"http": 80, "https": 443}
AGENT = "Mozilla/5.0 (compatible; link check of a partner portal)"
Lookup = Callable[[str, int], Iterable[str]]


@dataclass(frozen=True)
class Followed:
    """Whether a link leads somewhere: None where that could not be found out; and in a few words why."""

    is_fine: bool | None
    detail: str = ""


def addresses_of(host: str, port: int) -> list[str]:
    """The addresses of a name. ValueError where one of them is not of the public internet."""
    found = [str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not found or not all(is_public(address) for address in found):
        raise ValueError("not a public address")
    return found


def is_public(address: str) -> bool:
    """Whether an address is of the public internet; one in the clothes of IPv6 is judged as what it is."""
    number = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(number, ipaddress.IPv6Address):
        inner = number.ipv4_mapped or number.sixtofour or (number.teredo and number.teredo[1])
        if inner:
            return is_public(str(inner))
        if number in ipaddress.ip_network("64:ff9b::/96"):
            return is_public(str(ipaddress.IPv4Address(int(number) & 0xFFFFFFFF)))
    return number.is_global and not number.is_multicast


def follow(url: str, *, lookup: Lookup = addresses_of, ports: dict[str, int] | None = None) -> Followed:
    """Where a link leads. Broken is what no server or page answers for; a server that only keeps us out is not."""
    for _hop in range(MOST_HOPS + 1):
        try:
            status, onward = _asked(url, lookup, ports or PORTS)
            if status in (301, 302, 303, 307, 308) and onward:
                url = urljoin(url, onward)
                continue
        except ssl.SSLError as error:
            return Followed(False, f"no valid certificate: {error.reason or error}"[:200])
        except socket.gaierror:
            return Followed(False, "no such server")
        except TimeoutError:
            return Followed(False, "no answer in time")
        except ValueError as error:
            return Followed(None, str(error)[:200])
        except (OSError, http.client.HTTPException) as error:
            return Followed(False, f"no connection: {error}"[:200])
        if status in (401, 403, 405, 429) or status >= 500:
            return Followed(False if status >= 500 else None, str(status))
        return Followed(status < 400, str(status))
    return Followed(False, "leads on and on")


def _asked(url: str, lookup: Lookup, ports: dict[str, int]) -> tuple[int, str]:
    """Status of a page and where it leads on; asked for its head, or for itself where a server does not know heads."""
    parts = urlsplit(url)
    if parts.scheme not in ports or not parts.hostname or "@" in parts.netloc:
        raise ValueError("not an address of the web")
    port = parts.port or ports[parts.scheme]
    if port != ports[parts.scheme]:
        raise ValueError(f"port {port} is not followed")
    host = parts.hostname.encode("idna").decode() if not parts.hostname.isascii() else parts.hostname
    address = next(iter(lookup(host, port)))
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    target = "".join(
        sign if "!" <= sign <= "~" else "".join(f"%{byte:02X}" for byte in sign.encode()) for sign in target
    )
    answer = (0, "")
    for method in ("HEAD", "GET"):
        connection = _connection(parts.scheme, host, address, port)
        try:
            connection.request(method, target, headers={"User-Agent": AGENT, "Accept": "*/*", "Connection": "close"})
            response = connection.getresponse()
            answer = (response.status, response.headers.get("Location", ""))
        finally:
            connection.close()
        if answer[0] not in (400, 403, 404, 405, 501):
            break
    return answer


def _connection(scheme: str, host: str, address: str, port: int) -> http.client.HTTPConnection:
    """To the address that was looked up, under the name that was asked for."""
    made: http.client.HTTPConnection = (
        http.client.HTTPSConnection(host, port, timeout=SECONDS, context=ssl.create_default_context())
        if scheme == "https"
        else http.client.HTTPConnection(host, port, timeout=SECONDS)
    )
    made._create_connection = lambda _name, *rest: socket.create_connection((address, port), *rest)  # type: ignore[attr-defined]
    return made
