"""WebDataset shards: KEY.jpg|png|webp, KEY.json, KEY.txt, members of a sample side by side, the same bytes every time.

Samples are read by reference: one range read fetches a card, one a picture. A shard whose plan and bytes are there already
is not written again. The rows of its captions, for the table beside the shards, are left in staging.
"""

import hashlib
import json
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from skypairs.schemas.arrow import CAPTIONS
from skypairs.schemas.errors import BuildStopped
from skypairs.schemas.files import WrittenFile, WrittenShard
from skypairs.schemas.identity import stable_hash
from skypairs.schemas.packed import Rows
from skypairs.schemas.placed import DONOR, SAMPLE, Placed
from skypairs.schemas.records import Caption
from skypairs.transforms import parts, storage
from skypairs.transforms.cards import Card, decode_card, finish_json, merge_captions
from skypairs.transforms.hashing import sha256
from skypairs.transforms.placement import join_placed
from skypairs.transforms.pool import Pool
from skypairs.transforms.records_file import write_rows
from skypairs.transforms.sinks import ustar


@dataclass(frozen=True, slots=True)
class SampleJob:
    """What one sample is read from: rows of packed arrays, as bytes."""

    sample: bytes
    donors: bytes
    """DONOR rows of its picture, in order."""


@dataclass(frozen=True, slots=True)
class SampleBytes:
    """A sample ready for the tar."""

    key: str
    source: str
    licence: str
    id: str
    format: str
    picture: bytes
    json: bytes
    txt: bytes
    captions: tuple[tuple[int, Caption, str], ...]
    """Number, caption and the id of the picture that it comes from ("" for its own), of those this sample stands for."""


SamplePool = Pool[SampleJob, SampleBytes]


def write_shard(
    path: str, placed: Iterable[Placed], out: str, staging: str, layout: str, per_picture: int, pool: SamplePool
) -> WrittenShard:
    """Writes the shard `path` below `out`, or finds it written. Raises BuildStopped if a picture has changed since it was
    prepared."""
    samples, donors = join_placed(placed, "position")
    donors = donors[np.argsort(donors["order"], kind="stable")]  # the plan may not depend on the order of arrival
    plan = stable_hash("shard", path, layout, per_picture, samples.tobytes(), donors.tobytes()).hex()
    mark = parts.shard_mark_uri(staging, plan)
    if storage.stat(mark) is not None:
        plain = json.loads(storage.read(mark))
        there = storage.stat(storage.join(out, path))
        if there is not None and there.size == plain["file"]["bytes"]:
            sources = tuple((name, count) for name, count in plain["sources"])
            return WrittenShard(WrittenFile(**plain["file"]), sources, plan)
    work = partial(read_sample, staging=staging, layout=layout, per_picture=per_picture)
    sources_seen: Counter[str] = Counter()
    digest = hashlib.sha256()
    captions: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory(prefix="skypairs-") as folder:
        local = Path(folder, "shard.tar")
        with local.open("wb", 1 << 20) as tar:
            for sample in pool.map(work, _jobs(samples, donors), _cost):
                sources_seen[sample.source] += 1
                captions += caption_rows(path, sample)
                for suffix, data in ((sample.format, sample.picture), ("json", sample.json), ("txt", sample.txt)):
                    for piece in (ustar.header(f"{sample.key}.{suffix}", len(data)), data, ustar.padding(len(data))):
                        tar.write(piece)
                        digest.update(piece)
            tar.write(ustar.END)
            digest.update(ustar.END)
        written = WrittenFile(path, local.stat().st_size, digest.hexdigest(), len(samples))
        storage.publish(local, storage.join(out, path))
        rows = Path(folder, "captions")
        write_rows(captions, CAPTIONS, rows)
        storage.publish(rows, parts.shard_captions_uri(staging, plan))
    done = WrittenShard(written, tuple(sorted(sources_seen.items())), plan)
    plain = {"file": {name: getattr(written, name) for name in WrittenFile.__dataclass_fields__}, "sources": done.sources}
    storage.publish_bytes(json.dumps(plain).encode(), mark)
    return done


def read_sample(job: SampleJob, staging: str, layout: str, per_picture: int) -> SampleBytes:
    """Fetches card, picture and inherited captions of one sample and makes its members."""
    row = np.frombuffer(job.sample, SAMPLE)[0]
    card = _card(row, staging)
    donated: list[tuple[Caption, str]] = []
    for donor in np.frombuffer(job.donors, DONOR):
        other = _card(donor, staging)
        donated.append((other.captions[int(donor["number"])], other.id))
    chosen = [caption for index, caption in enumerate(card.captions) if int(row["chosen"]) >> index & 1]
    captions = merge_captions(chosen, donated, per_picture)
    assert len(captions) == row["captions"], f"{card.id}: {len(captions)} captions, planned {row['captions']}"
    number = int(row["caption"])
    key = f"{card.key}-{number}" if layout == "pairs" else card.key
    told = captions if layout == "images" else captions[number : number + 1]
    return SampleBytes(
        key,
        card.source,
        card.licence,
        card.id,
        card.format,
        picture_bytes(card, staging),
        finish_json(card, captions, number),
        captions[number][0].text.encode(),
        tuple((number if layout == "pairs" else at, item, donor) for at, (item, donor) in enumerate(told)),
    )


def caption_rows(path: str, sample: SampleBytes) -> Iterator[dict[str, Any]]:
    """CAPTIONS rows of a sample of the shard `path`."""
    whole = {
        "shard": path,
        "key": sample.key,
        "picture": f"{sample.key}.{sample.format}",
        "id": sample.id,
        "source": sample.source,
        "licence": sample.licence,
    }
    for number, caption, donor in sample.captions:
        about = {"kind": caption.kind, "rule": caption.rule or None, "from": donor or None}
        yield whole | {"number": number, "caption": caption.text} | about


def picture_bytes(card: Card, staging: str) -> bytes:
    """The emitted picture, from its source or its pack. Raises BuildStopped if it is not the one that was prepared."""
    try:
        data = storage.read(card.uri or parts.pack_uri(staging, card.look), card.offset, card.length)
    except (FileNotFoundError, EOFError) as error:
        raise BuildStopped(f"the picture of {card.id} changed while it was being built; start again") from error
    if sha256(data).hex() != card.sha256:
        raise BuildStopped(f"the picture of {card.id} changed while it was being built; start again")
    return data


def _card(row: Rows, staging: str) -> Card:
    uri = parts.cards_uri(staging, row["part"].tobytes().hex())
    return decode_card(storage.read(uri, int(row["offset"]), int(row["length"])))


def _jobs(samples: Rows, donors: Rows) -> Iterable[SampleJob]:
    inherited: dict[bytes, bytes] = {}
    for row in donors:
        inherited[row["order"]] = inherited.get(row["order"], b"") + row.tobytes()
    for row in samples:
        yield SampleJob(row.tobytes(), inherited.get(row["order"], b""))


def _cost(_: SampleJob) -> int:
    return 1 << 20  # a picture's length stands on its card, which is not read yet; reduced pictures are far smaller
