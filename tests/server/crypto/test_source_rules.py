"""Rules that the sources of all packages keep, read from their syntax trees."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGES = Path(__file__).parents[3] / "packages"
SOURCES = sorted(PACKAGES.glob("*/src/**/*.py"))

SECRET_WORDS = {
    "challenge",
    "cookie",
    "digest",
    "hash",
    "hexdigest",
    "hmac",
    "mac",
    "passphrase",
    "password",
    "secret",
    "signature",
    "tag",
    "token",
    "verifier",
}
# What is said about a secret is none: `code_challenge_method`, `token_type`, `secret_expires_at`.
ABOUT = {
    *("alg", "algorithm", "at", "auth", "characters", "count", "endpoint", "expires", "form", "grant", "id", "kind"),
    *("length", "lifetime", "method", "methods", "name", "names", "s", "size", "status", "type", "types", "uri", "use"),
}


def imports_of(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module or ""
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in ("import_module", "__import__"):
                yield str(node.args[0].value)


def weak_random_sources(tree: ast.AST) -> list[str]:
    return [name for name in imports_of(tree) if name.split(".")[0] == "random" or name.startswith("numpy.random")]


def name_of(node: ast.expr) -> str:
    """The last name of an expression: `self.client_secret` and `client_secret()` are both `client_secret`."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Call(func=called):
            return name_of(called)
        case ast.Subscript(slice=ast.Constant(value=str(name))):
            return name
        case ast.Subscript(value=value):
            return name_of(value)
        case _:
            return ""


def sounds_secret(node: ast.expr) -> bool:
    words = re.findall(r"[a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name_of(node)).lower())
    return bool(SECRET_WORDS & set(words)) and words[-1] not in ABOUT and not name_of(node).isupper()


def leaky_comparisons(tree: ast.AST) -> list[int]:
    """Lines where == or != meets a name that sounds secret; a comparison with a literal reveals only the literal."""
    lines: list[int] = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Compare):
            continue
        sides = [node.left, *node.comparators]
        for operator, left, right in zip(node.ops, sides, sides[1:], strict=False):
            literal = isinstance(left, ast.Constant) or isinstance(right, ast.Constant)
            if (
                isinstance(operator, ast.Eq | ast.NotEq)
                and not literal
                and (sounds_secret(left) or sounds_secret(right))
            ):
                lines.append(node.lineno)
    return lines


def test_there_are_sources_to_read() -> None:
    assert {path.relative_to(PACKAGES).parts[0] for path in SOURCES} == {"protocol", "client", "server"}


def test_l12_no_package_imports_random() -> None:
    found = {str(path): weak_random_sources(ast.parse(path.read_text())) for path in SOURCES}
    assert {path: names for path, names in found.items() if names} == {}


@pytest.mark.parametrize(
    "source",
    ["import random", "import os, random as r", "from random import choice", "importlib.import_module('random')"],
)
def test_l12_the_rule_finds_each_way_to_import_random(source: str) -> None:
    assert weak_random_sources(ast.parse(source))


def test_b7_no_package_compares_secrets_with_an_equals_sign() -> None:
    found = {str(path): leaky_comparisons(ast.parse(path.read_text())) for path in SOURCES}
    assert {path: lines for path, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "source",
    [
        "client_secret == stored",
        "stored != self.client_secret",
        "row.secret_hash == computed",
        "code_challenge(verifier) == request.code_challenge",
        "hmac.new(k, m).hexdigest() == given",
        "form['password'] == expected",
        "a < b == mac",
        "clientSecret == given",
        "presented.registration_access_token == known",
    ],
)
def test_b7_the_rule_finds_each_spelling(source: str) -> None:
    assert leaky_comparisons(ast.parse(source)) == [1]


@pytest.mark.parametrize(
    "source",
    [
        "hmac.compare_digest(secret, stored)",
        "client_secret == ''",
        "code_challenge_method != wanted",
        "token_type == other",
        "len(secret) == size",
        "secret_expires_at == now",
        "secret is None",
        "machine == name",
        "shashlik == dinner",
    ],
)
def test_b7_the_rule_leaves_alone_what_reveals_nothing(source: str) -> None:
    assert leaky_comparisons(ast.parse(source)) == []
