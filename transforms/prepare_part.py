"""One part to its files in staging: pack and records (the look), then cards. Finds what is there and redoes nothing.

Every file is written under a temporary name and published whole; the Arrow file of each kind comes last and is the mark
that the others are complete.
"""

import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow.compute as pc

from skypairs.schemas.arrow import CARDS, RECORDS
from skypairs.schemas.dataset import Input
from skypairs.schemas.placed import MOST_WORDINGS
from skypairs.schemas.recipe import Captions, Recipe, caption_options
from skypairs.schemas.records import Caption, Scene
from skypairs.schemas.vocabulary import Vocabulary
from skypairs.transforms import parts, storage
from skypairs.transforms.box_to_caption import write_captions
from skypairs.transforms.captions.human import repair
from skypairs.transforms.cards import encode_card, text_hash
from skypairs.transforms.imported import Admitted, admitted
from skypairs.transforms.negatives import with_negatives
from skypairs.transforms.parts import PartRef
from skypairs.transforms.pool import Pool
from skypairs.transforms.prepare_scene import PreparedScene, SceneOptions, prepare_scene
from skypairs.transforms.records_file import RowsFile, box_of, lost_of, read_table, scene_rows, write_rows
from skypairs.transforms.row_picture import row_picture
from skypairs.transforms.scene_class import scene_phrase

ScenePool = Pool[Scene, PreparedScene]


@dataclass(frozen=True, slots=True)
class PreparedPart:
    """A part whose files are in staging, and the few counts that decide how the build goes on."""

    part: PartRef
    samples: int
    """Pictures that came out, whole or cut, with or without captions."""
    failed: int
    """Scenes."""
    reasons: tuple[tuple[str, int], ...]
    """The three commonest codes of failure."""
    human: int
    """Captions that people wrote of the samples, as they were read."""


def by_key(prepared: PreparedPart) -> tuple[bytes, PreparedPart]:
    """A part with the key that its rows carry, to be joined with them."""
    return bytes(prepared.part.key), prepared


def prepare_part(part: PartRef, source: Input, recipe: Recipe, staging: str, pool: ScenePool) -> PreparedPart:
    """Makes whatever of a part's files is missing."""
    if storage.stat(parts.records_uri(staging, part.look)) is None:
        _prepare_look(part, source, recipe, staging, pool)
    if part.cards and storage.stat(parts.card_index_uri(staging, part.cards)) is None:
        _prepare_cards(part, source, recipe, staging)
    table = read_table(parts.records_uri(staging, part.look), ["fate", "reason", "captions"])
    human = pc.sum(pc.list_value_length(table["captions"])).as_py() or 0
    table = table.select(["fate", "reason"]).to_pydict()
    codes = Counter(
        reason.partition(":")[0] for fate, reason in zip(table["fate"], table["reason"], strict=True) if fate == "failed"
    )
    common = tuple(sorted(codes.items(), key=lambda item: (-item[1], item[0]))[:3])
    return PreparedPart(part, table["fate"].count(""), codes.total(), common, human)


def _prepare_look(part: PartRef, source: Input, recipe: Recipe, staging: str, pool: ScenePool) -> None:
    """Pack and records; and the cards too, scene by scene, while the pool is at work on the scenes that follow."""
    scenes = parts.decode_scenes(storage.read(parts.scenes_uri(staging, part.look)))
    options = SceneOptions(recipe.pictures, recipe.boxes, recipe.dedup.hash, recipe.regions)
    with tempfile.TemporaryDirectory(prefix="skypairs-") as folder:
        work = partial(prepare_scene, source=source, options=options, folder=folder)
        pack, gray, records = Path(folder, "pack"), Path(folder, "gray"), Path(folder, "records")
        with pack.open("wb") as packed, gray.open("wb") as thumbnails, _Cards(part, source, recipe, folder) as cards:

            def rows() -> Iterator[dict[str, Any]]:
                for prepared in pool.map(work, scenes, parts.memory_bytes, _lost):
                    picture = prepared.scene.picture
                    relative = storage.relative(picture.uri, source.source.root) if picture else ""
                    for row in scene_rows(prepared, relative, packed, thumbnails):
                        if part.cards:
                            cards.add(row)
                        yield row

            write_rows(rows(), RECORDS, records)
        if pack.stat().st_size:
            storage.publish(pack, parts.pack_uri(staging, part.look))
        storage.publish(gray, parts.gray_uri(staging, part.look))
        storage.publish(records, parts.records_uri(staging, part.look))
        if part.cards:
            cards.publish(staging)


