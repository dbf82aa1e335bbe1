"""Draws for one picture after another: rendezvous hashing (Thaler and Ravishankar 1998) at a microsecond a choice.

One BLAKE2b a picture gives 64 bits; every name that is ever chosen has 64 of its own, hashed once and kept. The two are mixed
by the finalizer of SplitMix64 (Steele, Lea and Flood 2014, figure 16), a bijection in which every bit of input changes half
of the output: the name with the largest mix is chosen. A name added to a list takes only those choices that it wins.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from skypairs.schemas.identity import stable_hash

_BITS = (1 << 64) - 1


def picture_token(seed: int, identifier: str) -> int:
    """64 bits from which all draws of a picture follow."""
    return int.from_bytes(stable_hash("caption", seed, identifier, size=8), "big")


def mix(token: int) -> int:
    """64 bits to 64 others, one to one."""
    token = ((token ^ token >> 30) * 0xBF58476D1CE4E5B9) & _BITS
    token = ((token ^ token >> 27) * 0x94D049BB133111EB) & _BITS
    return token ^ token >> 31


@lru_cache(maxsize=1 << 14)
def name_bits(name: str) -> int:
    """64 bits of a name, the same always."""
    return int.from_bytes(stable_hash("draw", name, size=8), "big")


def derive(token: int, name: str, number: int = 0) -> int:
    """The token of a named draw, and of its n-th repetition."""
    return mix(token ^ name_bits(name)) if not number else mix(mix(token ^ name_bits(name)) + number & _BITS)


def share(token: int) -> float:
    """A number in [0, 1), uniform over tokens."""
    return (mix(token) >> 11) / (1 << 53)


def choose(names: Sequence[str], token: int) -> str:
    """The name with the largest mix; one of equals is the same always."""
    return max(_mixed(tuple(names), token))[1]


def ranked(names: Sequence[str], token: int) -> Iterator[str]:
    """Names from the largest mix to the smallest: a further name takes a place among the others and moves none of them."""
    left = _mixed(tuple(names), token)
    yield max(left)[1]
    left.sort(reverse=True)
    for _, name in left[1:]:
        yield name


def _mixed(names: tuple[str, ...], token: int) -> list[tuple[int, str]]:
    """Each name with `mix` of its bits and the token, written out: most of what a draw costs would be the calls."""
    found = []
    for bits, name in _with_bits(names):
        one = token ^ bits
        one = ((one ^ one >> 30) * 0xBF58476D1CE4E5B9) & _BITS
        one = ((one ^ one >> 27) * 0x94D049BB133111EB) & _BITS
        found.append((one ^ one >> 31, name))
    return found


@lru_cache(maxsize=1 << 10)
def _with_bits(names: tuple[str, ...]) -> tuple[tuple[int, str], ...]:
    return tuple((name_bits(name), name) for name in names)
