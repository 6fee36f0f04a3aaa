"""Writes `src/lib/cp949.table.json`: what Python says about every character, for the browser's test to agree with.

Runs of (how many, weight) over U+0000..FFFF, weight = bytes after normalising, or -1 when it can't be encoded; and whole
sentences where normalising joins or drops neighbours. Run from the repository: `.venv/bin/python web/tools/cp949_table.py`.
"""

import itertools
import json
from pathlib import Path

from pabal.domain.text import measure

SENTENCES = [
    "안녕하세요 김서연님, 마포을 캠프입니다.",
    "줄\r\n바꿈\r세 가지\n",
    "ㄱㅏ나\u1102\u1161 조합형",
    "e\u0301 결합 악센트와 \u200b폭 없는 글자",
    "가족 👨\u200d👩\u200d👧 그림과 하트 ❤\ufe0f",
    "가격 ₩9,000 — 반값 ‘특가’ “오늘만” •",
    "뷁쀍 확장 완성형, 漢字 혼용, ＡＢＣ 전각, ① ㈜ ℃ ± ÷",
    "탭\t하나 NBSP\u00a0하나",
]


def weight(code: int) -> int:
    found = measure(chr(code))
    return -1 if found.unencodable else found.bytes


def main() -> None:
    codes = (c for c in range(0x10000) if not 0xD800 <= c <= 0xDFFF)
    runs = [[len(list(group)), key] for key, group in itertools.groupby(weight(c) for c in codes)]
    sentences = [
        {"text": s, "bytes": (m := measure(s)).bytes, "bad": [b.char for b in m.unencodable]} for s in SENTENCES
    ]
    target = Path(__file__).parent.parent / "src" / "lib" / "cp949.table.json"
    target.write_text(json.dumps({"runs": runs, "sentences": sentences}, ensure_ascii=True) + "\n")


if __name__ == "__main__":
    main()
