"""One corpus, one digest: on any number of workers, on any engine that runs here, wherever the data lie. And errors alike."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import apache_beam as beam
import psutil
import pytest
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.runners.portability.fn_api_runner.fn_runner import FnApiRunner

from skypairs.pipelines.build_dataset import build
from skypairs.pipelines.runner import _runner, check_places, raised_on_purpose, run
from skypairs.schemas.errors import BuildStopped, LayoutError, OutputError, SkypairsError, UserError
from skypairs.schemas.execution import Execution
from skypairs.schemas.recipe_identity import recipe_digest
from skypairs.transforms import storage
from tests.corpus import Corpus, write_corpus
from tests.emulators import free_port, gs_store, s3_store, wait_for
from tests.whole_builds import build_here, contents, digest, resolved

PATIENCE = 240.0
PICTURES = 260  # two parts of the source, one of captions, one of references
IN_PROCESSES = ("--runner=FnApiRunner", "--direct_running_mode=multi_processing", "--direct_num_workers=2")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    return write_corpus(tmp_path_factory.mktemp("corpus"), PICTURES)


@pytest.fixture(scope="module")
def expected(corpus: Corpus, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Digest of a build with one worker in this process."""
    return build_here(corpus.recipe, tmp_path_factory.mktemp("expected") / "out", execution=Execution(1))


@contextlib.contextmanager
def serving(*command: str, port: int) -> Iterator[None]:
    """A server of ours, and whatever it starts, for the length of the block. `python` is the one that runs the tests."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path}
    process = psutil.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    try:
        wait_for(port)
        yield
    finally:
        family = [*process.children(recursive=True), process]
        for member in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                member.kill()
        psutil.wait_procs(family, timeout=20)


@pytest.fixture(scope="module")
def job_service() -> Iterator[tuple[str, ...]]:
    """Options of Beam's own job service, which runs what it is sent."""
    port = free_port()
    with serving(sys.executable, "-m", "apache_beam.runners.portability.local_job_service_main", f"--port={port}", port=port):
        yield "--runner=PortableRunner", f"--job_endpoint=localhost:{port}", f"--artifact_endpoint=localhost:{port}"


def build_apart(corpus: Corpus, out: Path, *beam_args: str) -> str:
    """Builds in a process of its own, so that an engine that hangs is an error. Returns the digest."""
    command = [sys.executable, "-m", "skypairs.pipelines.cli", "build", str(corpus.recipe), str(out), "--", *beam_args]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    return digest(out)


MODES = {
    "two threads": (Execution(2), ()),
    "four threads": (Execution(4), ()),
    "two processes": (Execution(2, "processes"), ()),
    "Beam's processes": (Execution(1), IN_PROCESSES),
    "Beam's threads": (Execution(1), ("--direct_running_mode=multi_threading", "--direct_num_workers=2")),
    "bundles that are tried again": (Execution(1), ("--runner=BundleBasedDirectRunner",)),
}


@pytest.mark.parametrize("mode", MODES)
def test_one_digest(mode: str, corpus: Corpus, expected: str, tmp_path: Path) -> None:
    execution, beam_args = MODES[mode]
    assert build_here(corpus.recipe, tmp_path / "out", execution=execution, beam_args=beam_args) == expected


def test_files_in_another_order_and_another_place(corpus: Corpus, expected: str, tmp_path: Path) -> None:
    root = tmp_path / "else" / "where"
    for path in sorted(corpus.root.rglob("*"), reverse=True):
        if path.is_file():
            there = root / path.relative_to(corpus.root)
            there.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, there)
    for name in ("train", "test"):
        listed = root / "trees/ImageSets/Main" / f"{name}.txt"
        listed.write_text("\n".join(reversed(listed.read_text().split())) + "\n")
    captions = json.loads((root / "captions/dataset.json").read_text())
    captions["images"].reverse()
    (root / "captions/dataset.json").write_text(json.dumps(captions))
    assert build_here(root / "recipe.yaml", tmp_path / "out") == expected


@pytest.mark.slow
def test_the_job_service_with_workers_here(corpus: Corpus, expected: str, tmp_path: Path, job_service: tuple[str, ...]) -> None:
    assert build_apart(corpus, tmp_path / "out", *job_service, "--environment_type=LOOPBACK") == expected


@pytest.mark.slow
def test_the_job_service_with_a_pool_of_workers(
    corpus: Corpus, expected: str, tmp_path: Path, job_service: tuple[str, ...]
) -> None:
    port = free_port()
    external = ("--environment_type=EXTERNAL", f"--environment_config=localhost:{port}")
    pool = "apache_beam.runners.worker.worker_pool_main"
    with serving(sys.executable, "-m", pool, f"--service_port={port}", port=port):
        assert build_apart(corpus, tmp_path / "out", *job_service, *external) == expected


