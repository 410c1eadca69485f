"""What an app does to its own registration, by HTTP (RFC 7592)."""

from dataclasses import dataclass

import httpx

from support_app import REGISTER, Instance, Keyfob, bearer, path_of

READ_ONLY = (
    "registration_access_token",
    "registration_client_uri",
    "client_secret_expires_at",
    "client_id_issued_at",
)


@dataclass(frozen=True, slots=True)
class Managed:
    """An instance, its address, and the registration access token that its app holds now."""

    keyfob: Keyfob
    instance: Instance
    token: str

    @property
    def path(self) -> str:
        return path_of(str(self.instance.document["registration_client_uri"]))

    def read(self, token: str | None = None) -> httpx.Response:
        return self.keyfob.request("GET", self.path, headers=bearer(token or self.token))

    def update(self, token: str | None = None, **changes: object) -> httpx.Response:
        """The last document as an app sends it back, with changes; None leaves a member out."""
        headers = bearer(token or self.token)
        return self.keyfob.request("PUT", self.path, json=self.document(**changes), headers=headers)

    def document(self, **changes: object) -> dict[str, object]:
        kept = {name: value for name, value in self.instance.document.items() if name not in READ_ONLY}
        return {name: value for name, value in (kept | changes).items() if value is not None}

    def rotate_secret(self, token: str | None = None, **form: str) -> httpx.Response:
        return self.keyfob.request("POST", f"{self.path}/secret", data=form, headers=bearer(token or self.token))

    def delete(self, token: str | None = None) -> httpx.Response:
        return self.keyfob.request("DELETE", self.path, headers=bearer(token or self.token))


def managed(keyfob: Keyfob, **changes: object) -> Managed:
    """A new instance."""
    instance = keyfob.new_instance(None, **changes)
    assert path_of(str(instance.document["registration_client_uri"])) == f"{REGISTER}/{instance.client_id}"
    return Managed(keyfob, instance, str(instance.document["registration_access_token"]))
