"""What is shipped: the namespace `skypairs` and nothing beside it, usable by a worker that has only the package."""

import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("schemas", "transforms", "pipelines", "api")
pytestmark = pytest.mark.slow

CHECK = """
import importlib, inspect, pathlib, pickle, pkgutil, sys
import skypairs
from apache_beam import DoFn, PTransform
from apache_beam.internal import pickler

home = pathlib.Path(sys.argv[1]).resolve()
names = [info.name for info in pkgutil.walk_packages(skypairs.__path__, "skypairs.")]
modules = [importlib.import_module(name) for name in names]
outside = [module.__file__ for module in modules if not pathlib.Path(module.__file__).resolve().is_relative_to(home)]
assert not outside, outside
assert importlib.util.find_spec("schemas") is None and importlib.util.find_spec("transforms") is None
steps = {
    item
    for module in modules
    for item in vars(module).values()
    if inspect.isclass(item) and issubclass(item, (DoFn, PTransform)) and item.__module__.startswith("skypairs.")
}
for step in steps:
    assert pickler.loads(pickler.dumps(step)) is step, step
    assert pickle.loads(pickle.dumps(step)) is step, step
print(len(names), len(steps))
"""


def run(*command: object, cwd: Path, **environment: str) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a build needs of the repository, in a folder where it may leave things behind."""
    copy = tmp_path_factory.mktemp("checkout")
    for name in FOLDERS:
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    (copy / "tests").mkdir()
    (copy / "tests" / "__init__.py").touch()
    for name in ("setup.py", "pyproject.toml", "LICENSE", "README.md"):
        if (ROOT / name).exists():
            shutil.copy(ROOT / name, copy / name)
    return copy


@pytest.fixture(scope="module")
def sdist(checkout: Path) -> Path:
    """The source archive, made the way Beam makes it for a worker: by setup.py alone."""
    run(sys.executable, "setup.py", "--quiet", "sdist", "--dist-dir", "dist", cwd=checkout)
    (archive,) = (checkout / "dist").glob("*.tar.gz")
    return archive


@pytest.fixture(scope="module")
def wheel(sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel built from the unpacked archive, so that nothing outside it can help."""
    place = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(sdist) as archive:
        archive.extractall(place, filter="data")
    (source,) = place.iterdir()
    run(sys.executable, "setup.py", "--quiet", "bdist_wheel", "--dist-dir", "dist", cwd=source)
    (built,) = (source / "dist").glob("*.whl")
    return built


def test_wheel_holds_the_namespace_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    shipped = {name for name in names if ".dist-info/" not in name}
    here = {
        f"skypairs/{path.relative_to(ROOT).as_posix()}"
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("*.py")
        if (path.parent / "__init__.py").exists()
    }
    assert shipped == here
    assert "skypairs/__init__.py" not in shipped
    with zipfile.ZipFile(wheel) as archive:
        (top,) = [name for name in names if name.endswith("top_level.txt")]
        assert archive.read(top).split() == [b"skypairs"]
        (scripts,) = [name for name in names if name.endswith("entry_points.txt")]
        assert b"skypairs = skypairs.pipelines.cli:main" in archive.read(scripts)


def test_a_worker_with_only_the_package_loads_every_stage(wheel: Path, tmp_path: Path) -> None:
    """A fresh environment has the package installed; the dependencies are lent to it, without this checkout."""
    fresh = tmp_path / "fresh"
    venv.create(fresh, symlinks=True)
    python = fresh / "bin" / "python"
    home = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=tmp_path).strip())
    with zipfile.ZipFile(wheel) as archive:  # a wheel of plain Python is installed by unpacking it (PEP 427)
        archive.extractall(home)
    lent = sysconfig.get_path("purelib")  # through PYTHONPATH its .pth files, and so the editable install, are not read
    found = run(python, "-W", "ignore", "-c", CHECK, home, cwd=tmp_path, PYTHONPATH=lent)
    modules, steps = (int(word) for word in found.split())
    assert modules > 20
    assert steps > 4


def test_setup_needs_nothing_but_setuptools() -> None:
    text = (ROOT / "setup.py").read_text("utf-8")
    imported = [line for line in text.splitlines() if line.startswith(("import ", "from "))]
    assert imported == ["from setuptools import find_packages, setup"]
    assert "open(" not in text and "read_text" not in text
