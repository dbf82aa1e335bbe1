"""A model that was trained on a build tells true captions from false ones, and `scores` leaves the false ones out."""

import json
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image

from skypairs.api import Picture, captions, check
from skypairs.schemas.records import Box
from tests import drawn, small_clip
from tests.whole_builds import build_here

pytestmark = pytest.mark.slow
pytest.importorskip("open_clip_train.main")

TRAIN, JUDGED = range(600), range(100_000, 100_300)
EPOCHS = 4


def boxes_of(seed: int) -> tuple[Box, ...]:
    return tuple(Box(name, name, *rect) for name, rect in drawn.draw(seed).boxes)


def write_judged(root: Path) -> dict[str, bool]:
    """Pictures of one caption each, of which a quarter have one that is false of them. Id -> whether it is true."""
    (root / "images").mkdir(parents=True)
    own = {seed: captions(boxes_of(seed), drawn.SIDE, drawn.SIDE, sample_id=str(seed))[seed % 5].text for seed in JUDGED}
    texts = list(own.values())
    images: list[dict[str, Any]] = []
    truth = {}
    for at, seed in enumerate(JUDGED):
        text = own[seed]
        picture = Picture(boxes_of(seed), drawn.SIDE, drawn.SIDE)
        if false := at % 4 == 0:
            text = next(text for text in texts[at + 1 :] + texts if check(text, picture).verdict == "false")
        Image.fromarray(drawn.draw(seed).pixels).save(root / "images" / f"{seed}.jpg", quality=95, subsampling=0)
        images.append({"filename": f"{seed}.jpg", "split": "train", "sentences": [{"raw": text, "tokens": text.split()}]})
        truth[f"judged/{seed}"] = not false
    (root / "dataset.json").write_text(json.dumps({"images": images}))
    return truth


def test_true_captions_score_higher_and_a_share_keeps_them(tmp_path: Path) -> None:
    """From seeds 0, 1 and 2 the area under the curve was 0.70, 0.70 and 0.69 (chance is 0.5, with a standard deviation of
    0.04), and 83, 85 and 84 % of the kept half were true, of 75 % of all."""
    drawn.write_coco(tmp_path / "train", TRAIN)
    (tmp_path / "train.yaml").write_text(
        f"name: train\nsources: [{{dataset: coco, root: {tmp_path / 'train'}}}]\nreferences: []\nshards: {{samples: 500}}\n"
    )
    build_here(tmp_path / "train.yaml", tmp_path / "trained")
    truth = write_judged(tmp_path / "judged")
    (tmp_path / "judged.yaml").write_text(
        f"name: judged\nsources: [{{dataset: karpathy, name: judged, split: train, root: {tmp_path / 'judged'}}}]\n"
        "references: []\n"
    )
    model = small_clip.write_config(tmp_path / "model")
    shards = small_clip.paths_of(sorted((tmp_path / "trained/train").glob("*.tar")))
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:  # the trainer leaves files open
        job = pool.submit(small_clip.train, model, shards, tmp_path / "logs", "run", EPOCHS, 5 * len(TRAIN), 0)
        checkpoint = job.result()
    scores = f"scores={{model: '{model}', weights: '{checkpoint}', keep: 0.5}}"
    build_here(tmp_path / "judged.yaml", tmp_path / "out", scores)
    rows = {row["id"]: row for row in pq.read_table(tmp_path / "out/ledger").to_pylist()}
    assert rows.keys() == truth.keys()
    true, false = (np.array([rows[name]["score"] for name, fits in truth.items() if fits is what]) for what in (True, False))
    assert (len(true), len(false)) == (225, 75)
    area = (true[:, None] > false).mean() + (true[:, None] == false).mean() / 2
    assert area > 0.62
    kept = [truth[name] for name, row in rows.items() if row["fate"] == "kept"]
    assert len(kept) == 150 and np.mean(kept) > 0.79
