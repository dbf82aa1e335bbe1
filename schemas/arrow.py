"""Columns of every file that a build writes as Arrow or Parquet."""

import pyarrow as pa

_BOX = pa.struct(
    [
        ("label", pa.string()),
        ("native", pa.string()),
        ("x0", pa.float64()),
        ("y0", pa.float64()),
        ("x1", pa.float64()),
        ("y1", pa.float64()),
        ("kind", pa.string()),
        ("polygon", pa.list_(pa.float64())),
        ("difficult", pa.bool_()),
        ("crowd", pa.bool_()),
        ("cut", pa.bool_()),
        ("area", pa.float64()),  # null: from no mask
    ]
)
_LOST = pa.struct([("label", pa.string()), ("reason", pa.string()), ("count", pa.int64())])
_DROPPED = pa.list_(pa.struct([("reason", pa.string()), ("count", pa.int32())]))
_SCENE_CLASS = pa.struct([("native", pa.string()), ("label", pa.string())])
_RENDERING = pa.struct(
    [
        ("bands", pa.list_(pa.int32())),
        ("stretch", pa.string()),
        ("limits", pa.list_(pa.list_(pa.float64()))),
        ("no_data", pa.float64()),
        ("alpha", pa.string()),
    ]
)
WINDOW = pa.list_(pa.int32())  # four; Parquet files with a fixed-size list that is null somewhere cannot be read back

RECORDS = pa.schema(
    [
        ("id", pa.string()),
        ("scene", pa.string()),  # key of the scene
        ("uri", pa.string()),  # of the scene's picture
        ("relative", pa.string()),  # the same below the source's root
        ("window", WINDOW),  # null: the whole scene
        ("parent", pa.string()),  # id of the scene that a tile was cut from, or the picture that a crop of an object was
        ("focus", pa.int32()),  # of a crop of an object: its place in `boxes`; null: no crop
        ("region", pa.string()),  # its label
        ("group", pa.string()),
        ("fate", pa.string()),  # "" for a picture that takes part; else filtered, failed or cut
        ("reason", pa.string()),
        ("width", pa.int32()),  # of the emitted picture; null where there is none
        ("height", pa.int32()),
        ("format", pa.string()),
        ("offset", pa.int64()),  # in the pack; -1: untouched, read from uri
        ("length", pa.int64()),  # bytes of the emitted picture
        ("source_pixels", pa.int64()),
        ("sha256", pa.binary(32)),
        ("phash", pa.binary(64)),  # eight orientations of 8 bytes
        ("flat", pa.bool_()),
        ("pixels_sha256", pa.binary(32)),  # null: not flat
        ("gsd", pa.float64()),
        ("boxes", pa.list_(_BOX)),
        ("captions", pa.list_(pa.string())),  # human
        ("lost", pa.list_(_LOST)),
        ("rendering", _RENDERING),  # null: 8-bit gray or RGB as it is stored
        ("scene_class", _SCENE_CLASS),  # null: the dataset has no classes of whole pictures
    ]
)
"""One row a scene, in order of id, its tiles after it, and crops of objects after their picture: the *records* of a part's
look."""

SAMPLE_JSON = pa.schema(
    [
        *[(name, pa.string()) for name in ("id", "key", "source", "dataset", "licence", "file", "group")],
        ("window", WINDOW),
        ("width", pa.int32()),
        ("height", pa.int32()),
        ("gsd", pa.float64()),
        (
            "boxes",
            pa.list_(
                pa.struct(
                    [
                        *[(name, pa.string()) for name in ("label", "native", "kind")],
                        *[(name, pa.bool_()) for name in ("difficult", "crowd", "cut")],
                        ("box", pa.list_(pa.float64())),
                        ("area", pa.float64()),
                        ("polygon", pa.list_(pa.float64())),
                    ]
                )
            ),
        ),
        ("labels", pa.list_(pa.string())),
        ("lost", pa.list_(_LOST)),
        ("focus", pa.int32()),  # of a crop of an object: its place in `boxes`
        ("scene", _SCENE_CLASS),
        ("rendering", _RENDERING),
        ("sha256", pa.string()),
        ("phash", pa.string()),
        ("flat", pa.bool_()),
        ("pixels_sha256", pa.string()),
        ("caption", pa.int8()),
        (
            "captions",
            pa.list_(
                pa.struct([*[(name, pa.string()) for name in ("kind", "rule", "template", "from")], ("tokens", pa.int16())])
            ),
        ),
    ]
)
"""The json member of a sample, but for `caption_0` and on. What holds nothing is left out there."""

