"""SAT-MTB: {airplane,car,ship,train}/NN/{img,det/HBB,det/OBB,seg,mot} and data_split.xlsx."""

import json
import zipfile
from dataclasses import replace

from PIL import Image

from skypairs.schemas.recipe import Source
from tests.fakes.pictures import cut_off, save, save_text, scatter
from tests.fakes.truth import TruePicture
from tests.fakes.videos import paint_frames

_SIZE = (96, 80)
_CODES = {"airplane": ("WA", "CA"), "ship": ("SB", "OS"), "train": ("TN",), "car": ("car",)}
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def write(root, rng, pictures):
    found = []

    def clip(split, name, count, *tasks):
        """`tasks`: the richest first; the poorer ones hold boxes of their own, which must not be read."""
        labels = _CODES[name.partition("/")[0]]
        lines = []
        for number, pixels in enumerate(paint_frames(rng, *_SIZE, count), 1):
            save(Image.fromarray(pixels), root / name / "img" / f"{number:06d}.png")
            boxes = scatter(rng, *_SIZE, labels, 3) if number != 2 else ()
            for task in tasks if boxes else ():
                written = boxes if task == tasks[0] else scatter(rng, *_SIZE, labels, 2)
                if task == "mot":
                    lines += [_line(number, track, box) for track, box in enumerate(written)]
                elif task == "seg":
                    save_text(root / name / "seg" / f"{number:06d}.json", _outlines(written, name.partition("/")[0]))
                else:
                    save_text(root / name / "det" / task / f"{number:06d}.xml", _xml(written, task == "OBB"))
            moving = ("car", "labelled only while moving", 1)
            item = TruePicture(f"{name}/frame_{number:06d}", split, *_SIZE, boxes, scene=name)
            item = replace(item, lost=(moving,) if tasks == ("mot",) else ())
            found.append(item if tasks else replace(item, boxes=(), annotated=False))
        if "mot" in tasks:
            save_text(root / name / "mot" / name[-2:], "".join(f"{line}\n" for line in lines))

    clip("train", "airplane/01", pictures, "seg", "OBB", "HBB", "mot")
    clip("train", "airplane/02", 3, "HBB", "mot")
    clip("test", "airplane/03", 2, "OBB", "HBB")
    clip("train", "car/11", 3, "mot")
    clip("train", "car/12", 1)
    clip("test", "ship/01", 2, "seg", "HBB")
    clip("train", "train/01", 2, "OBB")
    cut_off(root / "airplane" / "02" / "img" / "000003.png")
    broken = next(item for item in found if item.key == "airplane/02/frame_000003")
    found[found.index(broken)] = replace(broken, readable=False)
    save_text(root / "airplane" / "02" / "det" / "HBB" / "000001.xml", "<annotation><object>")
    broken = next(item for item in found if item.key == "airplane/02/frame_000001")
    found[found.index(broken)] = replace(broken, boxes=(), parsable=False)
    save_text(root / "train" / "01" / "det" / "OBB" / "000009.xml", _xml((), True))
    found.append(TruePicture("train/01/frame_000009", "train", *_SIZE, picture=False, scene="train/01"))
    sheets = {
        "det_HBB": [["", "airplane", "ship", "train"], ["train", "01", "", "01"], ["", "02"], ["test", "03", "01"]],
        "mot": [["", "airplane", "ship", "train", "car"], ["train", "03", "", "", "11"], ["", "", "", "", "12"]],
    }
    save_workbook(root / "data_split.xlsx", sheets)
    return found, [
        Source("sat-mtb", str(root), split=split, role=role) for split, role in (("train", "train"), ("test", "reference"))
    ]


def _line(number, track, box):
    return f"{number},{track},{box.x0:g},{box.y0:g},{box.x1 - box.x0:g},{box.y1 - box.y0:g},1,0"


def _xml(boxes, oriented):
    objects = "".join(
        f"<object><name>{box.label}</name><objectID>{at}</objectID>{_place(box, oriented)}</object>"
        for at, box in enumerate(boxes)
    )
    return f"<annotation><size><width>{_SIZE[0]}</width><height>{_SIZE[1]}</height></size>{objects}</annotation>"


def _place(box, oriented):
    if not oriented:
        return f"<bndbox><xmin>{box.x0}</xmin><ymin>{box.y0}</ymin><xmax>{box.x1}</xmax><ymax>{box.y1}</ymax></bndbox>"
    corners = _diamond(box)
    values = "".join(f"<x{at}>{corners[2 * at]}</x{at}><y{at}>{corners[2 * at + 1]}</y{at}>" for at in range(4))
    return f"<robndbox>{values}</robndbox>"


def _diamond(box):
    """The middles of the four sides: x, y, x, y, ..."""
    middle_x, middle_y = (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2
    return [middle_x, box.y0, box.x1, middle_y, middle_x, box.y1, box.x0, middle_y]


def _outlines(boxes, kind):
    names = sorted({box.label for box in boxes})
    objects = [
        {
            "id": at,
            "image_id": 1,
            "category_id": names.index(box.label) + 1,
            "segmentation": [_diamond(box)],
            "bbox": [box.x0, box.y0, box.x1, box.y1],
        }
        for at, box in enumerate(boxes)
    ]
    categories = [{"id": at, "name": name, "supercategory": kind} for at, name in enumerate(names, 1)]
    return json.dumps(
        {"images": [{"id": 1, "width": _SIZE[0], "height": _SIZE[1]}], "annotations": objects, "categories": categories}
    )


def save_workbook(path, sheets):
    """An .xlsx of text cells; empty ones are left out, as spreadsheet programs do."""
    shared = sorted({cell for rows in sheets.values() for row in rows for cell in row if cell})
    strings = "".join(f"<si><t>{text}</t></si>" for text in shared)
    names = "".join(f'<sheet name="{name}" sheetId="{at}" r:id="rId{at}"/>' for at, name in enumerate(sheets, 1))
    links = "".join(f'<Relationship Id="rId{at}" Target="worksheets/sheet{at}.xml"/>' for at in range(1, len(sheets) + 1))
    members = {
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{names}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}">{links}</Relationships>',
        "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}">{strings}</sst>',
    }
    for at, rows in enumerate(sheets.values(), 1):
        lines = "".join(
            f'<row r="{y}">{"".join(_cell(x, y, text, shared) for x, text in enumerate(row) if text)}</row>'
            for y, row in enumerate(rows, 1)
        )
        members[f"xl/worksheets/sheet{at}.xml"] = f'<worksheet xmlns="{_MAIN}"><sheetData>{lines}</sheetData></worksheet>'
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in members.items():
            archive.writestr(zipfile.ZipInfo(name), text)  # of a fixed date


def _cell(x, y, text, shared):
    return f'<c r="{chr(ord("A") + x)}{y}" t="s"><v>{shared.index(text)}</v></c>'
