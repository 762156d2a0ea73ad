#!/usr/bin/env python3
"""Makes words_nl.txt: the guard against correcting words that exist.

Usage: make_words.py OPENTAAL CODED... > words_nl.txt
OPENTAAL: a word a line (/usr/share/dict/dutch of Debian's wdutch 2.20.19).
CODED: the coded chats (NAME.tsv of test/labelled) in which words are counted;
not those that are kept apart for the evaluation.
The names of names_nl.json beside it count as words that exist.
The format is specified in README.md beside this file.
"""
import collections
import csv
import json
import pathlib
import re
import sys
import unicodedata

LONGEST = 15  # longer words are never corrected
BITS_PER_WORD, HASHES, WIDTH = 8, 5, 96
MASK = (1 << 64) - 1


def folded(word):
    """The words of a text as lib/text folds and splits it."""
    text = unicodedata.normalize("NFKD", word.casefold())
    text = "".join(c for c in text if not unicodedata.combining(c))
    for mark in "'’‘´`":
        text = text.replace(mark, "")
    return text.replace("-", " ").split()


def is_plain(word):
    return word.isascii() and word.isalpha() and len(word) <= LONGEST


def fnv(word):
    value = 0xCBF29CE484222325
    for byte in word.encode():
        value = ((value ^ byte) * 0x100000001B3) & MASK
    return value


def places(word, bits):
    value = fnv(word)
    low, high = value & 0xFFFFFFFF, value >> 32 | 1
    return [(low + i * high) % bits for i in range(HASHES)]


def commonest(paths, exist):
    """Words that exist and that people of two chats or more write, commonest first."""
    times, chats = collections.Counter(), collections.defaultdict(set)
    for path in paths:
        with open(path, encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                text = row["text"].replace("\\n", " ")
                for word in re.findall(r"[^\W\d_]+", " ".join(folded(text))):
                    if is_plain(word) and word in exist:
                        times[word] += 1
                        chats[word].add(path)
    return sorted((word for word in times if len(chats[word]) > 1), key=lambda word: (-times[word], word))


def main():
    opentaal, lower = set(), set()
    for line in open(sys.argv[1], encoding="utf-8"):
        for part in folded(line.strip()):
            if is_plain(part):
                opentaal.add(part)
                if line[0].islower():
                    lower.add(part)
    common = commonest(sys.argv[2:], lower)
    rows = -(-len(opentaal) * BITS_PER_WORD // (6 * WIDTH))
    bits = rows * WIDTH * 6
    table = [0] * (rows * WIDTH)
    people = json.loads(pathlib.Path(__file__).with_name("names_nl.json").read_text("utf-8"))
    names = {name for name in people["first"] + people["last"] if is_plain(name)}
    for word in opentaal | names:
        for place in places(word, bits):
            table[place // 6] |= 1 << place % 6
    print("etherpeil-words/1")
    print("Which words exist: OpenTaal 2.20.19, (c) OpenTaal, CC BY 3.0, folded, as a Bloom filter.")
    print("The commonest of them, in order: counted in this project's own coded chats.")
    print(f"common {len(common)}")
    line = ""
    for word in common:
        if len(line) + len(word) > WIDTH:
            print(line.rstrip())
            line = ""
        line += word + " "
    print(line.rstrip())
    print(f"words {len(opentaal)} bits {bits} hashes {HASHES} width {WIDTH}")
    for row in range(rows):
        print("".join(chr(48 + sign) for sign in table[row * WIDTH:(row + 1) * WIDTH]))


main()
