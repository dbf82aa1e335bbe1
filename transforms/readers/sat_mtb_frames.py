"""SAT-MTB's files of one frame: XML with upright or oriented boxes, and JSON with outlines.

    det/HBB/000001.xml     object: name (or subname: the fine class beside it), bndbox of xmin, ymin, xmax, ymax
    det/OBB/000001.xml     object: name, robndbox of x0, y0, x1, y1, x2, y2, x3, y3: the corners in turn
    seg/000001.json        like COCO, of one picture: images[0], annotations, categories; segmentation is a list of flat
                           polygons, but bbox is xmin, ymin, xmax, ymax; a category's name is the fine class and its
                           supercategory the coarse one

All numbers are pixels, 0-based, as floats, and read half-open. Read after ShanZard/ROS-SAM's loader.
"""

import json
from typing import Any
from xml.etree.ElementTree import Element

from skypairs.schemas.errors import AnnotationError
from skypairs.schemas.geometry import bounds
from skypairs.schemas.records import Annotation
from skypairs.transforms.readers import objects
from skypairs.transforms.readers.coco import read_share
from skypairs.transforms.readers.voc import read_voc

_SIDES = ("xmin", "ymin", "xmax", "ymax")
_CORNERS = tuple(f"{axis}{corner}" for corner in range(4) for axis in "xy")
_LEAST = 6  # numbers of a polygon: of fewer corners than three it has no area


def read_boxes(data: bytes) -> Annotation:
    """Objects of det/HBB or det/OBB. The corners of an oriented box are its outline, their bounds its box.

    Raises AnnotationError where it is no such XML.
    """
    return read_voc(data, "object", _add)


def read_outlines(data: bytes) -> Annotation:
    """Objects of seg: the box of each is the bounds of its polygons; one polygon is its outline, several are none.

    Polygons of fewer than three corners are left out; an object that has no others takes its bbox. Raises AnnotationError
    where it is no such JSON.
    """
    try:
        content = json.loads(objects.decode(data))
    except (ValueError, RecursionError) as error:
        raise AnnotationError("unparsable annotation", f"not JSON: {type(error).__name__}: {error}") from None
    parts = [content.get(name) if isinstance(content, dict) else None for name in ("images", "annotations", "categories")]
    images, annotations, categories = parts
    if not isinstance(annotations, list) or not isinstance(categories, list | None):
        raise AnnotationError("unparsable annotation", "it needs the lists annotations and categories")
    names = {
        str(item.get("id")): str(item.get("name") or item.get("supercategory") or "")
        for item in categories or ()
        if isinstance(item, dict)
    }
    image = images[0] if isinstance(images, list) and images and isinstance(images[0], dict) else {}
    share = {
        "width": image.get("width"),
        "height": image.get("height"),
        "names": names,
        "objects": [_share(item if isinstance(item, dict) else {}) for item in annotations],
    }
    return read_share(share)


def _add(found: objects.Objects, item: Element) -> None:
    name = item.findtext("subname") or item.findtext("name") or ""
    upright, turned = item.find("bndbox"), item.find("robndbox")
    if turned is not None:
        values = [objects.number(turned.findtext(tag)) for tag in _CORNERS]
        polygon = tuple(value for value in values if value is not None)
        if len(polygon) == len(_CORNERS):
            found.add(name, bounds(polygon), polygon=polygon)
        else:
            found.lose(name, objects.NOT_A_NUMBER)
    elif upright is not None:
        found.add(name, [objects.number(upright.findtext(tag)) for tag in _SIDES])
    else:
        found.lose(name, objects.NO_BOX)


def _share(item: dict[str, Any]) -> dict[str, Any]:
    """An object as COCO has it: with its outline, else with x, y, width and height."""
    share: dict[str, Any] = {key: item.get(key) for key in ("category_id", "iscrowd")}
    outline, box = item.get("segmentation"), item.get("bbox")
    if isinstance(outline, list):
        rings = outline if outline and isinstance(outline[0], list) else [outline]
        outline = [ring for ring in rings if not isinstance(ring, list) or len(ring) >= _LEAST]
    if outline:
        share["segmentation"] = outline
    elif isinstance(box, list) and len(box) == len(_SIDES):
        x0, y0, x1, y1 = (objects.number(value) for value in box)
        share["bbox"] = [x0, y0, None if x0 is None or x1 is None else x1 - x0, None if y0 is None or y1 is None else y1 - y0]
    return share
