"""Numbers as people say them. docs/captions.md states of each word when it is said, and when it is true."""

from functools import lru_cache

DIGITS = ("", "", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
"""The numbers that are said as they are."""
_ROUND = {
    15: "fifteen",
    20: "twenty",
    30: "thirty",
    40: "forty",
    50: "fifty",
    60: "sixty",
    70: "seventy",
    80: "eighty",
    90: "ninety",
    100: "a hundred",
    200: "two hundred",
    300: "three hundred",
    400: "four hundred",
    500: "five hundred",
}
_BOUNDS = {10: "ten", 15: "fifteen", 20: "twenty", 30: "thirty", 40: "forty", 50: "fifty", 60: "sixty", 80: "eighty"} | {
    100: "a hundred",
    200: "two hundred",
    300: "three hundred",
    500: "five hundred",
    1000: "a thousand",
}


@lru_cache(maxsize=1 << 12)
def amounts(number: int, exact: bool) -> tuple[str, ...]:
    """Words for a number of at least two, all true of it, the most telling first; not exact: the number is a lower bound."""
    if number <= len(DIGITS) - 1:
        if not exact:
            return (f"at least {DIGITS[number]}",)
        few = ("a few",) if 3 <= number <= 5 else ()
        return DIGITS[number], *few, *(("several",) if 4 <= number <= 9 else ())
    words = []
    if exact and number <= 13:
        words.append("about a dozen")
    if exact:
        near = [value for value in _ROUND if 10 * abs(number - value) <= value]
        words += [f"about {_ROUND[value]}" for value in sorted(near, key=lambda value: (abs(number - value), value))]
    words.append(f"more than {_BOUNDS[max(value for value in _BOUNDS if value < number)]}")
    if number >= 250:
        words.append("hundreds of")
    elif number >= 30:
        words.append("dozens of")
    return tuple(words)
