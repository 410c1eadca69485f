"""What an operator of django-oauth-toolkit writes: where it is mounted, its claims, and who may register."""

import os
from secrets import compare_digest

from django.urls import include, path
from oauth2_provider import urls as provider_urls
from oauth2_provider.oauth2_validators import OAuth2Validator

INITIAL_TOKEN = os.environ["BENCH_INITIAL_TOKEN"]


class Claims(OAuth2Validator):
    def get_additional_claims(self):
        return {"name": lambda request: request.user.get_full_name()}


class InitialToken:
    def has_permission(self, request):
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        return scheme == "Bearer" and compare_digest(token, INITIAL_TOKEN)


urlpatterns = [path("", include(provider_urls))]