@pytest.fixture(params=[s3_store, gs_store])
def bucket(request: pytest.FixtureRequest) -> Iterator[str]:
    storage._client.cache_clear()
    with request.param() as uri:
        yield uri
    storage._client.cache_clear()


@pytest.mark.slow
def test_everything_on_an_object_store(bucket: str, tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "corpus", 12)
    expected = build_here(corpus.recipe, tmp_path / "expected")
    for path in sorted(corpus.root.rglob("*")):
        if path.is_file():
            storage.publish(path, storage.join(bucket, "data", str(path.relative_to(corpus.root))))
    recipe = tmp_path / "recipe.yaml"
    recipe.write_text(corpus.recipe.read_text().replace("root: ", f"root: {bucket}/data/"))
    out, staging = storage.join(bucket, "out"), storage.join(bucket, "staging")
    assert build_here(recipe, out, execution=Execution(2, staging=staging, keep_staging=True)) == expected
    looks = [file for file in storage.list_files(staging) if "/looks/" in file.uri]
    assert looks

    for name in ("manifest.json", "train/sizes.json"):  # as if it had been killed just before its end
        storage.delete(storage.join(out, name))
    claim = {"digest": recipe_digest(resolved(recipe).recipe), "name": "corpus"}
    storage.publish_bytes(json.dumps(claim).encode(), storage.join(out, ".build.json"))
    assert build_here(recipe, out, execution=Execution(2, staging=staging, keep_staging=True)) == expected
    assert [file for file in storage.list_files(staging) if "/looks/" in file.uri] == looks

    twice = storage.join(bucket, "twice")  # two builds at a time may each do all of the work; both end well
    command = [sys.executable, "-m", "skypairs.pipelines.cli", "build", str(recipe), twice]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as other:
        try:
            while storage.stat(storage.join(twice, ".build.json")) is None:
                assert other.poll() is None
                time.sleep(0.05)
            build(resolved(recipe), twice, Execution(2))
            _, said = other.communicate(timeout=PATIENCE)
            assert other.returncode == 0, said
        finally:
            other.kill()
    assert digest(twice) == expected


MESSAGE = "12 of 40 scenes failed ('a', \"b\"): 3 x y\nsecond line: with a colon\n  and an indented third"


def failing(kind: str) -> Callable[[int], int]:
    """A function that fails. Nested, so that it travels to workers whole: they cannot import tests."""

    def stop(number: int) -> int:
        raise BuildStopped(MESSAGE)

    def ask(number: int) -> int:
        try:
            return os.stat("/nowhere/at/all").st_size
        except OSError as error:
            raise LayoutError(MESSAGE) from error

    def slip(number: int) -> int:
        try:
            raise UserError("this one is dealt with")
        except UserError:
            return len(number)  # type: ignore[arg-type]

    return {"stop": stop, "ask": ask, "slip": slip}[kind]


def fail(kind: str, beam_args: Sequence[str]) -> None:
    function = failing(kind)
    run(lambda root: root | beam.Create([1]) | "Spread" >> beam.Reshuffle() | "Fail" >> beam.Map(function), beam_args)


@pytest.fixture(params=["in this process", "bundles", pytest.param("job service", marks=pytest.mark.slow), "processes"])
def engine(request: pytest.FixtureRequest) -> Sequence[str]:
    if request.param == "job service":
        service: tuple[str, ...] = request.getfixturevalue("job_service")
        return (*service, "--environment_type=LOOPBACK")
    options = {"bundles": ("--runner=BundleBasedDirectRunner",), "processes": IN_PROCESSES}
    return options.get(request.param, ())


