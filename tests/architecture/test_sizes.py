from source_tree import ROOT, functions, modules, python_files

FILE_LINES = 250
FUNCTION_LINES = 60
DRAWERS = frozenset({"common", "helper", "helpers", "lib", "misc", "util", "utils"})


def test_a_file_is_short_enough_to_be_read_at_once() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in python_files()
        if (lines := len(path.read_text("utf-8").splitlines())) > FILE_LINES
    }
    assert long == {}


def test_a_function_of_the_packages_fits_a_screen() -> None:
    long = {
        f"{module.name}.{function.name}": lines
        for module in modules()
        for function in functions(module.tree)
        if (lines := (function.end_lineno or function.lineno) - function.lineno + 1) > FUNCTION_LINES
    }
    assert long == {}


def test_no_module_is_a_drawer_for_what_has_no_name() -> None:
    assert [module.name for module in modules() if DRAWERS & set(module.name.split("."))] == []