CARDS = pa.schema(
    [
        ("offset", pa.int64()),  # of the card in the cards file; -1: no card
        ("length", pa.int32()),
        ("human", pa.list_(pa.binary(8))),  # first 8 bytes of the hash of each human caption's text, in order
        ("rules", pa.list_(pa.binary(8))),  # the same of the others that follow: imported ones, then those by rule
        ("imported", pa.int16()),  # how many of those are imported
        ("lines", pa.int32()),  # captions that the imported file has for the picture
        ("false", pa.int32()),  # of these: false of the boxes
        ("dropped", _DROPPED),  # human captions that are not among them, by reason; they may have been all
    ]
)
"""Row by row beside RECORDS: where each sample's card lies, and the hashes of its captions."""

LEDGER = pa.schema(
    [
        ("id", pa.string()),
        ("source", pa.string()),
        ("dataset", pa.string()),
        ("uri", pa.string()),  # below the source's root
        ("window", WINDOW),
        ("parent", pa.string()),
        ("region", pa.string()),  # of a crop of an object: what it is; null: no crop
        ("group", pa.string()),
        ("fate", pa.string()),
        ("reason", pa.string()),
        ("keeper", pa.string()),
        ("distance", pa.int8()),
        ("orientation", pa.int8()),
        ("key", pa.string()),  # of a kept sample in its shards, without the caption's number
        ("shards", pa.list_(pa.string())),
        ("sha256", pa.string()),
        ("phash", pa.string()),  # 16 hex digits
        ("flat", pa.bool_()),
        ("pixels_sha256", pa.string()),
        ("width", pa.int32()),
        ("height", pa.int32()),
        ("boxes", pa.int32()),  # how many
        ("captions", pa.int32()),  # how many
        ("dropped_captions", _DROPPED),  # human captions of the source that were not taken, by reason
        ("score", pa.float64()),  # the greatest of the next; null: not scored
        ("caption_scores", pa.list_(pa.float64())),  # similarity of the picture with each of its own captions, -1 to 1
    ]
)
"""One row a scene, tile or crop of the sources."""

DUPLICATES = pa.schema([("a", pa.string()), ("b", pa.string()), ("distance", pa.int8()), ("orientation", pa.int8())])
"""a: the keeper, the reference or the better-ranked end, turned by `orientation`; b: the other."""

REFERENCES = pa.schema(
    [
        ("id", pa.string()),
        ("source", pa.string()),
        ("window", WINDOW),
        ("group", pa.string()),
        *[(f"phash_{g}", pa.binary(8)) for g in range(8)],
        ("flat", pa.bool_()),
        ("pixels_sha256", pa.binary(32)),
        ("hash", pa.string()),
        ("policy", pa.string()),
        ("thumbnail", pa.binary(1024)),  # 32 rows of 32 gray pixels; null unless `dedup.confirm` asks for them
    ]
)
"""One row a reference picture: also the format of `skypairs fingerprint`."""

CAPTIONS = pa.schema(
    [
        ("shard", pa.string()),
        ("key", pa.string()),
        ("picture", pa.string()),
        ("id", pa.string()),
        ("source", pa.string()),
        ("licence", pa.string()),
        ("number", pa.int8()),
        ("caption", pa.string()),
        ("kind", pa.string()),
        ("rule", pa.string()),
        ("from", pa.string()),
    ]
)
"""One row a caption of a sample, in the order of the shards. `picture`: base name of its picture member."""

THUMBNAILS = pa.schema([("id", pa.string()), ("jpeg", pa.binary())])
"""Small pictures for the report: of dropped ones and of what they lost to, where the shards do not hold them."""
