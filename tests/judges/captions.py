"""Whether a caption is true of a picture, read clause by clause and looked up object by object.

Written from docs/captions.md and docs/remoteclip.md in plain Python, to judge the checker: no code is shared with it,
nor with the rules. It reads captions of known classes whose names hold neither commas nor "and".
"""

import math
import re

NUMBERS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}
ROUND = {
    "fifteen": 15,
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
    "a hundred": 100,
    "two hundred": 200,
    "three hundred": 300,
    "four hundred": 400,
    "five hundred": 500,
}
PARTS = {
    "a twentieth": 0.05,
    "a tenth": 0.1,
    "an eighth": 0.125,
    "a sixth": 1 / 6,
    "a fifth": 0.2,
    "a quarter": 0.25,
    "a third": 1 / 3,
    "two fifths": 0.4,
    "half": 0.5,
    "two thirds": 2 / 3,
    "three quarters": 0.75,
}
PLACES = (
    *("right at the center", "near the center", "between center & edge", "near the edge", "in a corner", "in the corners"),
    "along the border",
)
STUFF = {"water"}
"""Classes without a number of their own: always regions."""


def is_true(text, picture):
    """Raises ValueError for a text that is no caption."""
    if text.endswith(" ."):
        return Judge(picture).remoteclip(text[:-2])
    if not text.endswith("."):
        raise ValueError(text)
    return all(Judge(picture).sentence(part) for part in text[:-1].split(". "))


