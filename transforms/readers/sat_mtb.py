"""SAT-MTB: satellite videos as numbered frames, annotated by a file a frame or by tracks as text a sequence.

    {airplane,car,ship,train}/NN/img/000001.png
    {airplane,car,ship,train}/NN/seg/000001.json        outlines
    {airplane,car,ship,train}/NN/det/OBB/000001.xml     oriented boxes
    {airplane,car,ship,train}/NN/det/HBB/000001.xml     upright boxes
    {airplane,car,ship,train}/NN/mot/NN.txt             frame,id,x,y,w,h,confidence,class; the suffix may be missing
    data_split.xlsx                                     a sheet a task: train or test, and the sequences of each kind

The objects of a frame come from one file, the first in this order that it has; `sat_mtb_frames` reads it. A frame without
one, in a sequence that has such files, shows no object; the tracks count where a sequence has none at all. The workbook's
first column says train or test, once, for all rows below it; the first row names the kinds. Read after ShanZard/ROS-SAM's
loader.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace

from skypairs.schemas.dataset import Look
from skypairs.schemas.errors import AnnotationError, LayoutError
from skypairs.schemas.recipe import Source
from skypairs.schemas.records import Annotation, FileStamp, Lost, Scene
from skypairs.transforms import storage
from skypairs.transforms.readers import clips, files, layout, objects, sat_mtb_frames
from skypairs.transforms.readers.layout import Folder, Place
from skypairs.transforms.readers.workbook import read_workbook

KINDS = ("airplane", "car", "ship", "train")
MOVING = "labelled only while moving"
_FRAMES = (("seg", (".json",)), ("det/OBB", (".xml",)), ("det/HBB", (".xml",)))  # the richest first
_PLACES = tuple(Place(f"{kind}/*/img", f"{kind}/*/det/HBB") for kind in KINDS)
_TRACKED = ("car", "airplane", "ship", "train")  # by number of class
_MOVING = "car"


@dataclass(frozen=True, slots=True)
class SatMtb:
    """Reader of SAT-MTB. A split needs the workbook; without a split all sequences are read."""

    workbook: str = "data_split.xlsx"
    sheets: tuple[str, ...] = ("det_HBB", "det_OBB", "mot", "seg")
    """Sheets in the order that they are asked: the first that names a sequence says where it belongs."""

    def look(self, source: Source) -> Look:
        return clips.look(self.scenes(source, ""))

    def scenes(self, source: Source, family: str) -> Iterator[Scene]:
        pictures, tracks = _folders(source, "img"), _folders(source, "mot")
        labels = [_folders(source, below) for below, _ in _FRAMES]
        if not pictures or not any((tracks, *labels)):
            raise layout.nothing_there(replace(source, split=""), _PLACES)
        wanted = self._wanted(source, set(pictures)) if source.split else set(pictures)
        for clip in clips.in_order(wanted):
            yield from _clip(source, family, clip, pictures[clip], [share.get(clip) for share in labels], tracks.get(clip))

    def annotation(self, scene: Scene) -> Annotation:
        if scene.annotations:
            data = objects.read_annotation(scene.annotations[0])
            if scene.annotations[0].uri.lower().endswith(".json"):
                return sat_mtb_frames.read_outlines(data)
            return sat_mtb_frames.read_boxes(data)
        if not scene.inline:
            return Annotation()
        found = objects.Objects()
        for row in clips.load_rows(scene, found):
            number = objects.number(row[7])
            if number in range(len(_TRACKED)):
                found.add(_TRACKED[int(number or 0)], clips.corners(row[2:6]))
            else:
                found.lose(f"class {row[7]}", "unknown class")
        read = found.annotation()
        if not json.loads(scene.inline)["cars"]:
            return read
        lost = (*read.lost, Lost(_MOVING, MOVING, 1))  # how many stand still is not known
        return replace(read, lost=tuple(sorted(lost, key=lambda item: (item.label, item.reason))))

    def _wanted(self, source: Source, there: set[str]) -> set[str]:
        """Sequences of a split. Raises LayoutError where there is no workbook or none of them is in it."""
        uri = storage.join(source.root, self.workbook)
        try:
            sheets = read_workbook(storage.read(uri))
        except FileNotFoundError:
            raise LayoutError(f"{source.dataset}: {uri} is not there, which says what the split {source.split!r} is") from None
        except AnnotationError as error:
            raise LayoutError(f"{source.dataset}: {uri}: {error.reason}") from None
        splits: dict[str, str] = {}
        for sheet in self.sheets:
            for clip, split in _read_sheet(sheets.get(sheet, [])).items():
                splits.setdefault(clip, split)
        wanted = {clip for clip in there if splits.get(clip) == source.split}
        if not wanted:
            raise LayoutError(f"{source.dataset}: {uri} names no sequence under {source.root} of split {source.split!r}")
        return wanted


def _read_sheet(rows: list[list[str]]) -> dict[str, str]:
    """Split by sequence: a kind a column, train or test in the first, filled down."""
    found: dict[str, str] = {}
    split, kinds = "", [name.lower() for name in rows[0]] if rows else []
    for row in rows[1:]:
        split = (row[0].lower() if row else "") or split
        for kind, cell in zip(kinds[1:], row[1:], strict=False):
            number = objects.whole(cell)
            if kind in KINDS and number:
                found[f"{kind}/{number:02d}"] = split
    return found


def _folders(source: Source, below: str) -> dict[str, Folder]:
    """The folders of that name in all sequences, by sequence."""
    found = {}
    for kind in KINDS:
        for folder in layout.find_folders(source.root, f"{kind}/*/{below}", ""):
            if folder.prefix.isdigit():
                found[f"{kind}/{int(folder.prefix):02d}"] = Folder(f"{kind}/{int(folder.prefix):02d}", folder.uri)
    return found


def _labels(source: Source, folders: list[Folder | None]) -> dict[int, FileStamp]:
    """Of each frame of a sequence the file that says most, by number; `folders` are those of _FRAMES."""
    found: dict[int, FileStamp] = {}
    for folder, (_, suffixes) in zip(folders, _FRAMES, strict=True):
        if folder:
            found = clips.list_frames(source, [folder], suffixes).get(folder.prefix, {}) | found
    return found


def _clip(
    source: Source, family: str, clip: str, pictures: Folder, folders: list[Folder | None], tracks: Folder | None
) -> Iterator[Scene]:
    frames = clips.list_frames(source, [pictures]).get(clip, {})
    labels = _labels(source, folders)
    rows, tracked = clips.Tracks(), False
    if tracks and not labels:
        texts = [file for file in storage.files(tracks.uri) if not layout.name_of(file.uri).startswith(".")]
        rows, tracked = (clips.read_tracks(storage.read(texts[0].uri), 0, 8), True) if texts else (rows, False)
    cars = tracked and (clip.startswith(f"{_MOVING}/") or any(_is_car(row) for share in rows.frames.values() for row in share))
    first = min(frames, default=0)
    for number in sorted(frames.keys() | labels.keys() | rows.frames.keys()):
        label = (labels[number],) if number in labels else ()
        broken = rows.broken if number == first else 0
        share = json.loads(clips.dump_rows(rows.frames.get(number, ()), broken))
        inline = objects.dump_inline({**share, "cars": cars}) if (labels or tracked) and not label else ""
        problem = "" if number in frames else files.NO_PICTURE
        yield clips.frame_scene(source, family, clip, number, frames.get(number), label, inline=inline, problem=problem)


def _is_car(row: list[str]) -> bool:
    return objects.number(row[7]) == _TRACKED.index(_MOVING)
