"""The command line: what it says, where, and with which exit status. What the commands do is tested where it stands."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from rich.console import Console

from skypairs.pipelines import catalog, cli, progress
from skypairs.schemas.errors import BuildStopped, OutputError
from skypairs.schemas.execution import Execution
from skypairs.schemas.packed import FATES
from skypairs.schemas.records import FileStamp
from tests.pipelines.small_catalog import CATALOG, write_folder

MANIFEST = {
    "funnel": {
        "airfields-train": {
            "scenes": 5,
            "tiles": 9,
            "kept": 3,
            "duplicate": 1,
            "leak": 2,
            "filtered": 1,
            "cut": 3,
            "captions": 15,
        },
        "plain": {"scenes": 2, "tiles": 0, "kept": 2, "captions": 10},
    },
    "files": [{"path": "train/mini-000000-00000.tar"}, {"path": "train/sizes.json"}, {"path": "train/mini-000000-00001.tar"}],
    "samples": {"train": 25, "val": 0},
    "references": {"listed": 7, "hashed": 6},
}


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog, "load", lambda: CATALOG)


@pytest.fixture
def recipe(tmp_path: Path) -> str:
    write_folder(tmp_path / "A", "train", 4)
    write_folder(tmp_path / "A", "val", 2)
    (tmp_path / "r.yaml").write_text("name: mini\nsources:\n  - {dataset: airfields, root: A, split: train}\n")
    return str(tmp_path / "r.yaml")


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    status = cli.main(words)
    said = capsys.readouterr()
    return status, said.out, said.err


def stand_in(monkeypatch: pytest.MonkeyPatch, module: str, **names: Callable[..., object]) -> None:
    monkeypatch.setitem(sys.modules, module, SimpleNamespace(**names))


def test_datasets(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "datasets")
    lines = out.splitlines()
    assert (status, err) == (0, "")
    assert lines[0].split("\t") == [
        "name",
        "title",
        "task",
        "classes",
        "licence",
        "m/pixel",
        "pictures",
        "splits",
        "known from",
    ]
    assert lines[1].split("\t") == [
        "airfields",
        "AIRFIELDS",
        "detection",
        "2",
        "CC-BY-4.0",
        "0.5",
        "",
        "train val test",
        "documented",
    ]
    assert len(lines) == 1 + len(CATALOG)


def test_a_table_on_a_terminal(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    _, out, _ = run(capsys, "datasets")
    assert "──" in out and "airfields" in out and "\t" not in out


def test_one_dataset(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "datasets", "closed")
    assert status == 0
    for text in ("closed: CLOSED", "(pictures may not be passed on)", "extra (train, pictures only)", "small vehicle, ship",
                 "  2. Unpack it.", "  SPLIT/labels/*.txt"):  # fmt: skip
        assert text in out


def test_a_dataset_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "datasets", "boat") == (2, "", 'skypairs: there is no dataset "boat"; did you mean "boats"?\n')


def test_plan(capsys: pytest.CaptureFixture[str], recipe: str) -> None:
    status, out, err = run(capsys, "plan", recipe, "--set", "captions.per_picture=2", "--limit", "3")
    lines = out.splitlines()
    assert (status, err) == (0, "")
    assert lines[1].split("\t")[:4] == ["airfields-train", "airfields", "source", "3"]
    assert lines[2].split("\t")[:4] == ["airfields-val", "airfields", "reference", "2"]
    assert lines[1].split("\t")[7] == "5"
    assert "airfields-train: 4 pictures are there, 5 were published: 1 too few (20.0%)" in lines
    assert "samples: at most about 6; shards: 2 (layout pairs)" in lines and "crops" not in out
    _, out, _ = run(capsys, "plan", recipe, "--set", "regions.per_picture=2")
    assert "crops of objects: up to 2 more a picture; they are not counted here" in out.splitlines()


def test_plan_shows_captions(capsys: pytest.CaptureFixture[str], recipe: str, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(monkeypatch, "skypairs.pipelines.preview", preview=lambda resolved, n: [("a/p0", ("one ship", "a ship"))] * n)
    _, out, _ = run(capsys, "plan", recipe, "--captions", "2")
    assert out.endswith("\na/p0\n  one ship\n  a ship\n\na/p0\n  one ship\n  a ship\n")


ERRORS = [
    # words after `plan RECIPE`, the start of what is said
    (
        ["--set", "sources.0.dataset=airfield"],
        "skypairs: --set sources.0.dataset=airfield: sources.0.dataset: there is no dataset",
    ),
    (["--set", "pictures.tiel=3"], "skypairs: --set pictures.tiel=3: pictures.tiel: there is no such key; did you mean"),
    (["--set", "sources.0.root=none"], "skypairs: --set sources.0.root=none: sources.0.root: "),
]


@pytest.mark.parametrize(("words", "said"), ERRORS)
def test_errors_of_the_user_are_status_2(capsys: pytest.CaptureFixture[str], recipe: str, words: list[str], said: str) -> None:
    status, out, err = run(capsys, "plan", recipe, *words)
    assert (status, out) == (2, "") and err.startswith(said)


def test_a_missing_folder_names_line_path_dataset_and_layout(capsys: pytest.CaptureFixture[str], recipe: str) -> None:
    Path(recipe).write_text("name: mini\nsources:\n  - {dataset: airfields, root: none, split: train}\n")
    status, _, err = run(capsys, "build", recipe, str(Path(recipe).parent / "out"))
    assert status == 2 and not (Path(recipe).parent / "out").exists()
    folder = Path(recipe).parent
    assert err.startswith(
        f"skypairs: {recipe}:3: sources.0.root: {folder}/none (airfields, split train): there is no such folder\n"
    )
    assert "      SPLIT/images/*.png\n" in err


def test_build_hands_everything_on_and_shows_the_funnel(
    capsys: pytest.CaptureFixture[str], recipe: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    calls: list[tuple[object, ...]] = []

    def build(resolved: object, *rest: object) -> tuple[dict[str, object], str]:
        calls.append(rest)
        return MANIFEST, "built"

    stand_in(monkeypatch, "skypairs.pipelines.build_dataset", build=build)
    out = str(tmp_path / "out")
    words = [
        "--staging",
        str(tmp_path / "s"),
        "--keep-staging",
        "--workers",
        "3",
        "--pool",
        "processes",
        "--",
        "--runner=X",
        "--y",
    ]
    status, said, err = run(capsys, "build", recipe, out, *words)
    assert status == 0 and err == ""
    assert calls == [(out, Execution(3, "processes", str(tmp_path / "s"), True), ["--runner=X", "--y"])]
    rows = [line.split("\t") for line in said.splitlines()]
    assert rows[0] == ["source", "scenes", "tiles", *FATES, "captions"]
    assert rows[1] == ["airfields-train", "5", "9", "3", "1", "2", "0", "0", "1", "0", "3", "15"]
    assert rows[3] == ["all", "7", "9", "5", "1", "2", "0", "0", "1", "0", "3", "25"]
    assert "samples: 25 train; shards: 2\nreferences: 6 hashed of 7 listed\n" in said
    assert f"report: {out}/report.html" in said and "already" not in said


def test_a_finished_output_is_said(
    capsys: pytest.CaptureFixture[str], recipe: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    stand_in(monkeypatch, "skypairs.pipelines.build_dataset", build=lambda *_: (MANIFEST, "already finished"))
    status, said, _ = run(capsys, "build", recipe, str(tmp_path / "out"))
    assert status == 0 and said.startswith(f"{tmp_path}/out is finished already, from the same recipe: nothing was done\n")


FAILURES = [
    # raised by the build, exit status, what is said
    (OutputError("x is in use"), 2, "skypairs: x is in use\n"),
    (BuildStopped("too many failed"), 3, "skypairs: stopped: too many failed\n"),
    (KeyboardInterrupt(), 130, "skypairs: interrupted; what is prepared is kept: the same command goes on from there\n"),
]


@pytest.mark.parametrize(("error", "status", "said"), FAILURES)
def test_exit_status(
    capsys: pytest.CaptureFixture[str],
    recipe: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    error: BaseException,
    status: int,
    said: str,
) -> None:
    def build(*_: object) -> None:
        raise error

    stand_in(monkeypatch, "skypairs.pipelines.build_dataset", build=build)
    assert run(capsys, "build", recipe, str(tmp_path / "out")) == (status, "", said)
    assert "progress" not in [thread.name for thread in threading.enumerate()]


def test_a_bug_is_not_hidden(recipe: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def build(*_: object) -> None:
        raise ZeroDivisionError

    stand_in(monkeypatch, "skypairs.pipelines.build_dataset", build=build)
    with pytest.raises(ZeroDivisionError):
        cli.main(["build", recipe, str(tmp_path / "out")])


def test_fingerprint(capsys: pytest.CaptureFixture[str], recipe: str, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tuple[object, ...]] = []

    def build(resolved: object, *rest: object) -> int:
        calls.append(rest)
        return 4

    stand_in(monkeypatch, "skypairs.pipelines.build_fingerprints", build=build)
    write_folder(Path(recipe).parent / "A", "test", 2, labels=0)  # pictures only: fine to fingerprint, not to build
    words = [recipe, "--set", "sources.0.split=test", "--set", "references=[]"]
    said = run(capsys, "fingerprint", words[0], "f.parquet", *words[1:], "--workers", "2", "--", "--z")
    assert said == (0, "f.parquet: fingerprints of 4 pictures\n", "")
    assert calls == [("f.parquet", Execution(workers=2), ["--z"])]
    assert run(capsys, "plan", *words)[0] == 2


def test_verify(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    calls: list[tuple[object, ...]] = []
    verdict = SimpleNamespace(
        ok=True, problems=(), counts={}, notes=("sizes only",), pictures=4, samples=20, shards=2, captions=19, closest=()
    )
    near = SimpleNamespace(source="held", distance=6, kept="a/1", reference="held/2", beyond=False)
    far = SimpleNamespace(source="more", distance=8, kept="", reference="", beyond=True)

    def verify(*words: object) -> object:
        assert callable(words[-1])  # told of progress
        calls.append(words[:-1])
        return verdict

    stand_in(monkeypatch, "skypairs.api", verify=verify)
    for name in ("m-0.tar", "m-1.tar", "n-0.tar"):
        (tmp_path / "train").mkdir(exist_ok=True)
        (tmp_path / "train" / name).write_bytes(b"")
    out = str(tmp_path)
    status, said, _ = run(capsys, "verify", out, "--quick")
    read = "shards read: 2, samples in them: 20, captions of rules found true: 19"
    assert (status, said) == (0, f"note: sizes only\n{out}: nothing wrong (pictures: 4, {read})\n")
    verdict.closest = near, far
    closest = "closest to the references of held: 6 bits: a/1 and held/2\nclosest to the references of more: more than 8 bits\n"
    assert run(capsys, "verify", out, "--quick")[1].endswith(closest)
    calls.pop()
    run(capsys, "verify", out, "--shards", "m-*.tar", "train/n-0.tar", "train/m-1.tar", "z")
    assert calls == [(out, None, True), (out, ["train/m-0.tar", "train/m-1.tar", "train/n-0.tar", "z"], False)]

    verdict.ok, verdict.problems, verdict.counts = False, ("m-0.tar is short", "... and 3 more"), {"short": 4}
    assert run(capsys, "verify", out) == (
        1, "m-0.tar is short\n... and 3 more\nnote: sizes only\n", f"skypairs: {out}: 4 problems\n"
    )  # fmt: skip


def test_report(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert run(capsys, "report", str(tmp_path))[0] == 2  # no finished build
    stand_in(monkeypatch, "skypairs.transforms.report", write_report=lambda out: f"{out}/report.html")
    assert run(capsys, "report", "out") == (0, "out/report.html\n", "")


def test_init_writes_a_recipe_to_standard_output(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("skypairs.pipelines.init_recipe.recipe_for", lambda root: f"# {root}\n")
    assert run(capsys, "init") == (0, "# .\n", "")


WORDS = [
    # command line that argparse refuses
    [],
    ["bild"],
    ["build", "r.yaml"],
    ["plan", "r.yaml", "--limit", "0"],
    ["build", "r.yaml", "out", "--pool", "fibres"],
    ["plan", "r.yaml", "--", "--runner=X"],
]


@pytest.mark.parametrize("words", WORDS)
def test_words_that_mean_nothing(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        cli.main(words)
    assert stopped.value.code == 2 and "usage: skypairs" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["build", "--help"], ["verify", "--help"]])
def test_help(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        cli.main(words)
    assert stopped.value.code == 0 and "skypairs" in capsys.readouterr().out


def test_light_commands_load_no_heavy_library() -> None:
    code = (
        "import sys; from skypairs.pipelines import cli; cli.main(['datasets'])\n"
        "print([name for name in ('apache_beam', 'torch', 'pandas', 'cv2') if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == "[]\n" and done.stdout.startswith("name\t")


# --- progress ---------------------------------------------------------------------------------------------------------

LISTS = [
    {
        "source": "a",
        "scenes": 5,
        "parts": [{"look": "1", "cards": "c1", "scenes": 3}, {"look": "2", "cards": "c2", "scenes": 2}],
    },
    {"source": "r", "scenes": 4, "parts": [{"look": "3", "cards": None, "scenes": 4}]},
]
READY = [*(f"looks/{n}.arrow" for n in "123"), "cards/c1.arrow", "cards/c2.arrow"]
COUNTS = [
    # files, scenes done, parts done, shards, phase
    ([], 0, 0, 0, "preparing pictures"),
    (["looks/1.arrow"], 0, 0, 0, "preparing pictures"),  # its cards are not there yet
    (["looks/1.arrow", "cards/c1.arrow", "looks/2.pack"], 3, 1, 0, "preparing pictures"),
    (["looks/3.arrow"], 4, 1, 0, "preparing pictures"),  # a reference has no cards
    (READY, 9, 3, 0, "finding duplicates"),
    ([*READY, "shards/x.json"], 9, 3, 1, "writing shards"),
    ([*READY, "scores/a.arrow"], 9, 3, 0, "scoring captions"),
    ([*READY, "scores/a.arrow", "scores/b.arrow"], 9, 3, 0, "finding duplicates"),
    ([*READY, "scores/a.arrow", "scores/b.arrow", "shards/x.json"], 9, 3, 1, "writing shards"),
    (["looks/9.arrow", "cards/c9.arrow", "parts/1.jsonl"], 0, 0, 0, "preparing pictures"),  # of a build before this one
]


@pytest.mark.parametrize(("names", "done", "parts", "shards", "phase"), COUNTS)
def test_counts(names: list[str], done: int, parts: int, shards: int, phase: str) -> None:
    counts = progress.count(LISTS, names)
    scored = sum(name.startswith("scores/") for name in names)
    assert counts == progress.Counts(2, 9, done, 3, parts, shards, scored, 2) and progress.phase(counts) == phase


def test_only_the_newest_list_of_a_source_counts() -> None:
    lists = {"s/ingest/a-1.json": "old", "s/ingest/a-2.json": "new", "s/looks/x.json": "other"}
    files = [FileStamp(uri, 1, stamp) for uri, stamp in zip(lists, ("100", "99", "5"), strict=True)]
    read = {uri: json.dumps({"source": "a", "parts": [], "is": what}).encode() for uri, what in lists.items()}
    assert [listed["is"] for listed in progress.latest_lists(files, read.__getitem__)] == ["old"]
    assert progress.phase(progress.count([], [])) == "listing sources"


def test_watch_reads_staging(tmp_path: Path) -> None:
    assert progress.watch(str(tmp_path / "none")) == progress.Counts()
    for name, text in {
        "ingest/a-1.json": json.dumps(LISTS[0]),
        "looks/1.arrow": "",
        "cards/c1.arrow": "",
        "shards/p.json": "",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert progress.watch(f"{tmp_path}/") == progress.Counts(1, 5, 3, 2, 1, 1, 0, 2)


LINES = [
    # counts, scenes a second, the line
    (progress.Counts(1, 2048, 512, 8, 2), 128.0, "preparing pictures: 512 of 2048 (2 of 8 parts), 128 a second, 12 s left"),
    (progress.Counts(1, 2048, 0, 8, 0), 0.0, "preparing pictures: 0 of 2048 (0 of 8 parts)"),
    (progress.Counts(1, 5, 5, 1, 1), 9.0, "finding duplicates"),
    (progress.Counts(1, 5, 5, 1, 1, 3), 9.0, "writing shards: 3 written"),
    (progress.Counts(1, 5, 5, 4, 4, 0, 1, 3), 9.0, "scoring captions: 1 of 3 parts"),
    (progress.Counts(), 0.0, "listing sources"),
]


@pytest.mark.parametrize(("counts", "rate", "line"), LINES)
def test_plain_lines(counts: progress.Counts, rate: float, line: str) -> None:
    assert progress.plain_line(counts, rate) == line


@pytest.mark.parametrize("terminal", [True, False])
def test_progress_is_shown_while_the_block_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, terminal: bool) -> None:
    looks = [OSError("not now"), progress.Counts(1, 10, 4, 2, 1)]
    monkeypatch.setattr(progress, "LOCAL_SECONDS", 0.01)
    monkeypatch.setattr(progress, "PLAIN_SECONDS", 0.0)

    def watch(staging: str) -> progress.Counts:
        found = looks[0] if len(looks) == 1 else looks.pop(0)
        if isinstance(found, OSError):
            raise found
        return found

    monkeypatch.setattr(progress, "watch", watch)
    with (tmp_path / "screen").open("w+") as screen:
        with progress.shown(str(tmp_path), Console(file=screen, force_terminal=terminal, width=100)):
            deadline = time.monotonic() + 5
            while "preparing pictures" not in (tmp_path / "screen").read_text() and time.monotonic() < deadline:
                time.sleep(0.02)
        screen.flush()
        text = (tmp_path / "screen").read_text()
    assert ("4/10" if terminal else "preparing pictures: 4 of 10 (1 of 2 parts)") in text
    assert "progress" not in [thread.name for thread in threading.enumerate()]
