"""The request that reaches Dataflow, to the last byte: sent in earnest, to an endpoint on this machine, files on an emulator.

What only Dataflow itself can show is not shown here: what it makes of the request, its workers and their images.
"""

import base64
import bz2
import http.server
import io
import json
import shutil
import tarfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from apache_beam.internal.gcp import auth
from apache_beam.portability.api import beam_runner_api_pb2 as api

from skypairs.pipelines.build_dataset import wire
from skypairs.pipelines.runner import run
from skypairs.schemas.execution import Execution
from skypairs.transforms import storage
from tests.corpus import write_corpus
from tests.emulators import gs_store
from tests.whole_builds import resolved

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("schemas", "transforms", "pipelines", "api")
STAGES = ("Ingest", "PrepareParts", "SelectPictures", "FindDuplicates", "AssignShards", "WriteShards", "Account")


@dataclass
class Sent:
    """What was sent, and the bucket that the rest lies in."""

    bucket: str
    posts: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """Path and body."""

    @property
    def job(self) -> dict[str, Any]:
        [(_, body)] = self.posts
        return body

    @property
    def pipeline(self) -> api.Pipeline:
        url = self.job["environment"]["sdkPipelineOptions"]["options"]["pipelineUrl"]
        return api.Pipeline.FromString(storage.read(url))


def endpoint(sent: Sent) -> type[http.server.BaseHTTPRequestHandler]:
    """Takes a job and says of it that it is done."""

    class Endpoint(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            sent.posts.append((self.path.partition("?")[0], body))
            self._say({"id": "job-1", "name": body["name"], "projectId": "project", "currentState": "JOB_STATE_RUNNING"})

        def do_GET(self) -> None:
            about = {"id": "job-1", "name": "job", "projectId": "project", "currentState": "JOB_STATE_DONE"}
            self._say({} if "/messages" in self.path or "/metrics" in self.path else about)

        def _say(self, what: dict[str, str]) -> None:
            data = json.dumps({**what, "location": "us-central1"} if what else what).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    return Endpoint


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sent]:
    """A build of a small corpus on gs://, submitted as anyone would."""
    checkout = tmp_path_factory.mktemp("checkout")  # making the source archive leaves things behind
    for name in FOLDERS:
        shutil.copytree(ROOT / name, checkout / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("setup.py", "pyproject.toml"):
        shutil.copy(ROOT / name, checkout)
    corpus = write_corpus(tmp_path_factory.mktemp("corpus"), 6)
    patch = pytest.MonkeyPatch()
    patch.setattr(auth._Credentials, "_credentials_init", True)  # nobody: else Beam asks the network, for half a minute
    storage._client.cache_clear()
    with gs_store() as bucket:
        found = Sent(bucket)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), endpoint(found))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        for path in sorted(corpus.root.rglob("*")):
            if path.is_file():
                storage.publish(path, storage.join(bucket, "data", str(path.relative_to(corpus.root))))
        recipe = corpus.root / "there.yaml"
        recipe.write_text(corpus.recipe.read_text().replace("root: ", f"root: {bucket}/data/"))
        out = storage.join(bucket, "out")
        options = [
            "--runner=DataflowRunner",
            "--project=project",
            "--region=us-central1",
            "--job_name=skypairs",
            "--no_auth",
            "--machine_type=n2-standard-8",
            "--max_num_workers=50",
            f"--temp_location={bucket}/tmp",
            f"--staging_location={bucket}/staged",
            f"--setup_file={checkout}/setup.py",
            f"--dataflow_endpoint=http://localhost:{server.server_port}",  # at this very word Beam speaks plain HTTP
        ]
        known = resolved(recipe)
        run(lambda root: wire(root, known, out, storage.join(out, ".staging"), Execution(1)), options)
        yield found
        server.shutdown()
        server.server_close()
    storage._client.cache_clear()
    patch.undo()


def test_one_job_is_sent_with_the_options_given(sent: Sent) -> None:
    [(path, job)] = sent.posts
    assert path == "/v1b3/projects/project/locations/us-central1/jobs"
    assert (job["name"], job["type"]) == ("skypairs", 1), "a batch job"
    [pool] = job["environment"]["workerPools"]
    assert pool["machineType"] == "n2-standard-8"
    assert pool["autoscalingSettings"]["maxNumWorkers"] == 50
    assert "use_runner_v2" in job["environment"]["experiments"]


def test_workers_are_sent_our_package(sent: Sent) -> None:
    [pool] = sent.job["environment"]["workerPools"]
    packages = {package["name"]: package["location"] for package in pool["packages"]}
    [(_, environment)] = [item for item in sent.pipeline.components.environments.items() if item[1].dependencies]
    staged = [api.ArtifactStagingToRolePayload.FromString(item.role_payload).staged_name for item in environment.dependencies]
    assert "workflow.tar.gz" in packages and "workflow.tar.gz" in staged
    uri = "gs://" + packages["workflow.tar.gz"].removeprefix("gs://").removeprefix("storage.googleapis.com/")
    with tarfile.open(fileobj=io.BytesIO(storage.read(uri))) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    here = {
        f"{path.relative_to(ROOT)}"
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("*.py")
        if (path.parent / "__init__.py").exists()
    }
    assert here <= names, "every module that a worker may import"
    assert {"setup.py", "pyproject.toml"} <= names


def test_the_stages_are_there_by_name(sent: Sent) -> None:
    transforms = sent.pipeline.components.transforms.values()
    names = [transform.unique_name for transform in transforms]
    assert [name for name in STAGES if name in names] == list(STAGES)
    steps = ["PrepareParts/PreparePart", "FindDuplicates/Settle", "WriteShards/WriteShard", "Account/Finish"]
    assert [step for step in steps if step in names] == steps


def test_functions_travel_by_name(sent: Sent) -> None:
    """What workers unpickle names our modules, which the package brings."""
    written = {}
    for transform in sent.pipeline.components.transforms.values():
        if transform.spec.urn == "beam:transform:pardo:v1":
            function = api.ParDoPayload.FromString(transform.spec.payload).do_fn
            if function.urn == "beam:dofn:pickled_python_info:v1":
                written[transform.unique_name] = bz2.decompress(base64.b64decode(function.payload))
    modules = {
        "PrepareParts/PreparePart": b"skypairs.transforms.prepare_parts",
        "WriteShards/WriteShard": b"skypairs.transforms.write_shards",
        "Account/Finish": b"skypairs.transforms.account",
    }
    assert [name for name, module in modules.items() if module in written[name]] == list(modules)
    assert [name for name, data in written.items() if b"tests." in data or b"whole_builds" in data] == []


def test_nothing_ran_here(sent: Sent) -> None:
    assert storage.list_files(storage.join(sent.bucket, "out")) == []
