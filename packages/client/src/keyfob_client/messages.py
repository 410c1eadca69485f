"""What a caller sends and receives for the library. Headers and bodies hold secrets, so no repr shows them."""

from dataclasses import dataclass, field
from typing import Literal

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class HttpRequest:
    method: Literal["GET", "POST", "PUT", "DELETE"]
    url: str
    headers: Headers = field(default=(), repr=False)
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class HttpResponse:
    status: int
    headers: Headers = field(default=(), repr=False)
    body: bytes = field(default=b"", repr=False)
    received_at: int = 0
    """Epoch seconds on the device's clock: lifetimes count from here, so that pure code needs no clock."""

    def header(self, name: str) -> str | None:
        """The first header of that name, whatever its case (RFC 9110 section 5.1)."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)

    @property
    def media_type(self) -> str:
        """The media type without its parameters, lower case, `""` when there is none."""
        return (self.header("content-type") or "").partition(";")[0].strip().lower()
