"""RSOD: aircraft, oil tanks, overpasses and playgrounds."""

from skypairs.schemas.dataset import DatasetSpec
from skypairs.schemas.vocabulary import named
from skypairs.transforms.readers.layout import Place
from skypairs.transforms.readers.oriented_voc import OrientedVoc

SPEC = DatasetSpec(
    name="rsod",
    title="RSOD: object detection in four classes",
    task="detection",
    reader=OrientedVoc(places=(Place("*/JPEGImages", "*/Annotation/xml"),), complete=True),
    layout=(
        "{aircraft,oiltank,overpass,playground}/JPEGImages/aircraft_1.jpg\n"
        "{aircraft,oiltank,overpass,playground}/Annotation/xml/aircraft_1.xml"
    ),
    licence="not stated; research use",
    redistributable=False,
    homepage="https://github.com/RSIA-LIESMARS-WHU/RSOD-Dataset-",
    citation=(
        "Long, Gong, Xiao, Liu: Accurate Object Localization in Remote Sensing Images Based on Convolutional Neural Networks. "
        "IEEE Transactions on Geoscience and Remote Sensing 55, 2017."
    ),
    obtain=(
        "Open https://github.com/RSIA-LIESMARS-WHU/RSOD-Dataset- and follow its links to the four archives.",
        "Unpack them into one folder, so that it holds aircraft, oiltank, overpass and playground.",
    ),
    classes=(
        named("aircraft"),
        named("oiltank"),
        named("overpass"),
        named("playground"),
    ),
    sensor="Google Earth, Tianditu",
    published=(
        ("pictures", 976),
        ("annotated pictures", 936),
        ("airplanes", 4993),
        ("storage tanks", 1586),
        ("overpasses", 180),
        ("playgrounds", 191),
    ),
    evidence="second source",
    notes=(
        "There are no splits. Pictures without an XML (40 of playground) are taken for pictures without objects, and get no "
        "caption either way. Some coordinates are negative: boxes are clipped to the picture. The text files of "
        "Annotation/labels say the same as the XML and are not read. A key starts with the folder of its class."
    ),
)
