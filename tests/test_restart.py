"""Builds that are killed, started again, started twice, or started over something else. Real processes, really killed."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from skypairs.pipelines import cli
from skypairs.schemas.errors import BuildStopped
from skypairs.schemas.execution import Execution
from tests.corpus import jpeg, some_boxes, texture, voc_xml, write_corpus
from tests.whole_builds import build_here, contents, digest, stamps

SIDE = 48
PICTURES = 600
LOOKS = 5  # four parts of the source and one of references
PATIENCE = 180.0


@dataclass
class Many:
    """A corpus of many small pictures, and a build of it that nothing disturbed."""

    root: Path
    recipe: Path
    expected: dict[str, str]

    def picture(self, number: int) -> Path:
        return self.root / "trees/JPEGImages" / f"P{number:04d}.jpg"


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Many:
    root = tmp_path_factory.mktemp("many")
    folder = root / "trees"
    for name in ("JPEGImages", "Annotations", "ImageSets/Main"):
        (folder / name).mkdir(parents=True)
    names = [f"P{number:04d}" for number in range(PICTURES)]
    for number, name in enumerate(names):
        side = SIDE if number % 2 else SIDE - 12  # the smaller half passes through untouched
        (folder / "JPEGImages" / f"{name}.jpg").write_bytes(jpeg(texture(number, side, side)))
        boxes = some_boxes(number, SIDE - 7, SIDE - 7)
        inside = [(label, x0, y0, min(x1, side), min(y1, side)) for label, x0, y0, x1, y1 in boxes if max(x0, y0) < side - 4]
        (folder / "Annotations" / f"{name}.xml").write_text(voc_xml(name, side, side, inside))
    (folder / "ImageSets/Main/train.txt").write_text("\n".join(names[10:]) + "\n")
    (folder / "ImageSets/Main/test.txt").write_text("\n".join(names[:10]) + "\n")
    recipe = root / "recipe.yaml"
    recipe.write_text(
        "name: many\n"
        "sources:\n"
        "  - {dataset: voc, name: trees, root: trees, split: train}\n"
        "references:\n"
        "  - {dataset: voc, name: held, root: trees, split: test}\n"
        "pictures: {max_side: 40}\n"
        "shards: {samples: 50}\n"
    )
    build_here(recipe, root / "undisturbed")
    return Many(root, recipe, contents(root / "undisturbed"))


@contextlib.contextmanager
def started(recipe: Path, out: Path, *words: str, scratch: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`skypairs build` as a process of its own, its temporary files in `scratch`; killed at the end if it still runs."""
    scratch.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "skypairs.pipelines.cli", "build", str(recipe), str(out), *words]
    env = {**os.environ, "TMPDIR": str(scratch)}
    with open(f"{scratch}.log", "w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, env=env, preexec_fn=_hears_interrupts)
        try:
            yield process
        finally:
            process.kill()
            process.wait(PATIENCE)


def _hears_interrupts() -> None:
    """A shell starts what it runs in the background deaf to Ctrl-C, the test run among it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def ended(process: subprocess.Popen[bytes], scratch: Path) -> tuple[int, str]:
    """Exit status and all that was said, once the process has ended by itself."""
    status = process.wait(PATIENCE)
    return status, Path(f"{scratch}.log").read_text()


def wait_until(process: subprocess.Popen[bytes], there: Callable[[], bool]) -> None:
    """Polls until something is there. The process must still be running then."""
    end = time.monotonic() + PATIENCE
    while not there():
        assert process.poll() is None, f"it ended with {process.returncode}: its log lies beside its folder for temporary files"
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.004)


def count(folder: Path, pattern: str) -> int:
    return sum(1 for _ in folder.glob(pattern))


def kill(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGKILL)
    assert process.wait(PATIENCE) == -signal.SIGKILL


@pytest.fixture(scope="module")
def killed_writing(many: Many) -> Path:
    """An output whose build was killed when some of its shards were written. Tests go on from copies of it."""
    out = many.root / "killed-writing"
    with started(many.recipe, out, scratch=many.root / "scratch") as process:
        wait_until(process, lambda: count(out, "train/*.tar") >= 5)
        kill(process)
    assert 5 <= count(out, "train/*.tar") < sum(name.endswith(".tar") for name in many.expected)
    assert not (out / "manifest.json").exists()
    return out


def copy_of(out: Path, to: Path) -> Path:
    shutil.copytree(out, to)  # with the times of the files
    return to


def test_killed_while_preparing(many: Many, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    with started(many.recipe, out, scratch=tmp_path / "one") as process:
        wait_until(process, lambda: count(out, ".staging/looks/*.arrow") >= 2)
        kill(process)
    marked = stamps(out / ".staging", "*/*.arrow")
    looks = sum(name.startswith("looks/") for name in marked)
    packs = {name.replace(".arrow", ".pack") for name in marked if name.startswith("looks/")}
    assert 2 <= looks < LOOKS, "killed in time"

    with started(many.recipe, out, "--keep-staging", scratch=tmp_path / "two") as process:
        wait_until(process, lambda: count(out, ".staging/looks/*.arrow") > looks)
        assert cli.main(["build", str(many.recipe), str(out)]) == 2, "two builds at a time"
        assert "is being built by another process" in capsys.readouterr().err
        status, said = ended(process, tmp_path / "two")
    assert status == 0, said
    assert contents(out) == many.expected
    after = stamps(out / ".staging")
    assert {name: after[name] for name in marked} == marked, "parts that were complete are not prepared again"
    assert packs <= set(after)
    assert sum(name.startswith("looks/") and name.endswith(".arrow") for name in after) == LOOKS
    assert not [name for name in after if ".tmp-" in name]


def test_killed_while_writing_shards(many: Many, killed_writing: Path, tmp_path: Path) -> None:
    out = copy_of(killed_writing, tmp_path / "out")
    before = stamps(out, "train/*.tar")
    marks = count(out, ".staging/shards/*.json")
    assert len(before) - 1 <= marks <= len(before), "at most one was published and not yet marked"
    for stale in ("train/many-000000-00000.tar", "ledger/old.parquet", "train/.tmp-orphan", ".tmp-orphan"):
        (out / stale).parent.mkdir(exist_ok=True)
        (out / stale).write_bytes(b"left by a build of other data, or by one that was killed")
    with started(many.recipe, out, scratch=tmp_path / "scratch") as process:
        status, said = ended(process, tmp_path / "scratch")
    assert status == 0, said
    assert contents(out) == many.expected, "the same bytes, nothing stale, nothing temporary"
    assert not (out / ".staging").exists()
    after = stamps(out, "train/*.tar")
    assert sum(after[name] != stamp for name, stamp in before.items()) == len(before) - marks, "finished shards are left alone"
    assert list((tmp_path / "scratch").iterdir()) == []


def test_killed_when_all_but_the_tidying_was_done(many: Many, tmp_path: Path) -> None:
    out = copy_of(many.root / "undisturbed", tmp_path / "out")
    before = stamps(out)
    killed = tmp_path / "killed"
    with started(many.recipe, killed, scratch=tmp_path / "scratch") as process:
        wait_until(process, lambda: (killed / ".build.json").exists())
        kill(process)
    shutil.copy(killed / ".build.json", out)
    (out / ".staging/looks").mkdir(parents=True)
    (out / ".staging/looks/one.pack").write_bytes(b"x")
    (out / "train/.tmp-1").write_bytes(b"x")
    assert cli.main(["build", str(many.recipe), str(out)]) == 0
    assert not (out / ".staging").exists()
    assert stamps(out) == before


@pytest.mark.slow
def test_one_picture_changed_since_the_kill(many: Many, killed_writing: Path, tmp_path: Path) -> None:
    out = copy_of(killed_writing, tmp_path / "out")
    looks = stamps(out / ".staging", "looks/*.arrow")
    changed = many.picture(500)
    old, status = changed.read_bytes(), os.stat(changed)
    try:
        changed.write_bytes(jpeg(texture(9999, SIDE - 12, SIDE - 12)))
        expected = build_here(many.recipe, tmp_path / "fresh")
        assert contents(tmp_path / "fresh") != many.expected
        assert build_here(many.recipe, out, execution=Execution(2, keep_staging=True)) == expected
    finally:
        changed.write_bytes(old)
        os.utime(changed, ns=(status.st_atime_ns, status.st_mtime_ns))
    after = stamps(out / ".staging", "looks/*.arrow")
    assert {name: after[name] for name in looks} == looks
    assert len(after) == len(looks) + 1, "one part was prepared again"


@pytest.mark.slow
def test_interrupted(many: Many, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with started(many.recipe, out, scratch=tmp_path / "scratch") as process:
        wait_until(process, lambda: count(out, ".staging/looks/*.arrow") >= 2)
        process.send_signal(signal.SIGINT)
        status, said = ended(process, tmp_path / "scratch")
    assert status == 130, said
    assert said.rstrip().endswith("skypairs: interrupted; what is prepared is kept: the same command goes on from there"), said
    assert "Traceback" not in said
    assert len(list((tmp_path / "scratch").iterdir())) <= 1, "at most the folder whose making or removal it struck"
    assert build_here(many.recipe, out) == digest(many.root / "undisturbed")


@pytest.mark.slow
def test_worker_processes_end_with_a_killed_build(many: Many, tmp_path: Path) -> None:
    out = tmp_path / "out"
    words = ("--pool", "processes", "--workers", "2")
    with tempfile.TemporaryDirectory() as short:  # sockets lie there, whose paths have at most 107 letters
        with started(many.recipe, out, *words, scratch=Path(short, "s")) as process:
            wait_until(process, lambda: count(out, ".staging/looks/*.arrow") >= 1)
            children = psutil.Process(process.pid).children(recursive=True)
            assert len(children) >= 2
            kill(process)
        try:
            _, alive = psutil.wait_procs(children, timeout=20)
            assert alive == []
        finally:
            for child in children:
                with contextlib.suppress(psutil.NoSuchProcess):
                    child.kill()


def test_a_finished_output_is_left_alone(many: Many, capsys: pytest.CaptureFixture[str]) -> None:
    out = many.root / "undisturbed"
    before, folders = stamps(out), {path: os.stat(path).st_mtime_ns for path in [out, *out.rglob("*/")]}
    assert cli.main(["build", str(many.recipe), str(out)]) == 0
    assert "finished already" in capsys.readouterr().out
    assert stamps(out) == before
    assert {path: os.stat(path).st_mtime_ns for path in folders} == folders


def test_another_recipe_is_refused(many: Many, killed_writing: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for out, said in (
        (many.root / "undisturbed", "finished output of another recipe"),
        (killed_writing, "unfinished build of"),
    ):
        before = stamps(out)
        assert cli.main(["build", str(many.recipe), str(out), "--set", "seed=1"]) == 2
        assert said in capsys.readouterr().err
        before.pop(".build.lock", None)
        after = stamps(out)
        after.pop(".build.lock", None)
        assert after == before


def test_a_foreign_folder_is_refused(many: Many, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")
    before = stamps(tmp_path)
    assert cli.main(["build", str(many.recipe), str(tmp_path)]) == 2
    assert "not empty and not an output of skypairs" in capsys.readouterr().err
    assert stamps(tmp_path) == before


def test_staging_may_be_a_folder_with_other_things_in_it(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "corpus", 6)
    (tmp_path / "scratch").mkdir()
    (tmp_path / "scratch/thesis.tex").write_text("years of work")
    build_here(corpus.recipe, tmp_path / "out", execution=Execution(staging=str(tmp_path / "scratch")))
    assert [path.name for path in (tmp_path / "scratch").iterdir()] == ["thesis.tex"]


def test_other_captions_decode_nothing(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "corpus", 30)  # all of it is reduced, so all that is emitted lies in packs
    other = ("captions.centre=[0.3, 0.7]", "captions.per_picture=3")
    expected = build_here(corpus.recipe, tmp_path / "expected", *other)
    staging = tmp_path / "staging"
    kept = Execution(2, staging=str(staging), keep_staging=True)
    build_here(corpus.recipe, tmp_path / "first", execution=kept)
    looks, cards = stamps(staging, "looks/*"), stamps(staging, "cards/*")
    pictures = sorted(corpus.root.rglob("*.jpg"))
    for path in pictures:
        status = os.stat(path)
        path.write_bytes(b"\0" * status.st_size)
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert len(pictures) > 30

    assert build_here(corpus.recipe, tmp_path / "second", *other, execution=kept) == expected
    assert stamps(staging, "looks/*") == looks
    after = stamps(staging, "cards/*")
    assert {name: after[name] for name in cards} == cards
    assert len(after) == 2 * len(cards)
    with pytest.raises(BuildStopped, match=r"of trees failed|pictures of held could not be read"):
        build_here(corpus.recipe, tmp_path / "third", *other)  # without the staging folder nothing can be made of them


def test_no_temporary_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    corpus = write_corpus(tmp_path / "corpus", 6)
    build_here(corpus.recipe, tmp_path / "out")
    assert list(scratch.iterdir()) == []
    top = {path.name for path in (tmp_path / "out").iterdir()}
    assert top <= {
        "train",
        "ledger",
        "duplicates",
        "references",
        "captions",
        "tsv",
        "report",
        "manifest.json",
        "report.html",
        "README.md",
    }
    assert not list((tmp_path / "out").rglob(".*"))
