"""What fakes of detection sets with a file a picture have in common: pictures, and the faults of real data."""

from dataclasses import replace

from tests.fakes.pictures import cut_off, paint, save, save_text, scatter, size
from tests.fakes.truth import TruePicture


def plan(rng, pictures, labels, splits, name, *, lost=(), complete=False, **flags):
    """Sound pictures of every split, (name, annotated), and one of each fault in the first: no object, no annotation file,
    cut off, no picture, objects that are lost, an annotation that is torn. `name(n)` is the key of picture n from 1.

    `complete`: a picture without annotation file is an empty one. `flags`: of the first object, e.g. difficult=True.
    """
    found = []

    def add(split, count, **more):
        width, height = size(rng)
        boxes = scatter(rng, width, height, labels, count) if count else ()
        if flags and not found:
            boxes = (replace(boxes[0], **flags), *boxes[1:])
        found.append(TruePicture(name(len(found) + 1), split, width, height, boxes, **more))

    for split, annotated in splits:
        for _ in range(pictures):
            add(split, int(rng.integers(1, 6)) if annotated else 0, annotated=annotated)
    first = splits[0][0]
    add(first, 0)
    add(first, 0, annotated=complete)
    add(first, 3, readable=False)
    add(first, 3, picture=False)
    add(first, 3, lost=lost)
    add(first, 0, parsable=False)
    return found


def bare_key(found, pictures, splits):
    """Key of the picture that has no annotation file."""
    return found[pictures * len(splits) + 1].key


def store(rng, item, picture, annotation, text):
    """Writes a picture and its annotation, as far as there are any; `text` None: no annotation."""
    if item.picture:
        save(paint(rng, item.width, item.height), picture)
    if not item.readable:
        cut_off(picture)
    if item.annotated and text is not None:
        save_text(annotation, text)
