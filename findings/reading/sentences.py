"""Splits a paragraph into sentences, verbatim."""

import hashlib
import re

SENTENCE_END = re.compile(r"[.!?][\"'”’)\]]{0,2}\s+(?=[\"'“‘(\[]?[A-Z0-9])")
NO_SENTENCE_END = ("e.g.", "i.e.", "etc.", "vs.", "no.", "mr.", "mrs.", "ms.", "dr.", "para.")
LONGEST_ABBREVIATION = max(map(len, NO_SENTENCE_END))


def sentences(text: str) -> list[str]:
    """The sentences of `text` in order; put together with spaces they are `text` again."""
    found, start = [], 0
    for match in SENTENCE_END.finditer(text):
        stop = match.start() + 1
        # The whole last word counts: "victims." is no "ms.".
        if (
            text[max(start, stop - LONGEST_ABBREVIATION - 1) : stop].lower().split(" ")[-1].lstrip("(\"'“‘")
            in NO_SENTENCE_END
        ):
            continue
        found.append(text[start : match.end()].rstrip())
        start = match.end()
    if text[start:].strip():
        found.append(text[start:].strip())
    return found


def digest_of(sentence: str) -> str:
    """The SHA-256 of `sentence` in hex, white space folded: what it is known by wherever its lines break."""
    return hashlib.sha256(" ".join(sentence.split()).encode()).hexdigest()


def folded(text: str) -> str:
    """`text` in small letters, hyphens and spacing apart, as phrases of cues are written."""
    return " ".join(text.lower().replace("-", " ").split())


def straight(text: str) -> str:
    """`text` with curly quotes made straight, for matching only; lengths stay the same."""
    return text.replace("’", "'").replace("‘", "'").replace("“", '"').replace("”", '"')


def shortened(text: str, most: int) -> str:
    """`text`, cut at a word where it is longer than `most` letters, with a sign that it goes on."""
    return text if len(text) <= most else f"{text[:most].rsplit(' ', 1)[0]} …"
