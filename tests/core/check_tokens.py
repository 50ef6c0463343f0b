#!/usr/bin/env python3
"""check_tokens.py SOURCE PROGRAM: the tokeniser against Python's Unicode.

SOURCE is src/core: make_tokens_tables.py there says in Python what tokens.cc does with its tables. Every
assigned character alone and among others, and texts drawn at random, must give the same words in both;
and whatever the normalisation form or case of a text, it must give the same words. (Where kept marks
of several scripts meet on one letter, or Telugu's AI and virama, their order may differ: nobody writes so.)
"""
import random
import subprocess
import sys
import unicodedata

sys.path.insert(0, sys.argv[1])
sys.dont_write_bytecode = True
import make_tokens_tables as tables  # noqa: E402

# Where a random text takes its characters from: one alphabet, or all of them.
ALPHABETS = [(0x20, 0x24F), (0x370, 0x52F), (0x590, 0x6FF), (0xE00, 0xEFF),
             *((first, first + 0x7F) for first in range(0x900, 0xE00, 0x80)), (0x1000, 0x11FF), (0x1780, 0x17FF), (0x1E00, 0x1FFF), (0x3040, 0x30FF),
             (0x4E00, 0x4E40), (0xAC00, 0xAD00), (0xFF00, 0xFFEF), (0x11000, 0x1147F)]
ACCENTS = [0x301, 0x302, 0x308, 0x323, 0x327, 0x345]
KANA_MARKS = [0x3099, 0x309A]


def words_of(texts):
    lines = "".join(text.encode().hex() + "\n" for text in texts)
    run = subprocess.run([sys.argv[2]], input=lines.encode(), stdout=subprocess.PIPE, check=True)
    return [line.split(" ")[:-1] for line in run.stdout.decode().split("\n")[:-1]]


def require(condition, what, *shown):
    if not condition:
        sys.exit(f"{what}: " + ", ".join(f"{one!a}" for one in shown))


def compare(texts):
    got = words_of(texts)
    require(len(got) == len(texts), "another number of lines", len(got), len(texts))
    for text, words in zip(texts, got):
        expected = tables.tokens(text)
        require(words == expected, "not the reference's words", text, words, expected)


def draw(rng, characters):
    kana = characters[0] == 0x3041 or characters[0] > 0xFF00
    marks = ACCENTS + KANA_MARKS if kana else ACCENTS
    text = ""
    for _ in range(rng.randrange(1, 12)):
        text += chr(rng.choice(characters))
        if rng.random() < 0.2:
            text += chr(rng.choice(marks))
        if rng.random() < 0.15:
            text += rng.choice(" '-/’\u200d")
    return text


def main():
    if unicodedata.unidata_version != tables.UNICODE:
        print(f"the tokeniser is of Unicode {tables.UNICODE}, this Python of "
              f"{unicodedata.unidata_version}: nothing to compare")
        return
    every = tables.assigned()
    compare([f"a{chr(c)}b {chr(c)} 東{chr(c)}{chr(c)}京" for c in every])

    def same(what, forms):
        words = words_of([text for pair in forms for text in pair])
        for (a, b), one, other in zip(forms, words[::2], words[1::2]):
            require(one == other, what, a, one, b, other)

    nfc, nfd = (lambda text: unicodedata.normalize("NFC", text),
                lambda text: unicodedata.normalize("NFD", text))
    rng = random.Random(15)
    texts = [chr(c) for c in every]
    for first, last in ALPHABETS:
        characters = [c for c in range(first, last + 1) if tables.class_of(c) is not None and c not in (0xC48, 0xC56)]
        texts += [draw(rng, characters) for _ in range(500)]
    same("NFC and NFD differ", [(nfc(text), nfd(text)) for text in texts])
    same("upper and lower case differ", [(text.upper(), text.lower()) for text in texts])
    texts += [draw(rng, every) for _ in range(2000)]
    compare(texts[len(every):])
    words = words_of(texts)
    require(words == words_of([" ".join(one) for one in words]), "words of words differ")


main()
