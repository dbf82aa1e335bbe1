"""Tiny datasets, true to what lies on disk, one writer a format: pictures of 48 to 96 pixels, and the faults of real data.

    truth = write("dota", tmp_path)
    truth.sources          ready for a recipe
    truth.of("train")      what was written, by key

Every dataset holds sound pictures, an annotation without objects, a picture that is cut off, and, where the format has such,
a crowd or a difficult object, a picture without annotation, an annotation without picture, one that cannot be parsed.
"""

import zlib
from dataclasses import replace
from pathlib import Path

import numpy as np

from skypairs.pipelines.catalog import load
from tests.fakes import (
    capera,
    caption_tables,
    class_folders,
    coco,
    detection,
    dota,
    ground,
    instance_masks,
    isaid,
    karpathy,
    masks,
    sat_mtb,
    segmentation,
    stanford_drone,
    visdrone_vid,
    voc,
    webdataset_tars,
    yolo,
)
from tests.fakes.truth import TrueBox, TruePicture, Truth

__all__ = ["WRITERS", "TrueBox", "TruePicture", "Truth", "write"]

WRITERS = {
    **caption_tables.WRITERS,
    "webdataset": webdataset_tars.write,
    "yolo": yolo.write,
    **class_folders.WRITERS,
    "capera": capera.write,
    "coco": coco.write,
    **detection.WRITERS,
    "dota": dota.write,
    "instance-masks": instance_masks.write,
    "isaid": isaid.write,
    "karpathy": karpathy.write,
    "loveda": masks.write_loveda,
    "masks": masks.write,
    "rsicd": karpathy.write_rsicd,
    "rsitmd": karpathy.write_rsitmd,
    "sydney": karpathy.write_sydney,
    "sat-mtb": sat_mtb.write,
    "stanford-drone": stanford_drone.write,
    "ucm": karpathy.write_ucm,
    "visdrone-vid": visdrone_vid.write,
    "voc": voc.write,
    **segmentation.WRITERS,
    **ground.WRITERS,
}


def write(name: str, root: str | Path, seed: int = 0, pictures: int = 4) -> Truth:
    """Writes the fake of a catalogue entry into `root`. `pictures`: how many sound ones in each split.

    The same seed gives the same bytes. The root of `ucm` must hold `ucm` in its name to be recognised.
    """
    rng = np.random.default_rng([seed, zlib.crc32(name.encode())])
    found, sources = WRITERS[name](Path(root), rng, pictures)
    roles = {source: source.role or load()[name].default_role for source in sources}
    sources = tuple(replace(source, role=role) for source, role in roles.items())
    return Truth(name, str(root), tuple(found), sources)
