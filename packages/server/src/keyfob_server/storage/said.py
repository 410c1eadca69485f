"""What a stored document of a client says of itself, as far as the people who use the app are shown it."""

from typing import Final

import msgspec


class Said(msgspec.Struct):
    names: dict[str, str] = {}
    instance_name: str = ""
    instance_platform: str = ""
    software_id: str = ""

    @property
    def called(self) -> str:
        return self.names.get("client_name", "")


_said: Final = msgspec.json.Decoder(Said)


def said_by(text: str) -> Said:
    """A person must be able to see, and to remove, what cannot be read."""
    try:
        return _said.decode(text)
    except msgspec.MsgspecError:
        return Said()


def app_name(own: Said, template: Said) -> str:
    """What a person may know the app by; empty without all of it."""
    return own.called or template.called or own.software_id or template.software_id
