from pathlib import Path

from source_tree import ROOT, Module, imports, modules

EXCEPTIONS = Path(__file__).with_name("modules_without_a_test.txt")


def files_of_tests() -> list[Path]:
    return sorted((ROOT / "tests").rglob("test_*.py"))


def exceptions() -> dict[str, str]:
    """`dotted.name  reason` a line."""
    lines = [line for line in EXCEPTIONS.read_text("utf-8").splitlines() if line and not line.startswith("#")]
    return {name: reason.strip() for name, _, reason in (line.partition(" ") for line in lines)}


def without_a_test() -> set[str]:
    """A module counts as tested when a test file imports it, or is named after it."""
    names = " ".join(path.stem for path in files_of_tests())
    used = {name for path in files_of_tests() for name in imports(path)}

    def tested(module: Module) -> bool:
        return module.name in used or module.name.rpartition(".")[2].strip("_") in names

    return {module.name for module in modules() if module.defines_something and not tested(module)}


def test_every_module_has_a_test_file_that_names_it_or_stands_in_the_list_of_exceptions() -> None:
    assert without_a_test() - set(exceptions()) == set()


def test_the_list_of_exceptions_holds_only_modules_that_still_have_no_test() -> None:
    assert set(exceptions()) - without_a_test() == set()


def test_every_exception_says_why() -> None:
    assert [name for name, reason in exceptions().items() if len(reason) < 10] == []
