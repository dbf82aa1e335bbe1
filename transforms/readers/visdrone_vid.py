"""VisDrone-VID: clips as folders of numbered frames, one text file a clip.

    sequences/SEQ/0000001.jpg       frames from 1
    annotations/SEQ.txt             frame,target,left,top,width,height,score,category,truncation,occlusion

Pixels are 0-based. Score 0 means that a box is not to be counted: regions that the annotators left out (category 0), other
things (category 11), and objects of any class. Read so by VisDrone/VisDrone2018-VID-toolkit.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from skypairs.schemas.dataset import Look
from skypairs.schemas.recipe import Source
from skypairs.schemas.records import Annotation, FileStamp, Lost, Scene
from skypairs.transforms import storage
from skypairs.transforms.readers import clips, files, layout, objects
from skypairs.transforms.readers.layout import Place

_HEAVY = 2  # of occlusion: more than half of the object is hidden


@dataclass(frozen=True, slots=True)
class VisDroneVid:
    """Reader of VisDrone-VID. A frame of an annotated clip without a line shows no object."""

    places: tuple[Place, ...]
    classes: tuple[str, ...]
    """Names of the categories from 0."""

    def look(self, source: Source) -> Look:
        return clips.look(self.scenes(source, ""))

    def scenes(self, source: Source, family: str) -> Iterator[Scene]:
        spot = layout.settle(source, self.places)
        frames = clips.list_frames(source, spot.pictures)
        if not frames:
            raise layout.nothing_there(source, self.places)
        labels = files.list_keyed(source, spot.annotations, (".txt",))
        for clip in clips.in_order([*frames, *labels]):
            yield from _clip(source, family, clip, frames.get(clip, {}), labels.get(clip))

    def annotation(self, scene: Scene) -> Annotation:
        if not scene.inline:
            return Annotation()
        found, ignored = objects.Objects(), Counter[str]()
        for row in clips.load_rows(scene, found):
            category = objects.number(row[7])
            if category is None or category != int(category) or not 0 <= category < len(self.classes):
                found.lose(f"category {row[7]}", "unknown class")
                continue
            name, score = self.classes[int(category)], objects.number(row[6])
            if score is None:
                found.lose(name, objects.NOT_A_NUMBER)
            elif score == 0:
                ignored[name] += 1
            else:
                cut, occlusion = (objects.number(value) for value in [*row[8:10], "0", "0"][:2])
                found.add(name, clips.corners(row[2:6]), cut=bool(cut), difficult=occlusion == _HEAVY)
        read = found.annotation()
        lost = (*read.lost, *(Lost(label, clips.IGNORED, count) for label, count in ignored.items()))
        return replace(read, lost=tuple(sorted(lost, key=lambda item: (item.label, item.reason))))


def _clip(source: Source, family: str, clip: str, frames: dict[int, FileStamp], label: FileStamp | None) -> Iterator[Scene]:
    if not frames:
        yield files.scene_of(source, family, clip, None, (label,) if label else (), problem=files.NO_PICTURE)
        return
    tracks = clips.read_tracks(storage.read(label.uri), 0, 8) if label else clips.Tracks()
    first = min(frames)
    for number in sorted(frames.keys() | tracks.frames.keys()):
        broken = tracks.broken if number == first else 0
        inline = clips.dump_rows(tracks.frames.get(number, ()), broken) if label else ""
        problem = "" if number in frames else files.NO_PICTURE
        yield clips.frame_scene(source, family, clip, number, frames.get(number), inline=inline, problem=problem)