class Judge:
    def __init__(self, picture):
        self.picture = picture
        self.W, self.H = picture.width, picture.height
        self.L = max(self.W, self.H)
        self.one = {one: one for one, many in picture.words}
        self.many = {many: one for one, many in picture.words}

    # RemoteCLIP

    def remoteclip(self, text):
        text = text[0].lower() + text[1:]
        where = ""
        for words in (
            "in the middle of the picture",
            "at the edge of the picture",
            "in this remote sensing picture",
            "in the picture",
        ):
            if text.endswith(" " + words):
                where, text = words, text[: -len(words) - 1]
                break
        else:
            raise ValueError(text)
        for tail in (" are located", " is located", " are", " is"):
            if text.endswith(tail):
                text = text[: -len(tail)]
        if text.startswith("there are both "):
            return all(self.amount("both " + name, where) for name in text[15:].split(" and "))
        for head in ("there is ", "there are "):
            if text.startswith(head):
                text = text[len(head) :]
        return all(self.amount(item, where) for item in re.split(", | and ", text))

    def amount(self, item, where):
        vague = ("many ", "lots of ", "a lot of ", "a quantity of ", "a crowd of ", "a large deal of ", "both ")
        word = next((word for word in vague if item.startswith(word)), None) or item.partition(" ")[0] + " "
        name = item[len(word) :]
        single = word in ("a ", "an ")
        areas = name.startswith("place with " if single else "places with ")
        if areas:
            name = name.partition(" with ")[2]
        label = (self.one if single else self.many)[name]
        low, high = self.picture.centre
        found = []
        for box in self.picture.boxes:
            x, y = (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2
            middle = low * self.W <= x <= high * self.W and low * self.H <= y <= high * self.H
            here = middle if "middle" in where else not middle if "edge" in where else True
            if box.label == label and areas == self.is_region(box) and here:
                found.append(box)
        crowd = any(box.crowd for box in found)
        if word == "both ":
            return len(found) >= 2 or crowd
        if word in vague:
            return len(found) > 10 or crowd
        if not single and not word.strip().isdigit():
            raise ValueError(item)
        return not crowd and len(found) == (1 if single else int(word))

    def is_region(self, box):
        return box.kind == "region" or box.label in STUFF

    # rich

    def sentence(self, text):
        text = text[0].lower() + text[1:]
        text = text.replace("between the center and the edge", "between center & edge")
        for place in PLACES:
            if found := re.match(f"{place} there (is|are) ", text):
                return all(self.item(item, place) for item in re.split(", | and ", text[found.end() :]))
        if found := re.match(
            "an aerial picture of |an aerial view of |this aerial picture shows |(in this aerial picture )?there (is|are) ",
            text,
        ):
            return self.items(text[found.end() :])
        if re.search("; | is next to | (is|are) | spans | each span ", text):
            return all(self.statement(part) for part in text.split("; "))
        return self.items(text)

    def items(self, text):
        head = ""
        if text.startswith("mostly ") and " with " in text:
            head, _, text = text.partition(" with ")
            return all([self.item(head, ""), *(self.item(item, "") for item in re.split(", | and ", text))])
        return all(self.item(item, "") for item in re.split(", | and ", text))

    def statement(self, text):
        if found := re.fullmatch("(?:about (.+?)|almost all) of the picture is covered by (.+)", text):
            share = self.share(self.many[found[2]])
            return abs(share - PARTS[found[1]]) <= 0.06 if found[1] else share >= 0.9
        if " is next to " in text:
            ends = []
            for end in text.split(" is next to "):
                if end.startswith("one of the "):
                    found = self.objects(self.many[end[11:]], False)
                    if len(found) < 2:
                        return False
                else:
                    label = self.one[end.split(" ", 1)[1]]
                    found = self.objects(label, False)
                    if not (len(found) == 1 or (found and not self.exact(label, False))):
                        return False
                ends.append(found)
            return any(self.beside(a, b) for a in ends[0] for b in ends[1] if a is not b)
        if re.search(" spans | each span ", text):
            return self.item(re.sub(" spans | each span ", " spanning ", text), "")
        group, be, said = re.split(" (is|are) ", text, maxsplit=1)
        if group.startswith("the "):
            group = group.removeprefix("the ") if be == "are" else f"a {group.removeprefix('the ')}"
        return self.item(group + " " + " ".join(re.split(", | and ", said)), "", said=True)

    def item(self, text, place, said=False):
        for start in ("mostly ", "a little "):
            if text.startswith(start):
                label = self.many[text[len(start) :]]
                share = self.share(label)
                return bool(self.objects(label, True)) and (share >= 0.5 if start == "mostly " else share <= 0.08)
        if found := re.fullmatch("an? (?:strip of )?(.+) crossing the picture", text):
            return any(self.crosses(box) for box in self.objects(self.one[found[1]], True))
        amount, rest = self.split_amount(text)
        single = amount in ("a", "an")
        regions, size = False, ""
        for words in ("area of ", "separate areas of "):
            if rest.startswith(words):
                regions, rest = True, rest[len(words) :]
        packed = rest.startswith("densely packed ")
        rest = rest.removeprefix("densely packed ")
        names = self.many if regions or not single else self.one
        label = self.name(names, rest)
        if label is None:
            size, _, rest = rest.partition(" ")
            label = self.name(names, rest)
            if label is None or size not in ("tiny", "small", "medium-sized", "large"):
                raise ValueError(text)
        words = next(name for name in sorted(names, key=len, reverse=True) if (rest + " ").startswith(name + " "))
        after = rest[len(words) :].strip()
        tests = [(self.of_size, size)] * bool(size) + [(self.arranged, "densely packed")] * packed
        while after:
            after, place, test = self.next_word(after, place, said)
            tests += [test] if test else []
        exact = self.exact(label, regions)
        objects = [box for box in self.objects(label, regions) if not place or self.at(box, place)]
        if not self.number(amount, len(objects), exact):
            return False
        return all(test(objects, *words) if isinstance(words, tuple) else test(objects, words) for test, words in tests)

    def name(self, names, rest):
        found = [name for name in names if (rest + " ").startswith(name + " ")]
        return names[max(found, key=len)] if found else None

    def split_amount(self, text):
        amounts = ["a few", "several", "dozens of", "hundreds of", "about a dozen"]
        amounts += [*NUMBERS, *(f"at least {word}" for word in NUMBERS), *(f"about {word}" for word in ROUND)]
        amounts += [f"more than {word}" for word in ("ten", *ROUND, "a thousand")]
        for amount in sorted(amounts, key=len, reverse=True):
            if text.startswith(amount + " "):
                return amount, text[len(amount) + 1 :]
        amount, _, rest = text.partition(" ")
        if amount not in ("a", "an"):
            raise ValueError(text)
        return amount, rest

    def number(self, amount, n, exact):
        if amount in ("a", "an"):
            return n == 1 if exact else n >= 1
        if amount in NUMBERS:
            return exact and n == NUMBERS[amount]
        if amount.startswith("at least "):
            return n >= NUMBERS[amount[9:]]
        if amount == "a few":
            return exact and 3 <= n <= 5
        if amount == "several":
            return exact and 4 <= n <= 9
        if amount == "about a dozen":
            return exact and 10 <= n <= 14
        if amount.startswith("about "):
            return exact and abs(n - ROUND[amount[6:]]) * 5 <= ROUND[amount[6:]]
        if amount.startswith("more than "):
            return n > {"ten": 10, "a thousand": 1000, **ROUND}[amount[10:]]
        return n >= {"dozens of": 24, "hundreds of": 200}[amount]

    def next_word(self, after, place, said):
        for words in PLACES:
            if after.startswith(words):
                if place:
                    raise ValueError("two places")
                return after[len(words) :].strip(), words, None
        for words in ("of similar size", "of very different sizes", "filling most of the picture"):
            if after.startswith(words):
                return after[len(words) :].strip(), place, (self.of_size, words)
        for words in ("scattered across the picture", "clustered together", "in a row", "side by side", "far apart"):
            if after.startswith(words):
                return after[len(words) :].strip(), place, (self.arranged, words)
        for words in ("densely packed", "cut off by the border"):
            if after.startswith(words):
                return after[len(words) :].strip(), place, (self.arranged, words)
        if found := re.match(r"(?:each )?about (\d+) meters? long", after):
            return after[found.end() :].strip(), place, (self.long, int(found[1]))
        if found := re.match(rf"(?:each )?spanning about ({'|'.join(PARTS)}) of the picture", after):
            return after[found.end() :].strip(), place, (self.spanning, PARTS[found[1]])
        for words in ("tiny", "small", "medium-sized", "large"):
            if said and after.startswith(words):
                return after[len(words) :].strip(), place, (self.of_size, words)
        raise ValueError(after)

    # objects

    def of_class(self, label, regions):
        return [box for box in self.picture.boxes if box.label == label and self.is_region(box) == regions]

    def visible(self, box):
        return 224 * math.sqrt((box.x1 - box.x0) * (box.y1 - box.y0)) / self.L >= 4

    def objects(self, label, regions):
        return [box for box in self.of_class(label, regions) if self.visible(box)]

    def exact(self, label, regions):
        if any(lost.label == label and lost.count for lost in self.picture.lost):
            return False
        for box in self.of_class(label, regions):
            if not self.visible(box) or box.difficult or box.crowd or (box.cut and not regions):
                return False
        return True

    def at(self, box, place):
        u = abs(2 * (box.x0 + box.x1) / 2 / self.W - 1)
        v = abs(2 * (box.y0 + box.y1) / 2 / self.H - 1)
        if place == "right at the center":
            return max(u, v) <= 0.2
        if place == "near the center":
            return max(u, v) <= 0.5
        if place == "between center & edge":
            return 0.35 <= max(u, v) <= 0.65
        if place == "near the edge":
            return max(u, v) > 0.5
        if place == "along the border":
            return min(box.x0, box.y0, self.W - box.x1, self.H - box.y1) <= 0.05 * self.L
        return min(u, v) >= 0.6

    def side(self, box):
        return math.sqrt((box.x1 - box.x0) * (box.y1 - box.y0))

    def of_size(self, objects, words):
        sides = [self.side(box) / self.L for box in objects]
        if words == "filling most of the picture":
            return len(objects) == 1 and self.side(objects[0]) ** 2 >= 0.5 * self.W * self.H
        if words == "of similar size":
            return len(sides) >= 3 and max(sides) / min(sides) <= 1.5
        if words == "of very different sizes":
            return len(sides) >= 3 and max(sides) / min(sides) >= 2.5
        low, high = {"tiny": (0, 0.04), "small": (0.035, 0.105), "medium-sized": (0.105, 0.28), "large": (0.3, 99)}[words]
        return all(low <= side <= high for side in sides)

    def spanning(self, objects, part):
        spans = [max((box.x1 - box.x0) / self.W, (box.y1 - box.y0) / self.H) for box in objects]
        return all(abs(span - part) <= 0.2 * part for span in spans)

    def long(self, objects, meters):
        if self.picture.gsd is None or any(box.cut for box in objects):
            return False
        return all(abs(self.length(box) * self.picture.gsd - meters) <= 0.2 * meters for box in objects)

    def length(self, box):
        """The smallest rectangle has a side along two of the corners: every pair is tried."""
        if not box.polygon:
            return max(box.x1 - box.x0, box.y1 - box.y0)
        corners = list(zip(box.polygon[0::2], box.polygon[1::2], strict=True))
        best = (math.inf, 0.0)
        for ax, ay in corners:
            for bx, by in corners:
                far = math.hypot(bx - ax, by - ay)
                if far:
                    dx, dy = (bx - ax) / far, (by - ay) / far
                    along = [x * dx + y * dy for x, y in corners]
                    across = [x * dy - y * dx for x, y in corners]
                    one, other = max(along) - min(along), max(across) - min(across)
                    best = min(best, (one * other, max(one, other)))
        return best[1]

    def arranged(self, objects, words):
        n = len(objects)
        xs, ys = [(box.x0 + box.x1) / 2 for box in objects], [(box.y0 + box.y1) / 2 for box in objects]
        wide, high = (max(xs) - min(xs), max(ys) - min(ys)) if n else (0, 0)
        if words == "scattered across the picture":
            return n >= 4 and wide >= 0.5 * self.W and high >= 0.5 * self.H
        if words == "clustered together":
            return n >= 3 and wide <= 0.3 * self.W and high <= 0.3 * self.H
        if words == "side by side":
            return n == 2 and self.gap(*objects) <= 0.75 * min(map(self.side, objects))
        if words == "far apart":
            return n == 2 and math.hypot(xs[0] - xs[1], ys[0] - ys[1]) >= 0.4 * self.L
        if words == "cut off by the border":
            return n > 0 and all(box.cut for box in objects)
        if words == "densely packed":
            x0, x1 = min(box.x0 for box in objects), max(box.x1 for box in objects)
            y0, y1 = min(box.y0 for box in objects), max(box.y1 for box in objects)
            return n >= 6 and sum(self.side(box) ** 2 for box in objects) >= 0.3 * (x1 - x0) * (y1 - y0)
        return n >= 3 and max(wide, high) >= 0.25 * self.L and self.flatness(xs, ys) <= 0.15

    def flatness(self, xs, ys):
        """Least by greatest standard deviation: the square roots of the eigenvalues of the covariance."""
        mx, my = sum(xs) / len(xs), sum(ys) / len(ys)
        a, b = sum((x - mx) ** 2 for x in xs), sum((y - my) ** 2 for y in ys)
        c = sum((x - mx) * (y - my) for x, y in zip(xs, ys, strict=True))
        root = math.hypot(a - b, 2 * c)
        return math.sqrt(max(a + b - root, 0) / (a + b + root)) if a + b else 1.0

    def gap(self, a, b):
        return math.hypot(max(a.x0 - b.x1, b.x0 - a.x1, 0), max(a.y0 - b.y1, b.y0 - a.y1, 0))

    def beside(self, a, b):
        x, y = min(a.x1, b.x1) - max(a.x0, b.x0), min(a.y1, b.y1) - max(a.y0, b.y0)
        smaller = min(self.side(a), self.side(b))
        return self.gap(a, b) <= 0.75 * smaller and max(x, 0) * max(y, 0) <= 0.3 * smaller**2

    def area(self, box):
        return self.side(box) ** 2 if box.area is None else box.area

    def share(self, label):
        return sum(map(self.area, self.of_class(label, True))) / (self.W * self.H)

    def crosses(self, box):
        across = box.x0 <= 0.03 * self.W and box.x1 >= 0.97 * self.W
        down = box.y0 <= 0.03 * self.H and box.y1 >= 0.97 * self.H
        return (across or down) and self.area(box) <= 0.35 * self.W * self.H
