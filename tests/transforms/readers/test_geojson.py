"""GeoJSON on the ground beside GeoTIFF: pixels by the header, and what features may be."""

import json

import cv2
import numpy as np
import pytest
import tifffile

from skypairs.pipelines.catalog import load
from skypairs.schemas.errors import AnnotationError, PictureError
from skypairs.schemas.recipe import Source
from skypairs.schemas.records import Scene
from skypairs.transforms import storage
from skypairs.transforms.readers.geojson import GeoJson
from skypairs.transforms.readers.geotiff import ground_of
from tests.fakes.ground import METRES, NORTH, WEST, geotiff, on_ground

READER = GeoJson((), label="building")
ROADS = GeoJson((), label="road", line_width=4.0)
UTM = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32616"}}
SQUARE = on_ground(((2, 3), (10, 3), (10, 9), (2, 9), (2, 3)))
AREA = {"type": "Polygon", "coordinates": [SQUARE]}


def scene(tmp_path, features, crs=UTM, text=None):
    path, file = tmp_path / "a.tif", tmp_path / "a.geojson"
    geotiff(np.random.default_rng(0), path, 60, 50)
    content = {"type": "FeatureCollection", "features": [{"properties": None, "geometry": item} for item in features]}
    file.write_text(json.dumps(content | ({"crs": crs} if crs else {})) if text is None else text)
    return Scene("s", "k", "g", storage.stat(str(path)), (storage.stat(str(file)),))


def tiff(path, tags, shape=(8, 9)):
    keys = tags.pop("keys", ())
    entries = [(code, "d", len(values), values, True) for code, values in tags.items()]
    if keys:
        directory = (1, 1, 0, len(keys), *(value for key, code in keys for value in (key, 0, 1, code)))
        entries.append((34735, "H", len(directory), directory, True))
    tifffile.imwrite(path, np.zeros(shape, np.uint16), extratags=entries, metadata=None)
    return storage.stat(str(path))


@pytest.mark.parametrize(
    ("geometry", "rect", "corners"),
    [
        (AREA, (2, 3, 10, 9), 4),
        ({"type": "Polygon", "coordinates": [[[*point, 7.5] for point in SQUARE]]}, (2, 3, 10, 9), 4),
        ({"type": "Polygon", "coordinates": [SQUARE, on_ground(((4, 4), (5, 4), (5, 5), (4, 4)))]}, (2, 3, 10, 9), 4),
        (
            {"type": "MultiPolygon", "coordinates": [[SQUARE], [on_ground(((20, 3), (30, 3), (30, 20), (20, 3)))]]},
            (2, 3, 30, 20),
            0,
        ),
        ({"type": "MultiPolygon", "coordinates": [[SQUARE]]}, (2, 3, 10, 9), 4),
    ],
)
def test_areas(tmp_path, geometry, rect, corners):
    found = READER.annotation(scene(tmp_path, [geometry]))
    (box,) = found.boxes
    assert (tuple(box.rect), len(box.polygon), box.kind) == (rect, 2 * corners, "instance")
    assert found.gsd == METRES


@pytest.mark.parametrize(
    ("points", "rects"),
    [
        (((5, 20), (45, 20)), [(5, 16, 45, 24)]),  # 4 m are 8 pixels
        (((10, 5, 9), (10, 45, 9)), [(6, 5, 14, 45)]),  # with heights
    ],
)
def test_lines_are_widened_to_regions(tmp_path, points, rects):
    line = {"type": "LineString", "coordinates": [on_ground([point[:2]], point[2:])[0] for point in points]}
    found = ROADS.annotation(scene(tmp_path, [line]))
    assert [tuple(box.rect) for box in found.boxes] == rects
    assert {box.kind for box in found.boxes} == {"region"}


def test_a_loop_does_not_claim_what_it_encloses(tmp_path):
    ring = on_ground(((10, 10), (50, 10), (50, 40), (10, 40), (10, 10)))
    found = ROADS.annotation(scene(tmp_path, [{"type": "LineString", "coordinates": ring}]))
    assert len(found.boxes) == 2
    for box in found.boxes:
        outline = np.array(box.polygon).reshape(-1, 2)
        x, y = outline.T
        area = abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1))) / 2
        assert area < 70 * 8 + 64  # half of the ring's 140 pixels by 8, and corners; enclosed are 1200


