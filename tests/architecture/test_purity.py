import ast
import builtins
import sys

import pytest

from source_tree import Module, imported, modules

PURE = ("keyfob_protocol", "keyfob_server.rules")
OUR_OWN = {"keyfob_protocol": ("keyfob_protocol",), "keyfob_server.rules": PURE}


def within(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def foreign(module: Module, package: str) -> list[str]:
    return [
        name
        for name in imported(module.tree)
        if name.partition(".")[0] not in sys.stdlib_module_names
        and not any(within(name, own) for own in OUR_OWN[package])
    ]


@pytest.mark.parametrize("package", PURE)
def test_protocol_and_rules_import_the_standard_library_and_themselves_only(package: str) -> None:
    found = {module.name: foreign(module, package) for module in modules() if within(module.name, package)}
    assert found != {}
    assert {name: names for name, names in found.items() if names} == {}


@pytest.mark.parametrize("package", PURE)
def test_protocol_and_rules_never_wait(package: str) -> None:
    waiting = [
        module.name
        for module in modules()
        if within(module.name, package)
        and any(isinstance(node, ast.AsyncFunctionDef | ast.Await) for node in ast.walk(module.tree))
    ]
    assert waiting == []


def test_no_package_uses_the_module_random() -> None:
    assert [module.name for module in modules() if "random" in imported(module.tree)] == []


def test_only_errors_and_protocols_are_inherited_from() -> None:
    """Values are composed; a family tree is for exceptions, and for the needs that a port sums up."""
    bases = {
        node.name: {base.id for base in node.bases if isinstance(base, ast.Name)}
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef)
    }
    builtin_errors = {
        name for name, value in vars(builtins).items() if isinstance(value, type) and issubclass(value, BaseException)
    }
    may_have_children = builtin_errors | {"Protocol"}
    while grown := {name for name, parents in bases.items() if parents & may_have_children} - may_have_children:
        may_have_children |= grown
    assert {name for name, parents in bases.items() if parents & bases.keys() - may_have_children} == set()
