"""The search behind `leaks` against all pairs compared one by one."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from skypairs.transforms.leak_search import References, search


def brute(hashes, flat, pixels, upright, sample_flat, sample_pixels, distance, turns):
    found = []
    for row, value in enumerate(upright):
        if sample_flat[row]:
            same = [ref for ref in range(len(flat)) if flat[ref] and pixels[ref] == sample_pixels[row]]
            found += [(row, same[0], None, None)] if same else []
            continue
        near = [
            (int(hashes[ref][g] ^ value).bit_count(), ref, g) for ref in range(len(flat)) if not flat[ref] for g in range(turns)
        ]
        best = min(near, default=(99, 0, 0))
        found += [(row, best[1], best[0], best[2])] if best[0] <= distance else []
    return found


@settings(max_examples=80, deadline=None)
@given(
    seed=st.integers(0, 1 << 30),
    references=st.integers(0, 12),
    samples=st.integers(0, 20),
    distance=st.integers(0, 8),
    turns=st.sampled_from([1, 8]),
)
def test_the_search_finds_what_comparing_everything_finds(seed, references, samples, distance, turns):
    rng = np.random.default_rng(seed)
    few = rng.integers(0, 1 << 63, 3, dtype=np.uint64)  # crowded around three hashes, so that ties are common

    def near(*shape):
        flips = np.uint64(1) << rng.integers(0, 64, (*shape, 4), dtype=np.uint64)
        return rng.choice(few, shape) ^ np.bitwise_xor.reduce(np.where(rng.random((*shape, 4)) < 0.5, flips, np.uint64(0)), -1)

    hashes, upright = near(references, 8), near(samples)
    flat, sample_flat = rng.random(references) < 0.3, rng.random(samples) < 0.3
    pixels = tuple(bytes([value]) for value in rng.integers(0, 3, references))
    sample_pixels = [bytes([value]) for value in rng.integers(0, 3, samples)]
    found = search(References.of(hashes, flat, pixels, turns), upright, sample_flat, sample_pixels, distance)
    assert found == brute(hashes, flat, pixels, upright, sample_flat, sample_pixels, distance, turns)