@pytest.mark.parametrize(
    ("geometry", "reason"),
    [
        (None, "no area"),
        ({"type": "LineString", "coordinates": SQUARE}, "no area"),
        ({"type": "Polygon", "coordinates": []}, "no area"),
        ({"type": "Point", "coordinates": SQUARE[0]}, "no box"),
        ({"type": "Polygon", "coordinates": "none"}, "bad outline"),
        ({"type": "Blob", "coordinates": [SQUARE]}, "bad outline"),
        ({"type": "Polygon"}, "bad outline"),
        ({"type": "Polygon", "coordinates": [SQUARE[:2]]}, "bad outline"),
        ([1], "bad outline"),
        ({"type": "Polygon", "coordinates": [[[float("inf"), 1], [2, 2], [3, 1], [float("inf"), 1]]]}, "not a number"),
    ],
)
def test_what_has_no_area_is_counted(tmp_path, geometry, reason):
    found = READER.annotation(scene(tmp_path, [AREA, geometry]))
    assert len(found.boxes) == 1
    assert [(lost.label, lost.reason, lost.count) for lost in found.lost] == [("building", reason, 1)]


@pytest.mark.parametrize("text", ["", " \n", '{"type": "FeatureCollection", "features": []}'])
def test_no_bytes_and_no_features_are_an_empty_picture(tmp_path, text):
    found = READER.annotation(scene(tmp_path, [], text=text))
    assert (found.boxes, found.lost) == ((), ())


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"features": {}}', '{"features": [3], "type": 4, "crs": 5}x'])
def test_files_that_are_no_geojson(tmp_path, text):
    with pytest.raises(AnnotationError, match="unparsable annotation"):
        READER.annotation(scene(tmp_path, [], text=text))


@pytest.mark.parametrize("crs", [UTM, None, {"type": "name", "properties": {"name": "EPSG:32616"}}, {"type": "link"}])
def test_systems_that_agree(tmp_path, crs):
    assert len(READER.annotation(scene(tmp_path, [AREA], crs)).boxes) == 1


