"""`make words`: which words of the product the English catalogue lacks, and which it holds for nothing.

`--write` brings the file up to date: what is missing stands there without a translation, what is obsolete is gone.
"""

import sys

from mediation.catalogue import FOLDER, catalogue

from .collect import collected
from .po import FILE, written


def main() -> int:
    words, known = collected(), catalogue("en", FOLDER)
    missing = {text: place for text, place in words.items() if not known.get(text)}
    obsolete = sorted(set(known) - set(words))
    for text, place in missing.items():
        print(f"missing: {place}: {text}")
    for text in obsolete:
        print(f"obsolete: {text}")
    print(f"{len(words)} words, {len(missing)} missing, {len(obsolete)} obsolete")
    if "--write" in sys.argv[1:]:
        (FOLDER / FILE).write_text(written({text: known.get(text, "") for text in words}), encoding="utf-8")
    return 1 if missing or obsolete else 0


if __name__ == "__main__":
    sys.exit(main())
