import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyfob_protocol.errors import InvalidRequest
from keyfob_protocol.parameters import Parameters, encode_parameters, is_longer_encoded, parse_parameters

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
pair_lists = st.lists(st.tuples(texts.filter(bool), texts), max_size=20)


@given(pair_lists)
def test_what_is_encoded_is_read_again(pairs: list[tuple[str, str]]) -> None:
    assert parse_parameters(encode_parameters(pairs)).pairs() == tuple(pairs)


def test_plus_and_percent_20_are_both_a_space() -> None:
    assert parse_parameters("a=x+y&b=x%20y").pairs() == (("a", "x y"), ("b", "x y"))


def test_a_space_is_written_as_percent_20() -> None:
    assert encode_parameters([("scope", "openid profile")]) == "scope=openid%20profile"


def test_bytes_and_text_are_read_alike() -> None:
    assert parse_parameters(b"a=%C3%A9&&b=1=2&c") == parse_parameters("a=%C3%A9&&b=1=2&c")
    assert parse_parameters(b"a=%C3%A9&&b=1=2&c").pairs() == (("a", "é"), ("b", "1=2"), ("c", ""))


@pytest.mark.parametrize(
    "text",
    ["a=%", "a=%4", "a=%zz", "%=1", "a=%ff", "a=%C3", "a=%ED%A0%80", "a=%00", "a%00=1", "a=é", "a=\ud800"],
)
def test_bad_encodings_are_refused(text: str) -> None:
    with pytest.raises(InvalidRequest):
        parse_parameters(text)


def test_bytes_outside_ascii_are_refused() -> None:
    with pytest.raises(InvalidRequest, match="not ASCII"):
        parse_parameters(b"a=\xc3\xa9")


def test_a28_ten_thousand_parameters_are_refused() -> None:
    with pytest.raises(InvalidRequest, match="more than 100 parameters"):
        parse_parameters("&".join(["a=1"] * 10_000))


def test_a28_a_megabyte_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="more than 65536 bytes"):
        parse_parameters(b"a=" + b"x" * 2**20)


def test_the_hundredth_parameter_is_the_last() -> None:
    assert len(parse_parameters("&".join(["a=1"] * 100)).pairs()) == 100
    with pytest.raises(InvalidRequest):
        parse_parameters("&".join(["a=1"] * 101))


def test_an_empty_value_counts_as_omitted() -> None:
    parameters = parse_parameters("state=&resource=&resource=https://a.example")
    assert parameters.get("state") is None
    assert parameters.get("nonce") is None
    assert parameters.all("resource") == ("https://a.example",)


def test_a_doubled_parameter_has_no_value_and_is_told() -> None:
    parameters = parse_parameters("scope=a&scope=b&resource=c&resource=d&x=1")
    assert parameters.get("scope") is None
    assert parameters.repeated() == ("scope",)
    assert parameters.repeated(allowed=()) == ("scope", "resource")


def test_a_doubled_parameter_without_values_is_doubled_still() -> None:
    assert parse_parameters("state=&state=x").repeated() == ("state",)
    assert Parameters().repeated() == ()


@given(pair_lists, st.integers(0, 400))
def test_whether_the_encoded_form_is_longer_is_known_without_making_it(pairs: list[tuple[str, str]], size: int) -> None:
    assert is_longer_encoded(pairs, size) == (len(encode_parameters(pairs)) > size)


def test_the_longest_encoded_form_that_fits_is_told_from_one_more_character() -> None:
    assert not is_longer_encoded([("a", "é" * 3)], len("a=") + 18)
    assert is_longer_encoded([("a", "é" * 3)], len("a=") + 17)
