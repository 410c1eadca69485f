import pytest

from keyfob_server.web.pages.text import shown, shown_origin


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("Harbour Bank", "Harbour Bank"),
        ("  Harbour \t\r\n Bank\x00", "Harbour Bank"),
        ("Bank\u202emoc.live", "Bankmoc.live"),
        ("\u2066Bank\u2069\u200f\ufeff\u200b\u00ad", "Bank"),
        ("Bank\u2028of\u2029trust\u00a0\u3000here", "Bank of trust here"),
        ("\u3164\u2800", ""),
        ("", ""),
        ("a\ud800b", "a\ufffdb"),
        (
            "\u0646\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
            "\u0646\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        ),
        ("\U0001f469\u200d\U0001f680", "\U0001f469\u200d\U0001f680"),
        ("Z" + "\u0335" * 500 + "algo", "Z" + "\u0335" * 3 + "algo"),
        ("<b>&amp;", "<b>&amp;"),
    ],
)
def test_a_name_is_one_visible_line(text: str, seen: str) -> None:
    assert shown(text) == seen


def test_a_long_name_is_cut_and_says_so() -> None:
    assert shown("x" * 80) == "x" * 80
    assert shown("x" * 81) == "x" * 79 + "…"
    assert shown("x" * 1_000_000, 10) == "x" * 9 + "…"


def test_a_long_origin_keeps_its_end() -> None:
    assert shown_origin("accounts.bank.example." + "a" * 300 + ".evil.example").endswith(".evil.example")
    assert len(shown_origin("a" * 300)) == 261
    assert shown_origin("h" * 253) == "h" * 253
    assert shown_origin("x" * 2000 + ".evil").endswith(".evil")
