"""Every table of the schema, in the order in which a copy fills them: what decides first, what is long last."""

from dataclasses import dataclass
from typing import Final

from keyfob_server.storage import copy_statements as texts
from keyfob_server.storage.executor import Row, SqlValue

_KINDS: Final[dict[str, type]] = {"": str, "int": int, "bool": bool, "bytes": bytes}
# where a page of keys begins: nothing is before it
_FIRST: Final[dict[type, SqlValue]] = {str: "", int: -(2**63)}


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    columns: tuple[str, ...]
    """In the order of both texts; those of the primary key are named in `key`."""
    kinds: tuple[type, ...]
    """Of each column: str, int, bool or bytes; any may be None where the schema lets it."""
    key: tuple[int, ...]
    """Where the columns of the primary key stand in a row."""
    first: tuple[SqlValue, ...]
    """The key before all."""
    read: str
    fill: str

    def key_of(self, row: Row) -> tuple[SqlValue, ...]:
        return tuple(row[place] for place in self.key)

    def as_stored(self, row: Row) -> Row:
        """The row with truth values as such: SQLite brings 0 and 1."""
        return tuple(
            bool(value) if kind is bool and type(value) is int and value in {0, 1} else value
            for kind, value in zip(self.kinds, row, strict=True)
        )

    def faults(self, row: Row) -> list[str]:
        """The columns whose values the schema does not allow; SQLite alone stores such."""
        return [name for name, kind, value in zip(self.columns, self.kinds, row, strict=True) if not _fits(kind, value)]


def _fits(kind: type, value: object) -> bool:
    if isinstance(value, str):
        # a byte that is no UTF-8 was read as half of a pair; the other engine takes neither that nor a zero
        return kind is str and (value.isascii() or _is_sound(value)) and "\0" not in value
    return value is None or type(value) is kind


def _is_sound(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _table(name: str, key: tuple[str, ...], columns: str, read: str, fill: str) -> Table:
    """`columns`: name:kind of each, a text where no kind is named."""
    pairs = [one.partition(":")[::2] for one in columns.split()]
    names = tuple(column for column, _ in pairs)
    kinds = tuple(_KINDS[kind] for _, kind in pairs)
    places = tuple(names.index(column) for column in key)
    return Table(name, names, kinds, places, tuple(_FIRST[kinds[place]] for place in places), read, fill)


TABLES: Final = (
    _table(
        "settings",
        ("name",),
        "name value created:int",
        texts.READ_SETTINGS,
        texts.FILL_SETTINGS,
    ),
    _table(
        "signing_keys",
        ("kid",),
        "kid alg public_jwk wrapped_private:bytes created:int signs_from:int retired_at:int attributes",
        texts.READ_SIGNING_KEYS,
        texts.FILL_SIGNING_KEYS,
    ),
    _table(
        "accounts",
        ("id",),
        "id user_name status generation:int name given_name family_name email email_verified:bool phone_number "
        "phone_number_verified:bool roles created:int updated:int",
        texts.READ_ACCOUNTS,
        texts.FILL_ACCOUNTS,
    ),
    _table(
        "credentials",
        ("account_id", "kind"),
        "account_id kind secret_hash created:int updated:int",
        texts.READ_CREDENTIALS,
        texts.FILL_CREDENTIALS,
    ),
    _table(
        "sessions",
        ("id",),
        "id account_id account_generation:int authentication status created:int seen_at:int expires:int",
        texts.READ_SESSIONS,
        texts.FILL_SESSIONS,
    ),
    _table(
        "clients",
        ("client_id",),
        "client_id client_secret secret_expires_at:int attributes registration_client:bool any_loopback_port:bool "
        "status generation:int created:int updated:int settings",
        texts.READ_CLIENTS,
        texts.FILL_CLIENTS,
    ),
    _table(
        "client_templates",
        ("template_id",),
        "template_id status generation:int version:int attributes settings created:int updated:int",
        texts.READ_CLIENT_TEMPLATES,
        texts.FILL_CLIENT_TEMPLATES,
    ),
    _table(
        "client_template_versions",
        ("template_id", "version"),
        "template_id version:int attributes settings changed_by reason created:int",
        texts.READ_CLIENT_TEMPLATE_VERSIONS,
        texts.FILL_CLIENT_TEMPLATE_VERSIONS,
    ),
    _table(
        "initial_tokens",
        ("id",),
        "id status uses_left:int uses:int account_id template_id attributes issued_by created:int updated:int "
        "expires:int",
        texts.READ_INITIAL_TOKENS,
        texts.FILL_INITIAL_TOKENS,
    ),
    _table(
        "dynamically_registered_clients",
        ("client_id",),
        "client_id client_secret instance_of_client created:int updated:int initial_client authenticated_user "
        "attributes status scope redirect_uris grant_types account_id generation:int status_by status_at:int "
        "status_reason secret_expires_at:int registration_token registration_token_expires_at:int previous_secret "
        "previous_secret_until:int previous_registration_token previous_registration_token_until:int "
        "idempotency_hash idempotency_until:int request_hash last_used:int token_limits",
        texts.READ_DYNAMICALLY_REGISTERED_CLIENTS,
        texts.FILL_DYNAMICALLY_REGISTERED_CLIENTS,
    ),
    _table(
        "delegations",
        ("client_id", "id"),
        "client_id id account_id scope status status_reason generation:int access_generation:int "
        "client_generation:int account_generation:int refresh_counter:int salt:bytes authentication session_id "
        "created:int updated:int rotated_at:int expires:int template_generation:int",
        texts.READ_DELEGATIONS,
        texts.FILL_DELEGATIONS,
    ),
    _table(
        "revoked_tokens",
        ("client_id", "token_id"),
        "client_id token_id expires:int",
        texts.READ_REVOKED_TOKENS,
        texts.FILL_REVOKED_TOKENS,
    ),
    _table(
        "consents",
        ("account_id", "client_id"),
        "account_id client_id scope redirect_hash account_generation:int client_generation:int "
        "template_generation:int created:int expires:int",
        texts.READ_CONSENTS,
        texts.FILL_CONSENTS,
    ),
    _table(
        "sign_in_failures",
        ("name_hash", "source_hash"),
        "name_hash source_hash failures:int delay_s:int counted:int expires:int",
        texts.READ_SIGN_IN_FAILURES,
        texts.FILL_SIGN_IN_FAILURES,
    ),
    _table(
        "audit",
        ("id",),
        "id created:int event subject_kind subject_id actor origin reason before after seal_number:int seal",
        texts.READ_AUDIT,
        texts.FILL_AUDIT,
    ),
)