def _lost(scene: Scene, reason: str) -> PreparedScene:
    """What stands for a scene that cost its process."""
    return PreparedScene(scene, "failed", reason)


def _prepare_cards(part: PartRef, source: Input, recipe: Recipe, staging: str) -> None:
    """The cards of a look that is there already: other captions from the same pictures."""
    table = read_table(parts.records_uri(staging, part.look))
    with tempfile.TemporaryDirectory(prefix="skypairs-") as folder:
        with _Cards(part, source, recipe, folder) as cards:
            for batch in table.to_batches(max_chunksize=256):
                for row in batch.to_pylist():
                    cards.add(row)
        cards.publish(staging)


class _Cards:
    """The cards of a part on their way to staging, and where each lies. Rows of the records go in, in order."""

    def __init__(self, part: PartRef, source: Input, recipe: Recipe, folder: str) -> None:
        self._part, self._source, self._recipe = part, source, recipe
        self._cards, self._index = Path(folder, "cards"), Path(folder, "index")

    def __enter__(self) -> "_Cards":
        self._out = self._cards.open("wb")
        self._rows = RowsFile(CARDS, self._index)
        return self

    def __exit__(self, *_: object) -> None:
        self._out.close()
        self._rows.close()

    def add(self, row: dict[str, Any]) -> None:
        crop = row["focus"] is not None
        options = caption_options(self._recipe, crop)
        most = 0 if options.max_same is None or crop else MOST_WORDINGS
        others = Admitted() if row["fate"] else admitted(row, self._source, options)
        captions = () if row["fate"] else captions_of(row, self._source, options, self._recipe.seed, most, others.captions)
        _, reasons = repair(() if row["fate"] else row["captions"], options.per_picture)
        dropped = [{"reason": reason, "count": count} for reason, count in reasons]
        counts: dict[str, Any] = {"lines": others.lines, "false": others.false, "dropped": dropped}
        if not captions:
            self._rows.add({"offset": -1, "length": 0, "human": [], "rules": [], "imported": 0} | counts)
            return
        if options.negatives:
            captions = with_negatives(captions, row_picture(row, self._source, options), self._recipe.seed, row["id"])
        offset, card = self._out.tell(), encode_card(row, self._part.look, self._source, captions)
        self._out.write(card)
        human, rules = (
            [text_hash(item.text) for item in captions if (item.kind == "human") == people] for people in (True, False)
        )
        counts["imported"] = sum(item.kind == "imported" for item in captions)
        self._rows.add({"offset": offset, "length": len(card), "human": human, "rules": rules} | counts)

    def publish(self, staging: str) -> None:
        """After all is closed: the index, which is the mark, last."""
        storage.publish(self._cards, parts.cards_uri(staging, self._part.cards))
        storage.publish(self._index, parts.card_index_uri(staging, self._part.cards))


def captions_of(
    row: dict[str, Any],
    source: Input,
    options: Captions,
    seed: int,
    most: int = 0,
    imported: tuple[Caption, ...] = (),
) -> tuple[Caption, ...]:
    """The captions of one records row, and up to `most` with further wordings; none where there is neither a human caption
    nor a box nor a class."""
    boxes = tuple(box_of(box) for box in row["boxes"])
    words = Vocabulary(source.spec.classes)
    scene = scene_phrase(row["scene_class"]["native"], source.spec.classes) if row["scene_class"] else ""
    lost = tuple(map(lost_of, row["lost"]))
    focus = "" if row["focus"] is None else boxes[row["focus"]].native
    return write_captions(
        row["id"],
        row["width"],
        row["height"],
        boxes,
        tuple(row["captions"]),
        seed,
        options,
        words,
        scene,
        lost,
        row["gsd"],
        most,
        imported,
        focus,
    )
