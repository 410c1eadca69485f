"""Tables, one person, the clients, and a signed-in browser for each: told as JSON, by the number that is asked for."""

import json
import sys

import django
from django.conf import settings

django.setup()

from django.contrib.auth.models import User  # noqa: E402 - Django wants to be set up first
from django.core.management import call_command  # noqa: E402
from django.test import Client as Browser  # noqa: E402
from oauth2_provider.generators import generate_client_secret  # noqa: E402
from oauth2_provider.models import Application  # noqa: E402

REDIRECT_URI = "https://app.example/callback"


def client(name, grant, **members):
    secret = generate_client_secret()
    made = Application.objects.create(
        client_id=name,
        name=name,
        client_secret=secret,
        client_type="confidential",
        authorization_grant_type=grant,
        **members,
    )
    return {"client_id": made.client_id, "client_secret": secret}


def signed_in(user):
    browser = Browser()
    browser.force_login(user)
    return f"{settings.SESSION_COOKIE_NAME}={browser.cookies[settings.SESSION_COOKIE_NAME].value}"


call_command("migrate", verbosity=0)
person = User.objects.create_user("demouser", password="a password of the bench", first_name="Demo", last_name="User")
install = {"algorithm": "RS256", "redirect_uris": REDIRECT_URI, "skip_authorization": True}
seats = [
    client(f"install-{number}", "authorization-code", **install) | {"cookie": signed_in(person)}
    for number in range(int(sys.argv[1]))
]
sys.stdout.write(json.dumps({"service": client("service", "client-credentials"), "seats": seats}))
