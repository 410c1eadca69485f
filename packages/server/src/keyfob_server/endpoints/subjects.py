"""How a client knows a person: the `sub` of every token and answer."""

from keyfob_server.endpoints.services import Services
from keyfob_server.rules.records import Account, Client
from keyfob_server.rules.subjects import is_pairwise, public_subject, sector_of


def subject_for(services: Services, client: Client, account: Account) -> str:
    if is_pairwise(client):
        return services.pairwise.subject(sector_of(client), account.id)
    return public_subject(account, services.policy)
