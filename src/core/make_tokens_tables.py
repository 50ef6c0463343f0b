#!/usr/bin/env python3
"""Makes tokens_tables.inc, what version 2 of the tokeniser knows of Unicode: run without arguments.

The tables belong to the version: they are those of Unicode 14.0.0 for ever, and files rely on them. Another
Unicode would be another version of the tokeniser. `--check` makes them again and compares.
"""
import functools
import os
import sys
import unicodedata

UNICODE = "14.0.0"
TABLES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "tokens_tables.inc")

# The classes of a character, after folding.
SEPARATOR, LETTER, UNSPACED, MARK, IGNORED = range(5)

# Scripts that are written without spaces: Thai, Lao, Myanmar, Khmer, Han (with what is written among
# it), Hiragana, Katakana.
UNSPACED_BLOCKS = [
    (0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x19E0, 0x19FF), (0x2E80, 0x2FDF),
    (0x3005, 0x3007), (0x3021, 0x3029), (0x3031, 0x3035), (0x3038, 0x303C), (0x3040, 0x30FF),
    (0x31F0, 0x31FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xA9E0, 0xA9FF), (0xAA60, 0xAA7F),
    (0xF900, 0xFAFF), (0xFF66, 0xFF9F), (0x1AFF0, 0x1B16F), (0x20000, 0x3FFFF)]

# Marks that fall away: accents of Latin, Greek and Cyrillic, points of Hebrew and Arabic, overlays,
# variation selectors. Other scripts' marks (vowels of India and South East Asia) are kept.
DROPPED_MARKS = [
    (0x0300, 0x036F), (0x0483, 0x0489), (0x0591, 0x05C7), (0x0610, 0x061A), (0x064B, 0x065F),
    (0x0670, 0x0670), (0x06D6, 0x06ED), (0x0898, 0x089F), (0x08CA, 0x08FF), (0x180B, 0x180F),
    (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF), (0x2DE0, 0x2DFF), (0xA66F, 0xA67D),
    (0xA69E, 0xA69F), (0xFB1E, 0xFB1E), (0xFE00, 0xFE0F), (0xFE20, 0xFE2F), (0xE0100, 0xE01EF)]
# Apostrophes and their like, which stand inside of words, and the Arabic stroke that stretches one.
DROPPED_SIGNS = {0x27, 0x2BB, 0x2BC, 0x5F3, 0x5F4, 0x640, 0x2018, 0x2019, 0xFF07}
YPOGEGRAMMENI, ZERO_WIDTH_SPACE = 0x345, 0x200B
VOICED = (0x3099, 0x309A)  # of kana

# Letters that are another one with a stroke or two in one, which Unicode does not take apart.
LETTERS = {"ø": "o", "đ": "d", "ł": "l", "ħ": "h", "ŧ": "t", "ı": "i", "ð": "d",
           "æ": "ae", "œ": "oe", "þ": "th"}

# Characters that stay as they are: kana and Hangul because they are kept composed, the others
# because their many forms would take more room than they are worth.
UNFOLDED = [
    (0x1D2C, 0x1D6A), (0x1D78, 0x1D78), (0x1D9B, 0x1DBF), (0x2E80, 0x2FDF), (0x3040, 0x309E),
    (0x30A0, 0x30FE), (0x3131, 0x318E), (0x3190, 0x33FF), (0xAC00, 0xD7A3), (0xF900, 0xFAFF),
    (0xFB50, 0xFDFF), (0xFFA0, 0xFFDC), (0x10780, 0x107BF), (0x1E030, 0x1E06D),
    (0x1EE00, 0x1EEFF), (0x2F800, 0x2FA1F)]


def within(c, ranges):
    return any(first <= c <= last for first, last in ranges)


@functools.cache
def class_of(c):
    """None: not assigned, nothing to say."""
    category = unicodedata.category(chr(c))
    if category == "Cn":
        return None
    if c == YPOGEGRAMMENI:
        return LETTER
    if c in DROPPED_SIGNS:
        return IGNORED
    if category == "Cf":  # hyphens that may be, joiners, directions
        return SEPARATOR if c == ZERO_WIDTH_SPACE else IGNORED
    if category[0] == "M":
        if within(c, DROPPED_MARKS):
            return IGNORED
        return MARK if within(c, UNSPACED_BLOCKS) else LETTER
    if category[0] in "LN":
        return UNSPACED if within(c, UNSPACED_BLOCKS) and category != "Nd" else LETTER
    return SEPARATOR


@functools.cache
def fold(c):
    """The code points that stand for a letter, digit or mark: without case, accents and forms."""
    if unicodedata.category(chr(c))[0] not in "LNM" or within(c, UNFOLDED):
        return [c]
    out = spell(c, "NFKD")
    # "½" would become two words, and "Ŀ", too.
    return spell(c, "NFD") if any(class_of(one) == SEPARATOR for one in out) else out


def spell(c, form):
    text = chr(c)
    for _ in range(2):  # the first may bring what only the second folds
        text = unicodedata.normalize(form, text).casefold()
    out = []
    for character in text:
        digit = unicodedata.decimal(character, None)
        character = LETTERS.get(character, character) if digit is None else str(digit)
        out += [ord(one) for one in character if class_of(ord(one)) != IGNORED]
    return out


@functools.cache
def compose(last, c):
    """Kana and Hangul are written composed; anything else stays apart."""
    composed = unicodedata.normalize("NFC", chr(last) + chr(c)) if last else ""
    kana_or_hangul = c in VOICED or 0x1161 <= c <= 0x1175 or 0x11A8 <= c <= 0x11C2
    return ord(composed) if kana_or_hangul and len(composed) == 1 else None


