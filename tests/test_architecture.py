"""The shape of the code, read from its syntax: who may import whom, and what may not be used where."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LADDER = {
    "schemas": {"schemas"},
    "transforms": {"schemas", "transforms"},
    "api": {"schemas", "transforms", "api"},  # inside a function, where it costs nothing until called, pipelines too
    "pipelines": {"schemas", "transforms", "api", "pipelines"},
}
BEAM = "apache_beam"
MODULES = sorted(path for folder in LADDER for path in (ROOT / folder).rglob("*.py"))
CORE = [path for path in MODULES if path.relative_to(ROOT).parts[0] != "api"]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def folder_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0]


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(("skypairs", *(parts[:-1] if parts[-1] == "__init__" else parts)))


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), name_of(path))


def imports(tree: ast.AST) -> Iterator[str]:
    """Dotted names of all that is imported anywhere below a node, `from a import b` as a.b."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{'.' * node.level}{node.module or ''}.{alias.name}" for alias in node.names)


def imports_at_once(tree: ast.Module) -> Iterator[str]:
    """The imports that run when the module is imported: those outside of functions."""
    waiting: list[ast.AST] = list(tree.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from imports(node)
        elif not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            waiting.extend(ast.iter_child_nodes(node))


def tops(names: Iterator[str]) -> set[str]:
    return {name.partition(".")[0] for name in names}


def uses(tree: ast.AST, *dotted: str) -> list[str]:
    """Which of the dotted names are read anywhere below a node, e.g. `time.time`."""
    found = {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)} | set(imports(tree))
    return sorted(found & set(dotted))


def base_names(tree: ast.Module) -> set[str]:
    """Last parts of the base classes of every class in a module: `beam.PTransform` as PTransform."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            for base in node.bases:
                plain = base.value if isinstance(base, ast.Subscript) else base
                found.add(ast.unparse(plain).rpartition(".")[2])
    return found


def is_stage(path: Path) -> bool:
    """A stage module may know Beam: it defines a PTransform, or is a pipeline and applies one to a Pipeline."""
    tree = parse(path)
    if folder_of(path) == "pipelines" and any(name.startswith(BEAM) for name in imports(tree)):
        return "Pipeline" in path.read_text("utf-8")
    return bool(base_names(tree) & {"PTransform", "DoFn", "CombineFn"})


def test_there_is_something_to_look_at() -> None:
    assert {folder_of(path) for path in MODULES} >= {"schemas", "transforms", "pipelines"}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_go_down_the_ladder(path: Path) -> None:
    tree = parse(path)
    names = set(imports_at_once(tree) if folder_of(path) == "api" else imports(tree))
    ours = {name.split(".")[1] for name in names if name.startswith("skypairs.")}
    assert ours <= LADDER[folder_of(path)]


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_are_absolute_and_namespaced(path: Path) -> None:
    """`schemas.x` and `skypairs.schemas.x` would be two modules with two different classes."""
    bare = [name for name in imports(parse(path)) if name.partition(".")[0] in {*LADDER, ""}]
    assert bare == []


def test_tests_and_benchmarks_import_the_namespace() -> None:
    paths = [path for folder in ("tests", "benchmarks", "recipes") for path in (ROOT / folder).rglob("*.py")]
    bare = {name_of(path): sorted(tops(imports(parse(path))) & set(LADDER)) for path in paths}
    assert {name: found for name, found in bare.items() if found} == {}


@pytest.mark.parametrize("path", [path for path in MODULES if folder_of(path) in ("transforms", "pipelines")], ids=name_of)
def test_annotations_are_real(path: Path) -> None:
    """Beam reads the types of mapped functions: as strings they would be lost without a word."""
    assert "__future__.annotations" not in set(imports(parse(path)))


@pytest.mark.parametrize("path", CORE, ids=name_of)
def test_nothing_depends_on_chance_or_the_clock(path: Path) -> None:
    tree = parse(path)
    temporary_names = {"secrets"} if name_of(path) == "transforms/storage.py" else set()
    assert tops(imports(tree)) & {"uuid", "random", "secrets", "datetime"} <= temporary_names
    clock = ("time.time", "time.time_ns", "time.localtime", "time.gmtime", "time.strftime", "time.ctime")
    chance = ("os.urandom", "np.random", "numpy.random", "os.getrandom")
    assert uses(tree, *clock, *chance) == []


@pytest.mark.parametrize("path", [path for path in MODULES if folder_of(path) == "schemas"], ids=name_of)
def test_schemas_only_say_what_things_are(path: Path) -> None:
    """No pipeline, no decoder, no files."""
    tree = parse(path)
    files = {"os", "io", "pathlib", "shutil", "tempfile", "glob", "socket", "subprocess", "urllib"}
    assert tops(imports(tree)) & {BEAM, "cv2", "PIL", "simplejpeg", "imagecodecs", "tifffile", *files} == set()
    calls = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    assert calls & {"open", "print", "input", "exec", "eval"} == set()


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_only_stage_modules_know_beam(path: Path) -> None:
    if BEAM in tops(imports(parse(path))):
        assert is_stage(path), "imports Beam without a stage of its own: wire it in a stage module"


def test_work_modules_load_without_beam_and_torch() -> None:
    """What is no stage does not reach Beam through another module either; nor does the catalogue."""
    catalogue = ROOT / "pipelines" / "catalog"
    work = [
        module_of(path)
        for path in MODULES
        if not is_stage(path) and (folder_of(path) != "pipelines" or path.is_relative_to(catalogue))
    ]
    code = (
        "import importlib, sys\n"
        "for name in ('apache_beam', 'torch', 'open_clip'):\n"
        "    sys.modules[name] = None\n"
        f"for name in {work!r}:\n"
        "    importlib.import_module(name)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_is_one_idea(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 300


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_one_module_prints(path: Path) -> None:
    calls = [node for node in ast.walk(parse(path)) if isinstance(node, ast.Call) and ast.unparse(node.func) == "print"]
    assert calls == [] or name_of(path) == "pipelines/show.py"


def test_the_command_line_defines_no_classes() -> None:
    """A class of the started module would be pickled under the name __main__, which no worker knows."""
    path = ROOT / "pipelines" / "cli.py"
    assert [node.name for node in ast.walk(parse(path)) if isinstance(node, ast.ClassDef)] == []


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_modules_say_what_they_are_for(path: Path) -> None:
    assert ast.get_docstring(parse(path))
