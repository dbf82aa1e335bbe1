"""How many tokens CLIP makes of a caption, at most: without its tokenizer, which a build need not load.

CLIP's byte-pair encoding takes runs of letters apart by a table of merges and every digit and every mark alone (Radford et al.
2021, section 2.4; openai/CLIP, simple_tokenizer.py). Words listed here are known to be one or two tokens; of any other word
each byte counts, which no encoding of bytes exceeds. Start and end of the text are a token each.
"""

import re
from functools import lru_cache

MOST = 77
"""Tokens that CLIP reads of a text, start and end included."""

_ONE_TOKEN = """
    a about across aerial aircraft airplane airplanes airport airports all almost along an and annual apart are area areas
    artificial at avenue bare barge baseball basketball beach beaches between bicycle bicycles boat boats bodied bodies body
    border box bridge bridges building buildings bus buses by car cargo carrier carriers cars cart carts cement cemetery
    center centers chimney christmas church churches circle circles circular city closed clouds coastal coastline commercial
    construction container containers corner corners corporate course courses court courts covered crane cranes crop
    crossing crossroads cruise cut cyclist cyclists dam damaged dams dense desert destroyed diamond diamonds different dozen
    dozens dry dump each edge eight eighth eighty engineering expressway facilities facility far farm farmland farms ferries
    ferry few field fields fifteen fifth fifty filling fishing five fixed flat football forest forests fork forty four
    freeway front gas golf grader graders grass graveyard green greenhouse ground half hangar harbor haul heavily helicopter
    helicopters high highway home homes hundred hundreds hut ice idle in industrial intersection is island islands junction
    lake lakes lakeshore land large larger least liquid little loader locomotive long lot lots low mansion marina marking
    markings meadow meadows medium meter meters mixer mixers mobile more most mostly motorcycle motorcycles mountain
    mountains much narrow natural naval near next nine ninety nursing of off oil one or others overpass packed palace
    palaces panels park parking parks parkway passenger pasture paved pedestrian pedestrians people permanent person pickup
    picture pipeline pipelines plant plants playground pond ponds pool pools port ports power protection quarter quarters
    railway railways reach rear rectangular residential resort resorts right river rivers road roads roof roofs room rooms
    roundabout row runway sandy scattered school schools sea separate service seven seventy several shed sheds ship shipping
    ships shows side similar site sites six sixth sixty size sized sizes skater skaters slightly small snow soccer solar
    space spaces span spanning spans square squares stadium stadiums station stations storage stream streams strip surface
    surfaces swimming t tank tanker tanks ten tennis tent tenth tents terminal terminals than the there thermal third thirds
    thirty this thousand three tiny to together toll tower towers town towns track tractor tractors trailer trailers train
    trains transformer transmission treatment tree trees truck trucks turbine turbines turning twenty two urban utility van
    vans vegetable vegetation vehicle vehicles very vessel vessels viaduct view wall walls warship wastewater water well
    wells wetland wetlands wide wind wing with yacht yachts yard yards
"""
_TWO_TOKENS = """
    avenues awning barges brushland bulldozer bulldozers chimneys clustered coastlines cropland crossroad crosswalk
    crosswalks densely deserts engined eroded excavator excavators fifths flatbed freeways freighter freighters grassland
    graveyards greenhouses hangars harbors helipad helipads huts impervious intersections junctions lakeshores loaders
    locomotives mangroves mansions marinas motorboat motorboats overpasses parkways playgrounds pylon rangeland roundabouts
    runways sailboat sailboats sandbank sandbanks saplings scraper scrapers shrubland sparse speedboat speedboats stacker
    stackers straddle tankers terraced tricycle tugboat tugboats twentieth undamaged warships
"""
_ONE, _TWO = frozenset(_ONE_TOKEN.split()), frozenset(_TWO_TOKENS.split())
_PIECES = re.compile(r"[a-z]+|[^a-z\s]")


@lru_cache(maxsize=1 << 14)
def word_tokens(word: str) -> int:
    """At most so many tokens of a text without blanks."""
    return sum(_piece_tokens(piece) for piece in _PIECES.findall(word.lower()))


def _piece_tokens(piece: str) -> int:
    return 1 if piece in _ONE else 2 if piece in _TWO else len(piece.encode())


def text_tokens(text: str) -> int:
    """At most so many tokens of a piece of a text. Of pieces put together with blanks between them, and with marks behind
    them, it is the sum: no token reaches over a blank, or from a letter to a mark."""
    return sum(map(word_tokens, text.split()))


def token_bound(text: str) -> int:
    """At most so many tokens of a text, start and end included."""
    return 2 + text_tokens(text)
