from xml.etree import ElementTree as ET

import pytest

from keyfob_bench.plots import Axis, bars, lines

SVG = "{http://www.w3.org/2000/svg}"


def drawn(text: str) -> ET.Element:
    return ET.fromstring(text)  # noqa: S314 - our own


def test_bars_are_as_long_as_their_values_say_and_named() -> None:
    picture = drawn(bars("<Rates> & more", {"first": {"a": 50, "b": 100}, "second": {"b": 3}}))
    assert picture.findtext(f"{SVG}title") == "<Rates> & more"
    first, second, alone = (float(one.get("width", "")) for one in picture.iter(f"{SVG}rect"))
    assert first * 2 == pytest.approx(second)
    assert second == alone
    assert {"first", "second", "a", "b", "50", "100", "3"} <= {one.text for one in picture.iter(f"{SVG}text")}


def test_a_member_has_one_colour_in_all_panels() -> None:
    picture = drawn(bars("Rates", {"first": {"a": 1, "b": 2}, "second": {"b": 3}}))
    first, second, alone = (one.get("style") for one in picture.iter(f"{SVG}rect"))
    assert first != second == alone


def test_lines_go_through_their_points_on_an_axis_that_begins_at_zero() -> None:
    curves: dict[str, list[tuple[float, float]]] = {"p99": [(10_000, 5), (1_000_000, 10)], "p50": [(10_000, 0)]}
    picture = drawn(lines("Growth", curves, Axis("instances", logarithmic=True), Axis("ms")))
    line, dot = picture.findall(f"{SVG}polyline")
    (x0, y0), (x1, y1) = (map(float, pair.split(",")) for pair in line.get("points", "").split())
    zero = float(dot.get("points", "").split(",")[1])
    assert x0 < x1
    assert zero - y0 == pytest.approx((zero - y1) / 2, abs=0.2)
    assert {"10,000", "1,000,000", "ms", "instances"} <= {one.text for one in picture.iter(f"{SVG}text")}


@pytest.mark.parametrize(
    "picture",
    [
        bars("", {}),
        bars("", {"": {"a": 0.0}}),
        lines("", {}, Axis(""), Axis("")),
        lines("", {"a": [(1, 0)]}, Axis(""), Axis("")),
    ],
)
def test_a_picture_of_nothing_is_one_all_the_same(picture: str) -> None:
    assert drawn(picture).tag == f"{SVG}svg"


def test_both_schemes_have_every_colour() -> None:
    style = bars("", {}).partition("<style>")[2].partition("</style>")[0]
    light, _, dark = style.partition("@media (prefers-color-scheme: dark)")
    for name in ("page", "text", "quiet", "line", *(f"s{number}" for number in range(8))):
        assert f"--{name}:" in light
        assert f"--{name}:" in dark
