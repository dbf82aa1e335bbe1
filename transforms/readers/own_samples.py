"""The json member of a sample that a build wrote (docs/output.md): who wrote each caption, and the boxes behind the others.

Captions of rules are left out: they are written anew from the boxes, by the rules that the recipe asks for.
"""

from typing import Any, TypeGuard

from skypairs.schemas.records import Annotation, Lost
from skypairs.transforms.readers import objects
from skypairs.transforms.readers.caption_text import caption_of

_MARKS = ("sha256", "key", "group", "captions")


def is_own(content: Any) -> TypeGuard[dict[str, Any]]:
    """Whether a json member is one of a build's: its captions are told apart by `kind`."""
    return (
        isinstance(content, dict)
        and all(mark in content for mark in _MARKS)
        and isinstance(content["captions"], list)
        and all(isinstance(item, dict) and "kind" in item for item in content["captions"])
    )


def read_own(content: dict[str, Any]) -> Annotation:
    """Captions that people wrote, boxes by what captions call them, what was lost, and the class of the picture.

    Raises AnnotationError where there are boxes and none can be read.
    """
    found = objects.Objects()
    for box in _list(content.get("boxes")):
        _add(found, box if isinstance(box, dict) else {})
    width, height = (objects.whole(content.get(name)) for name in ("width", "height"))
    read = found.annotation((width, height) if width and height else None, objects.number(content.get("gsd")))
    human = [f"caption_{at}" for at, item in enumerate(content["captions"]) if item["kind"] == "human"]
    texts = (caption_of(content.get(name)) for name in human)
    scene = content.get("scene")
    return Annotation(
        boxes=read.boxes,
        captions=tuple(dict.fromkeys(filter(None, texts))),
        lost=read.lost + tuple(_lost(content.get("lost"))),
        size=read.size,
        gsd=read.gsd,
        scene_class=objects.clean_name(str(scene.get("label") or "")) if isinstance(scene, dict) else "",
    )


def _add(found: objects.Objects, box: dict[str, Any]) -> None:
    corners, outline = ([objects.number(value) for value in _list(box.get(name))] for name in ("box", "polygon"))
    polygon = tuple(value for value in outline if value is not None)
    difficult, crowd, cut = (box.get(flag) is True for flag in ("difficult", "crowd", "cut"))
    found.add(
        str(box.get("label") or ""),
        corners,
        polygon=polygon if len(polygon) == len(outline) and len(polygon) % 2 == 0 else (),
        difficult=difficult,
        crowd=crowd,
        cut=cut,
        kind="region" if box.get("kind") == "region" else "instance",
    )


def _lost(listed: Any) -> list[Lost]:
    items = [item for item in _list(listed) if isinstance(item, dict)]
    counted = [(item, objects.whole(item.get("count"))) for item in items]
    return [Lost(str(item.get("label", "")), str(item.get("reason", "")), count) for item, count in counted if count]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