@pytest.mark.parametrize(("kind", "error"), [("stop", BuildStopped), ("ask", LayoutError)])
def test_an_error_of_ours_comes_back_whole_and_once(
    kind: str,
    error: type[Exception],
    engine: Sequence[str],
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(error) as caught:
        fail(kind, engine)
    assert type(caught.value) is error
    assert str(caught.value) == MESSAGE
    assert caught.value.__suppress_context__, "Beam's own traceback is not shown"
    assert [record.getMessage() for record in caplog.records if "scenes failed" in record.getMessage()] == []
    if not set(engine) & {"--environment_type=LOOPBACK", *IN_PROCESSES[1:]}:  # Beam's workers print what they raise, always
        assert "Traceback" not in capfd.readouterr().err


def test_a_bug_comes_back_with_its_traceback(engine: Sequence[str]) -> None:
    with pytest.raises((TypeError, RuntimeError)) as caught:
        fail("slip", engine)
    shown = "".join(traceback.format_exception(caught.value))
    assert "TypeError: object of type 'int' has no len()" in shown
    assert "in slip\n" in shown
    assert not isinstance(caught.value, SkypairsError)


def test_a_build_stops_with_its_reason_from_a_worker(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "corpus", 6)
    (corpus.root / "trees/JPEGImages/held-1.jpg").write_bytes(b"no picture")
    said = "^1 of 2 reference pictures of held could not be read .1 x not a picture., so their leaks cannot be found; .*: true$"
    with pytest.raises(BuildStopped, match=said):
        build_here(corpus.recipe, tmp_path / "out", beam_args=IN_PROCESSES)
    assert "manifest.json" not in contents(tmp_path / "out")


FRAMES = 'Traceback (most recent call last):\n  File "a.py", line 3, in process\n    raise BuildStopped(x)\n          ^^^^^^^\n'
OURS = "skypairs.schemas.errors."
AGAIN = "\nDuring handling of the above exception, another exception occurred:\n\n"
JAVA = "\n\n\tat org.apache.beam.runners.flink.A.b(A.java:1)\nCaused by: java.lang.RuntimeException: Error received: "
TEXTS = [
    # what a runner raised, and what ended the run
    (BuildStopped("a b [while running 'X/Y']"), BuildStopped("a b")),  # in this process
    (OutputError("a\nb [while running 'X']"), OutputError("a\nb")),  # a subclass, on two lines
    (BuildStopped("a b"), BuildStopped("a b")),  # without a step
    (TypeError("a b [while running 'X']"), None),  # a bug
    (RuntimeError(f"{FRAMES}{OURS}BuildStopped: a: b [while running 'X']\n"), BuildStopped("a: b")),  # from a worker process
    (RuntimeError(f"{FRAMES}{OURS}LayoutError: a\n  b\n"), LayoutError("a\n  b")),  # without a step
    (RuntimeError(f"{FRAMES}OSError: c\n{AGAIN}{FRAMES}{OURS}UserError: a [while running 'X']\n"), UserError("a")),  # a cause
    (RuntimeError(f"{FRAMES}{OURS}UserError: a\n{AGAIN}{FRAMES}TypeError: c [while running 'X']\n"), None),  # led to a bug
    (RuntimeError(f"{FRAMES}{OURS}PictureError: a [while running 'X']: b\n"), None),  # should have become a row: a bug
    (RuntimeError(f"failed: {FRAMES}{OURS}UserError: a [while running 'X']{JAVA}{FRAMES}{OURS}UserError: a [while running 'X']"
                  f"{JAVA[:40]}"), UserError("a")),  # an engine in Java that repeats itself
    (RuntimeError("Pipeline failed in state CANCELLED"), None),
]  # fmt: skip


@pytest.mark.parametrize(("error", "ended"), TEXTS)
def test_what_ended_a_run(error: Exception, ended: SkypairsError | None) -> None:
    found = raised_on_purpose(error)
    assert (type(found), str(found)) == (type(ended), str(ended))


def test_dataflow_is_not_sent_to_a_folder_of_this_machine() -> None:
    args = ["--runner=DataflowRunner", "--project=p", "--region=r"]
    check_places(args, "gs://bucket/out", "gs://bucket/data")
    check_places(["--runner=FlinkRunner"], "/shared/disk")
    with pytest.raises(UserError, match=r"^/data is a folder of this machine"):
        check_places(args, "gs://bucket/out", "/data")


@pytest.mark.parametrize("name", ["DaskRunner", "dask", "apache_beam.runners.dask.dask_runner.DaskRunner"])
def test_a_runner_that_loses_data_is_refused(name: str) -> None:
    with pytest.raises(UserError, match="DaskRunner loses data silently"):
        run(lambda root: root | beam.Create([1]), [f"--runner={name}"])


@pytest.mark.parametrize("name", ["", "DirectRunner", "directrunner", "direct", "SwitchingDirectRunner", "FnApiRunner"])
def test_names_of_this_machine(name: str) -> None:
    assert isinstance(_runner(PipelineOptions([f"--runner={name}"] if name else [])), FnApiRunner)


@pytest.mark.parametrize("name", ["DataflowRunner", "FlinkRunner", "PortableRunner", "BundleBasedDirectRunner"])
def test_other_runners_are_left_to_beam(name: str) -> None:
    assert _runner(PipelineOptions([f"--runner={name}"])) is None