@pytest.mark.parametrize(
    ("crs", "geometry"),
    [
        ({"properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}, AREA),
        ({"properties": {"name": "urn:ogc:def:crs:EPSG::4326"}}, AREA),
        ({"properties": {"name": "urn:ogc:def:crs:EPSG::32617"}}, AREA),
        (None, {"type": "Polygon", "coordinates": [[[-84.4, 33.6], [-84.3, 33.6], [-84.3, 33.7], [-84.4, 33.6]]]}),
    ],
)
def test_another_coordinate_system_is_an_error(tmp_path, crs, geometry):
    with pytest.raises(AnnotationError, match="another coordinate system: features in EPSG"):
        READER.annotation(scene(tmp_path, [geometry], crs))


def test_the_class_is_the_first_property_that_a_feature_has(tmp_path):
    items = [{"label": "silo", "name": "x"}, {"class": "", "type": "crane"}, {"class": 7}, {}]
    content = {"features": [{"properties": item, "geometry": AREA} for item in items]}
    found = GeoJson(()).annotation(scene(tmp_path, [], text=json.dumps(content)))
    assert [box.native for box in found.boxes] == ["silo", "crane", "7"]
    assert [(lost.label, lost.reason, lost.count) for lost in found.lost] == [("", "no class", 1)]


@pytest.mark.parametrize(
    ("tags", "point", "pixel"),
    [
        ({33550: (0.5, 0.25, 0), 33922: (0, 0, 0, 100, 200, 0)}, (101, 199), (2, 4)),
        ({33550: (0.5, 0.25, 0), 33922: (2, 4, 0, 101, 199, 0)}, (100, 200), (0, 0)),
        ({34264: (0, 2, 0, 10, 2, 0, 0, 20, 0, 0, 0, 0, 0, 0, 0, 1)}, (16, 22), (1, 3)),  # rows go east
        ({33550: (1, 1, 0), 33922: (0, 0, 0, 0, 0, 0), "keys": ((1025, 2),)}, (0, 0), (0.5, 0.5)),  # middles of pixels
    ],
)
def test_pixels_of_a_point_on_the_ground(tmp_path, tags, point, pixel):
    ground = ground_of(tiff(tmp_path / "a.tif", tags))
    assert ground.to_pixels(np.array([point], float)).tolist() == [list(pixel)]


@pytest.mark.parametrize(
    "tags", [{}, {33550: (0.5, 0.5, 0)}, {33550: (0, 0, 0), 33922: (0, 0, 0, 1, 1, 0)}, {33550: (1, 1, 0), 33922: (0, 0, 0)}]
)
def test_pictures_without_a_place_on_the_ground(tmp_path, tags):
    with pytest.raises(AnnotationError, match="picture without a place on the ground"):
        ground_of(tiff(tmp_path / "a.tif", tags))


@pytest.mark.parametrize("data", [b"", b"II*\0", b"\x89PNG\r\n\x1a\n" + bytes(60)])
def test_pictures_that_are_no_tiff(tmp_path, data):
    (tmp_path / "a.tif").write_bytes(data)
    with pytest.raises(PictureError, match="unreadable picture"):
        ground_of(storage.stat(str(tmp_path / "a.tif")))


@pytest.mark.parametrize(("code", "size"), [(9001, 0.5), (9002, None)])  # metres, feet
def test_size_of_a_pixel(tmp_path, code, size):
    tags = {33550: (0.5, 0.5, 0), 33922: (0, 0, 0, 0, 0, 0), "keys": ((1024, 1), (3076, code))}
    assert ground_of(tiff(tmp_path / "a.tif", tags)).pixel_size() == size


def test_only_the_header_of_a_picture_is_fetched(tmp_path, monkeypatch):
    path = tmp_path / "a.tif"
    geotiff(np.random.default_rng(0), path, 600, 500)
    fetched, read = [], storage.read

    def counted(uri, offset=0, length=None):
        fetched.append(length)
        return read(uri, offset, length)

    monkeypatch.setattr(storage, "read", counted)
    assert ground_of(storage.stat(str(path))).affine == (METRES, 0, WEST, 0, -METRES, NORTH)
    assert sum(fetched) < path.stat().st_size / 5


@pytest.mark.parametrize(
    ("dataset", "split", "picture", "features"),
    [
        ("spacenet-buildings", "train", "A_Train/RGB-PanSharpen/R_{}.tif", "A_Train/geojson/buildings/buildings_{}.geojson"),
        ("spacenet-buildings", "train", "3band/3band_{}.tif", "vectordata/geojson/Geo_{}.geojson"),
        (
            "spacenet-roads",
            "train",
            "train/A/PS-RGB/SN3_roads_train_{}.tif",
            "train/A/geojson_roads/SN3_roads_train_{}.geojson",
        ),
        ("spacenet-roads", "test", "test_public/A/PS-RGB/SN3_roads_test_public_{}.tif", ""),
    ],
)
def test_folders_and_names_of_spacenet(tmp_path, dataset, split, picture, features):
    for pattern, mark in ((picture, "_PS-RGB"), (features, "_geojson")):
        for name in (f"AOI_2_Vegas{mark}_img1", f"AOI_2_Vegas{mark}_img10", f"AOI_7_Moscow{mark}_chip1") if pattern else ():
            path = tmp_path / pattern.format(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("x")
    wanted = {"AOI_2_Vegas_img1", "AOI_2_Vegas_img10"} | ({"AOI_7_Moscow_chip1"} if dataset == "spacenet-roads" else set())
    scenes = {item.key: item for item in load()[dataset].reader.scenes(Source(dataset, str(tmp_path), "x", split), "x")}
    assert set(scenes) == wanted
    assert {item.annotated for item in scenes.values()} == {bool(features)}


@pytest.mark.parametrize(
    ("picture", "features", "reader", "count", "gsd"),
    [
        ("sample_geotiff.tif", "geotiff_labels.geojson", READER, 43, 0.5),
        ("road_mask_input.tif", "sample_roads_for_masking.geojson", ROADS, 9, None),
        ("road_mask_input.tif", "empty.geojson", ROADS, 0, None),  # 0 bytes
    ],
)
def test_real_features(samples, picture, features, reader, count, gsd):
    folder = samples / "solaris/solaris/data"
    files = storage.stat(str(folder / picture)), storage.stat(str(folder / features))
    found = reader.annotation(Scene("s", "k", "g", files[0], files[1:]))
    text = (folder / features).read_text(encoding="utf-8")
    assert len(found.boxes) == count == text.count('"geometry"')  # as text, not parsed
    assert found.lost == () and (found.gsd == gsd or not found.boxes)
    width, height = {"sample_geotiff.tif": (900, 900), "road_mask_input.tif": (1300, 1300)}[picture]
    for box in found.boxes:
        assert box.x1 > 0 and box.y1 > 0 and box.x0 < width and box.y0 < height


def test_real_roads_lie_where_their_mask_is(samples):
    """The mask of the same lines was written by other software, with a width of about four metres."""
    folder = samples / "solaris/solaris/data"
    files = [storage.stat(str(folder / name)) for name in ("road_mask_input.tif", "sample_roads_for_masking.geojson")]
    mask = tifffile.imread(folder / "sample_road_raster_mask.tif") > 0
    drawn = np.zeros(mask.shape, np.uint8)
    for box in ROADS.annotation(Scene("s", "k", "g", files[0], (files[1],))).boxes:
        cv2.fillPoly(drawn, [np.round(np.array(box.polygon).reshape(-1, 2)).astype(np.int32)], 1)
    both = np.count_nonzero(mask & (drawn > 0))
    assert both > 0.95 * np.count_nonzero(mask)
    assert both > 0.85 * np.count_nonzero(drawn)
