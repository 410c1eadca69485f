from keyfob_server.rules.policy import RegistrationPolicy
from keyfob_server.rules.scope_texts import ScopeTexts
from keyfob_server.web.pages.words import scope_words


def test_every_scope_that_an_app_may_register_for_is_said_in_words() -> None:
    scopes = RegistrationPolicy().allowed_scopes
    words = scope_words(scopes, ScopeTexts())
    assert len(words) == len(scopes)
    assert not set(words) & set(scopes)


def test_the_order_is_kept_and_a_scope_of_the_operator_is_shown_by_its_name() -> None:
    assert scope_words(("profile", "payments", "openid"), ScopeTexts()) == (
        "See your name",
        "payments",
        "Recognise you when you come back",
    )


def test_registering_is_not_said_as_an_ability() -> None:
    assert scope_words(("dcr",), ScopeTexts()) == ()


def test_the_operator_s_text_comes_before_ours() -> None:
    texts = ScopeTexts((("payments", "Pay for you"), ("profile", "See what you are called")))
    assert scope_words(("profile", "payments", "email"), texts) == (
        "See what you are called",
        "Pay for you",
        "See your email address",
    )
