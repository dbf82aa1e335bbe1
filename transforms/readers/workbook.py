"""The cells of an .xlsx file as text: as much of ECMA-376 as lists of names need."""

import io
import re
import zipfile

from skypairs.schemas.errors import AnnotationError
from skypairs.transforms.readers.voc import parse_xml

_LARGEST = 32 << 20
"""Bytes of one unpacked member: a list of names is far smaller."""
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def read_workbook(data: bytes) -> dict[str, list[list[str]]]:
    """Rows of cells by name of sheet; an empty cell is "". Raises AnnotationError where the file is none."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            shared = _strings(_member(archive, "xl/sharedStrings.xml")) if "xl/sharedStrings.xml" in names else []
            relations = parse_xml(_member(archive, "xl/_rels/workbook.xml.rels"))
            targets = {item.get("Id"): (item.get("Target") or "").removeprefix("/xl/") for item in relations}
            sheets = parse_xml(_member(archive, "xl/workbook.xml")).iterfind("{*}sheets/{*}sheet")
            return {
                sheet.get("name") or "": _rows(_member(archive, f"xl/{targets[sheet.get(_RELATION)]}"), shared)
                for sheet in sheets
            }
    except (zipfile.BadZipFile, KeyError, IndexError, ValueError, NotImplementedError, EOFError) as error:
        raise AnnotationError("unparsable annotation", f"not a workbook: {type(error).__name__}") from None


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    if archive.getinfo(name).file_size > _LARGEST:
        raise ValueError(f"{name} is too large")
    return archive.read(name)


def _strings(data: bytes) -> list[str]:
    return ["".join(text.text or "" for text in item.iterfind(".//{*}t")) for item in parse_xml(data).iterfind("{*}si")]


def _rows(data: bytes, shared: list[str]) -> list[list[str]]:
    rows = []
    for row in parse_xml(data).iterfind("{*}sheetData/{*}row"):
        cells: dict[int, str] = {}
        for cell in row.iterfind("{*}c"):
            place = re.match("[A-Z]{1,3}", cell.get("r") or "")
            at = _column(place[0]) if place else max(cells, default=-1) + 1
            value = cell.findtext("{*}v") or ""
            if cell.get("t") == "s" and value:
                value = shared[int(value)]
            elif cell.get("t") == "inlineStr":
                value = "".join(text.text or "" for text in cell.iterfind(".//{*}t"))
            cells[at] = value.strip()
        rows.append([cells.get(at, "") for at in range(max(cells, default=-1) + 1)])
    return rows


def _column(letters: str) -> int:
    """Column of a cell's name, from 0: A is 0, AA 26."""
    at = 0
    for letter in letters:
        at = 26 * at + ord(letter) - ord("A") + 1
    return at - 1
