"""The product's own source as syntax trees, and the SQL in it: what the architecture tests read."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "src" / "pabal"
_RUNS_SQL = {"execute", "executemany", "copy", "stream"}


@dataclass(frozen=True)
class Module:
    """One file: its dotted name below `pabal`, its path below src/pabal, its tree."""

    name: str
    path: str
    tree: ast.Module

    @property
    def package(self) -> str:
        return self.name.partition(".")[0]


@cache
def modules() -> tuple[Module, ...]:
    found = []
    for file in sorted(SOURCE.rglob("*.py")):
        path = file.relative_to(SOURCE)
        parts = path.with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found.append(Module(name, str(path), ast.parse(file.read_text(encoding="utf-8"))))
    return tuple(found)


@cache
def module(name: str) -> Module | None:
    return next((one for one in modules() if one.name == name), None)


@dataclass(frozen=True)
class Statement:
    """One call that runs SQL; `texts` is empty when the text isn't a literal that can be read here."""

    module: Module
    line: int
    function: str
    call: str
    texts: tuple[str, ...]

    @property
    def place(self) -> str:
        return f"{self.module.path}:{self.function}"


@cache
def statements() -> tuple[Statement, ...]:
    return tuple(found for one in modules() for found in _statements_of(one))


def _statements_of(source: Module) -> Iterator[Statement]:
    for function, scope in _scopes(source.tree):
        for node in _own_nodes(scope):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in _RUNS_SQL
                and node.args
                and not _is_other_copy(node)
            ):
                texts = tuple(_literals(node.args[0], source, scope))
                yield Statement(source, node.lineno, function, node.func.attr, texts)


def _is_other_copy(node: ast.Call) -> bool:
    """`shutil.copy(...)`, `dict.copy()`: the `.copy` that takes a statement is a cursor's."""
    assert isinstance(node.func, ast.Attribute)
    return node.func.attr in {"copy", "stream"} and "cursor" not in ast.unparse(node.func.value)


Scope = ast.Module | ast.FunctionDef | ast.AsyncFunctionDef


def _scopes(tree: ast.Module) -> Iterator[tuple[str, Scope]]:
    yield "module", tree
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, node


def _own_nodes(scope: Scope) -> Iterator[ast.AST]:
    """Everything in a function but not in functions inside it."""
    waiting: list[ast.AST] = list(ast.iter_child_nodes(scope))
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        yield node
        waiting.extend(ast.iter_child_nodes(node))


def _literals(node: ast.expr, source: Module, scope: Scope) -> list[str]:
    """Every text that an expression can be, or [] if one of its parts isn't a literal."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            return [a + b for a in _literals(left, source, scope) for b in _literals(right, source, scope)]
        case ast.IfExp(body=body, orelse=orelse):
            one, other = _literals(body, source, scope), _literals(orelse, source, scope)
            return one + other if one and other else []
        case ast.JoinedStr(values=parts):  # of constants only: anything else has no literal
            texts = [""]
            for part in parts:
                value = part.value if isinstance(part, ast.FormattedValue) else part
                texts = [text + more for text in texts for more in _literals(value, source, scope)]
            return texts
        case ast.Name(id=name):
            return _named(name, source, scope)
        case ast.Attribute(value=ast.Name(id=name), attr=attribute):
            target = _imported(name, source)
            return _named(attribute, target, target.tree) if target else []
    return []


def _named(name: str, source: Module, scope: Scope) -> list[str]:
    for where in (scope, source.tree):
        found: list[str] = []
        for node in _own_nodes(where):
            values: list[ast.expr] = []
            match node:
                case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name:
                    values = [value]
                case ast.AnnAssign(target=ast.Name(id=target), value=ast.expr() as value) if target == name:
                    values = [value]
                case ast.For(target=ast.Name(id=target), iter=ast.Name(id=series)) if target == name:
                    values = _elements(series, source)
                case ast.For(target=ast.Name(id=target), iter=ast.Tuple(elts=values)) if target == name:
                    pass
            for value in values:
                texts = _literals(value, source, where)
                if not texts:
                    return []
                found += texts
        if found:
            return found
    for node in source.tree.body:
        if isinstance(node, ast.ImportFrom) and any((a.asname or a.name) == name for a in node.names):
            original = next(a.name for a in node.names if (a.asname or a.name) == name)
            target_module = module((node.module or "").removeprefix("pabal."))
            if target_module is not None:
                return _named(original, target_module, target_module.tree)
    return []


def _elements(name: str, source: Module) -> list[ast.expr]:
    for node in source.tree.body:
        match node:
            case (
                ast.Assign(targets=[ast.Name(id=target)], value=ast.Tuple(elts=values))
                | ast.AnnAssign(target=ast.Name(id=target), value=ast.Tuple(elts=values))
            ) if target == name:
                return values
    return []


def _imported(name: str, source: Module) -> Module | None:
    for node in source.tree.body:
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                if (alias.asname or alias.name) == name:
                    return module(
                        f"{(node.module or '').removeprefix('pabal.')}.{alias.name}".removeprefix("pabal.")
                    )
    return None


def texts_of(source: Module) -> Iterator[tuple[int, str]]:
    """Every string in a file except docstrings."""
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.lineno, node.value
