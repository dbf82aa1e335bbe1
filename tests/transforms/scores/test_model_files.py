"""The files of a model: which they are, and a digest that depends on what is in them and not on where they lie."""

import hashlib
from pathlib import Path

import pytest

from skypairs.schemas.errors import UserError
from skypairs.schemas.scores import Scores
from skypairs.transforms import storage
from skypairs.transforms.scores.model_files import check_digest, files_digest, files_of, on_this_machine
from tests.emulators import s3_store


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def write(folder: Path) -> Scores:
    (folder / "m/logs").mkdir(parents=True)
    for name, data in (("m/open_clip_config.json", b"{}"), ("m/logs/notes", b"new every day"), ("w.pt", b"weights")):
        (folder / name).write_bytes(data)
    return Scores(f"local-dir:{folder}/m", f"{folder}/w.pt")


@pytest.mark.parametrize(
    ("scores", "files"),
    [
        (Scores("ViT-B-32", "openai"), ()),
        (Scores("hf-hub:a/b"), ()),
        (Scores("ViT-B-32", "/w/epoch_1.pt"), ("/w/epoch_1.pt",)),
        (Scores("ViT-B-32", "w.safetensors"), ("w.safetensors",)),
        (Scores("ViT-B-32", "gs://b/weights"), ("gs://b/weights",)),
        (Scores("local-dir:/m"), ("/m",)),
        (Scores("local-dir:/m", "/w.bin"), ("/m", "/w.bin")),
    ],
)
def test_a_tag_is_no_file(scores: Scores, files: tuple[str, ...]) -> None:
    assert files_of(scores) == files
    if not files:
        assert files_digest(scores) == ""


def test_the_digest_of_a_checkpoint_is_its_sha256(tmp_path: Path) -> None:
    scores = write(tmp_path)
    assert files_digest(Scores("ViT-B-32", scores.weights)) == sha(b"weights")


def test_the_digest_of_a_folder_is_that_of_the_lines_of_sha256sum(tmp_path: Path) -> None:
    scores = write(tmp_path / "here")
    lines = f"{sha(b'{}')}  open_clip_config.json\n"
    assert files_digest(Scores(scores.model)) == sha(lines.encode())
    assert files_digest(scores) == sha(f"{lines}{sha(b'weights')}  w.pt\n".encode())
    assert files_digest(write(tmp_path / "there")) == files_digest(scores)
    (tmp_path / "here/w.pt").write_bytes(b"weighty")
    assert files_digest(scores) != files_digest(write(tmp_path / "once more"))


def test_other_files_than_the_recipe_states_are_refused(tmp_path: Path) -> None:
    scores = write(tmp_path)
    digest = check_digest(scores)
    assert check_digest(Scores(scores.model, scores.weights, sha256=digest)) == digest
    with pytest.raises(UserError, match=f"theirs is {digest}"):
        check_digest(Scores(scores.model, scores.weights, sha256="0" * 64))
    with pytest.raises(UserError, match="theirs is none"):
        check_digest(Scores("ViT-B-32", "openai", sha256="0" * 64))


def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    for scores in (Scores("m", f"{tmp_path}/w.pt"), Scores(f"local-dir:{tmp_path}/m"), Scores(f"local-dir:{tmp_path}")):
        with pytest.raises(UserError, match="there is no such"):
            files_digest(scores)


def test_local_files_and_tags_stay_where_they_are() -> None:
    for weights in ("", "openai", "/w/a.pt"):
        with on_this_machine(weights) as path:
            assert path == weights


def test_weights_on_an_object_store_are_copied_and_known_by_what_is_in_them(tmp_path: Path) -> None:
    scores = write(tmp_path)
    storage._client.cache_clear()
    with s3_store() as bucket:
        there = storage.join(bucket, "models/w.pt")
        storage.publish(tmp_path / "w.pt", there)
        stored = Scores(scores.model, there)
        assert files_digest(stored) == files_digest(scores)
        with on_this_machine(there) as path:
            assert Path(path).read_bytes() == b"weights"
        assert not Path(path).exists()
        with pytest.raises(UserError, match="there is no such file"):
            files_digest(Scores("ViT-B-32", storage.join(bucket, "models/gone.pt")))
    storage._client.cache_clear()