def tokens(text):
    """What tokens.cc does with its tables, from Python's own: the reference of the tests."""
    out, word, run = [], [], []  # run: lists of a character and its marks

    def flush():
        if word:
            out.append("".join(map(chr, word)))
        parts = ["".join(map(chr, part)) for part in run]
        out.extend(parts if len(parts) == 1 else [a + b for a, b in zip(parts, parts[1:])])
        word.clear()
        run.clear()

    for c in (folded for character in text for folded in
              ([] if class_of(ord(character)) == IGNORED else fold(ord(character)))):
        kind = class_of(c)
        last = (word or [0])[-1] if not run else run[-1][-1]
        composed = compose(last, c)
        if kind == SEPARATOR:
            flush()
        elif composed:
            (run[-1] if run else word)[-1] = composed
        elif kind == MARK and (word or run):
            (run[-1] if run else word).append(c)
        elif kind == LETTER:
            if run:
                flush()
            word.append(c)
        else:
            if word:
                flush()
            run.append([c])
    flush()
    return out


# ---- The tables ------------------------------------------------------------------------------

# How a run of characters folds.
SAME, SHIFT, PAIRS, SPELL, DOWN = range(5)


def assigned():
    return [c for c in range(0x110000)
            if not 0xD800 <= c < 0xE000 and class_of(c) is not None]


def make_classes(everything, folds):
    """Where a class begins; what folds needs none, and what is not assigned goes on as before."""
    out = []
    for c in everything:
        if c in folds or out and out[-1][1] == class_of(c):
            continue
        out.append((c, class_of(c)))
    return out


def make_folds(folds):
    """(first, kind, count, target) in order, without overlaps; and the pool of spellings."""
    runs, pool, done = [], [], -1
    for c in sorted(folds):
        if c <= done:
            continue
        if len(folds[c]) != 1:
            # Of plane 1 the lower 16 bits, as everything in the runs of that plane.
            assert len({one >> 16 for one in folds[c]} | {c >> 16}) <= 1, hex(c)
            units = [one & 0xFFFF for one in folds[c]]
            at = next((i for i in range(len(pool)) if pool[i:i + len(units)] == units), len(pool))
            if at == len(pool):
                pool += units
            runs.append((c, SPELL, len(units), at))
            done = c
            continue
        target = folds[c][0]
        best = (SAME, 1)
        for kind, step, slope in (SAME, 1, 0), (SHIFT, 1, 1), (PAIRS, 2, 1):
            if kind == PAIRS and c >> 16 != target >> 16:
                continue
            count = 1
            while folds.get(c + count * step) == [target + slope * count * step] and (
                    step == 1 or c + count * step - 1 not in folds):
                count += 1
            if count > best[1]:
                best = (kind, count)
        kind, count = best
        done = c + count - 1 if kind != PAIRS else c + 2 * (count - 1)
        if kind == SHIFT or kind == PAIRS:
            if c >> 16 == 0 and target >> 16 == 0 or c >> 16 == target >> 16 == 1:
                runs.append((c, kind, count, (target - c) & 0xFFFF))
            else:
                assert target >> 16 == 0 and kind == SHIFT, hex(c)
                runs.append((c, DOWN, count, (target - c) & 0xFFFF))
        elif target >> 16 == 0:
            runs.append((c, SAME, count, target))
        else:
            assert c >> 16 == target >> 16 == 1 and count == 1, hex(c)
            runs.append((c, SHIFT, 1, (target - c) & 0xFFFF))
    return runs, pool


def check(everything, folds):
    """What the properties of the tokeniser rest on."""
    for c in everything:
        for one in folds.get(c, [c]):
            assert folds.get(one, [one]) == [one], hex(c)
    for c, target in folds.items():
        assert c < 0x20000, hex(c)
        assert not any(class_of(one) in (IGNORED, SEPARATOR) for one in target), hex(c)


def lines(items, per_line=90):
    out, line = [], ""
    for item in items:
        if len(line) + len(item) + 2 > per_line:
            out.append(line)
            line = ""
        line += (" " if line else "  ") + item + ","
    return "\n".join(out + [line])


def make():
    everything = assigned()
    folds = {}
    for c in everything:
        if class_of(c) != IGNORED and fold(c) != [c]:
            folds[c] = fold(c)
    check(everything, folds)
    classes = make_classes(everything, folds)
    runs, pool = make_folds(folds)
    plane1 = sum(first < 0x10000 for first, *_ in runs)
    return f"""// Made by make_tokens_tables.py from Unicode {UNICODE}; not to be edited.
// {4 * len(classes) + 6 * len(runs) + 2 * len(pool)} bytes.

// first character << 3 | class, up to the next.
constexpr uint32_t kClasses[] = {{
{lines(str(first << 3 | kind) for first, kind in classes)}
}};

// {{the lower 16 bits of the first character, kind << 12 | count, target}}.
constexpr Fold kFolds[] = {{
{lines("{%d, %d, %d}" % (first & 0xFFFF, kind << 12 | count, target) for first, kind, count, target in runs)}
}};
constexpr size_t kPlane1 = {plane1};  // folds from here on are of characters of plane 1

constexpr uint16_t kSpellings[] = {{
{lines(map(str, pool))}
}};
"""


def main():
    if unicodedata.unidata_version != UNICODE:
        print(f"the tables are of Unicode {UNICODE}, this Python's of {unicodedata.unidata_version}: "
              "nothing to compare")
        return 0 if "--check" in sys.argv else 1
    made = make()
    if "--check" in sys.argv:
        with open(TABLES, encoding="utf-8") as file:
            if file.read() == made:
                return 0
        print(f"{TABLES} is not what make_tokens_tables.py makes")
        return 1
    with open(TABLES, "w", encoding="utf-8") as file:
        file.write(made)
    return 0


if __name__ == "__main__":
    sys.exit(main())
