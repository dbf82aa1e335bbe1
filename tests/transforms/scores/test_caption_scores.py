"""Scores of captions: open_clip's cosines in steps, the same from any number of workers, alike from any size of batch."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from skypairs.api.score import scores
from skypairs.schemas.errors import BuildStopped, PictureError, UserError
from skypairs.schemas.scores import STEPS
from skypairs.transforms.scores.caption_scores import Item, caption_steps, in_steps
from skypairs.transforms.scores.clip_model import ClipModel, load_model
from tests import drawn, small_clip

torch = pytest.importorskip("torch")
open_clip = pytest.importorskip("open_clip")


@pytest.fixture(scope="module")
def model_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_clip.write_chance_model(tmp_path_factory.mktemp("model"), 2)


@pytest.fixture(scope="module")
def model(model_dir: Path) -> ClipModel:
    return load_model(f"local-dir:{model_dir}", device="cpu")


@pytest.fixture(scope="module")
def items() -> list[Item]:
    """Pictures as pixels, as bytes and as what gives them; no caption, one, and several, some of them shared."""
    found: list[Item] = []
    for seed in range(70):
        pixels = drawn.draw(seed).pixels
        data = io.BytesIO()
        Image.fromarray(pixels).save(data, "PNG")
        picture = (pixels, data.getvalue(), lambda pixels=pixels: pixels)[seed % 3]
        captions = [f"{number} ships near {seed % 7} bridges ." for number in range(seed % 5)]
        found.append((picture, captions))
    return found


def test_they_are_cosines_of_open_clip(model: ClipModel, items: list[Item]) -> None:
    found = caption_steps(model, items, 16)
    assert [len(steps) for steps in found] == [len(captions) for _, captions in items]
    with torch.inference_mode():
        for seed in (1, 4, 33, 68):
            shown = model.preprocess(Image.fromarray(drawn.draw(seed).pixels))[None]
            texts = model.tokenizer(list(items[seed][1]))
            cosines = model.model.encode_image(shown, normalize=True) @ model.model.encode_text(texts, normalize=True).T
            assert np.allclose(np.array(found[seed]) / STEPS, cosines[0], atol=0.51 / STEPS)
    assert len({steps for row in found for steps in row}) > 50


def test_from_python_they_are_numbers(model: ClipModel, items: list[Item]) -> None:
    found = scores(iter(items), model, batch=16, workers=2)
    assert found == [tuple(step / STEPS for step in steps) for steps in caption_steps(model, items, 16)]


def test_workers_change_nothing(model: ClipModel, items: list[Item]) -> None:
    threads = torch.get_num_threads()
    one = caption_steps(model, items, 8, workers=1)
    assert all(caption_steps(model, items, 8, workers=workers) == one for workers in (2, 4, 4))
    assert torch.get_num_threads() == threads


def test_the_size_of_batches_is_a_step_at_most(model: ClipModel, items: list[Item]) -> None:
    one, many = (np.array([steps for row in caption_steps(model, items, size) for steps in row]) for size in (1, 64))
    assert abs(one - many).max() <= 1
    assert (one != many).mean() < 0.05


def test_nothing_to_score(model: ClipModel) -> None:
    assert caption_steps(model, []) == []
    assert caption_steps(model, [(b"never opened", [])] * 2) == [(), ()]


def test_what_is_no_picture_is_said(model: ClipModel) -> None:
    with pytest.raises(PictureError):
        caption_steps(model, [(b"no picture", ["a ship"])])


def test_features_that_are_no_numbers_stop_the_build() -> None:
    with pytest.raises(BuildStopped, match="precision"):
        in_steps(np.full((1, 2), np.nan, np.float32), np.ones((1, 2), np.float32))


@pytest.mark.parametrize(
    ("cosine", "steps"), [(1.0, STEPS), (-1.0, -STEPS), (1.00001, STEPS), (0.12344, 1234), (0.12346, 1235)]
)
def test_a_cosine_is_rounded_to_whole_steps(cosine: float, steps: int) -> None:
    assert in_steps(np.array([[cosine, 0]], np.float32), np.array([[1, 0]], np.float32)).tolist() == [steps]


@pytest.mark.parametrize("content", [b"", b"no checkpoint", b"PK\x03\x04 cut short", b"\x80\x04]\x94."])
def test_what_is_no_checkpoint_is_the_users_to_put_right(model_dir: Path, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "bad.pt").write_bytes(content)
    with pytest.raises(UserError, match=r"bad\.pt cannot be loaded"):
        load_model(f"local-dir:{model_dir}", str(tmp_path / "bad.pt"), device="cpu")


def test_another_models_checkpoint_too(model_dir: Path, tmp_path: Path) -> None:
    torch.save({"logit_scale": torch.ones(())}, tmp_path / "other.pt")
    with pytest.raises(UserError, match="cannot be loaded"):
        load_model(f"local-dir:{model_dir}", str(tmp_path / "other.pt"), device="cpu")
