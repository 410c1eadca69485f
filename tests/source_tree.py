"""The checkout as data: what the tests about the project's own shape look at."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCES = tuple(sorted(ROOT.glob("packages/*/src")))
PYTHON_FOLDERS = (*SOURCES, ROOT / "tests", ROOT / "scripts", ROOT / "examples")


@dataclass(frozen=True, slots=True)
class Module:
    name: str
    """Dotted; a package goes by its own name, without `__init__`."""
    path: Path
    tree: ast.Module

    @property
    def defines_something(self) -> bool:
        """False for a file that holds nothing but a docstring and imports."""
        passive = (ast.Expr, ast.Import, ast.ImportFrom)
        return any(not isinstance(statement, passive) for statement in self.tree.body)


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))


@cache
def imports(path: Path) -> frozenset[str]:
    return frozenset(imported(parsed(path)))


@cache
def modules() -> tuple[Module, ...]:
    """Every module of the distributions."""
    return tuple(
        Module(_dotted(path.relative_to(source)), path, parsed(path))
        for source in SOURCES
        for path in sorted(source.rglob("*.py"))
    )


def _dotted(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def python_files() -> tuple[Path, ...]:
    """Every Python file that people write here: sources, tests, scripts, examples."""
    return tuple(path for folder in PYTHON_FOLDERS for path in sorted(folder.rglob("*.py")))


def imported(tree: ast.Module) -> Iterator[str]:
    """Dotted names that a file imports; `from a import b` yields both `a` and `a.b`."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=str(module), names=names, level=0):
                yield module
                yield from (f"{module}.{alias.name}" for alias in names)


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
