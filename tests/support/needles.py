"""Looking for people where none may be: a person's words in every form in which a machine might have written them."""

import base64
import os
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote


def _numbers(phone: str) -> set[str]:
    """010 7391 4826 as people and machines write it. The last eight digits alone are as good as the whole."""
    middle, last = phone[3:7], phone[7:]
    return {f"{middle}{last}", f"{middle}-{last}", f"{middle} {last}", f"{middle}.{last}"}


def _forms(word: str) -> Iterator[bytes]:
    for encoding in ("utf-8", "cp949", "utf-16-le", "utf-16-be"):
        raw = word.encode(encoding)
        yield raw
        yield raw.hex().encode()  # bytea in a dump
        yield raw.hex().upper().encode()
        yield "".join(f"\\{byte:03o}" for byte in raw).encode()  # bytea in its old form
        yield repr(raw)[2:-1].encode()  # \xea\xb0\x88 of a Python log
        for lead in range(
            3
        ):  # base64 at each of the three alignments, without the letters its neighbours decide
            text = base64.b64encode(b"\0" * lead + raw)
            yield text[(0, 2, 3)[lead] : len(text) - (0, 3, 2)[(len(raw) + lead) % 3]]
    escaped = word.encode("ascii", "backslashreplace")
    yield escaped  # 갈 of JSON
    yield escaped.replace(b"\\", b"\\\\")
    yield escaped.upper().replace(b"\\U", b"\\u")
    yield quote(word).encode()
    yield quote(word, encoding="cp949").encode()
    yield quote(word).lower().encode()


@dataclass(frozen=True)
class Needles:
    """All forms of some people's words; forms shorter than six bytes prove nothing and are left out."""

    forms: dict[bytes, str]

    @classmethod
    def of(cls, words: Iterable[str], phones: Iterable[str]) -> "Needles":
        spelled = {*words, *(form for phone in phones for form in _numbers(phone))}
        return cls({form: word for word in spelled for form in _forms(word) if len(form) >= 6})

    def found_in(self, haystack: bytes) -> set[str]:
        """Which words are in there, in whatever form."""
        return {word for form, word in self.forms.items() if form in haystack}

    def found_below(self, folder: Path) -> dict[str, set[str]]:
        """Files (and file names) that have one, with what they have."""
        # grep looks for thousands of words in one pass: 1 s for what `found_in` takes half a minute for. It splits its
        # patterns at line ends, so forms with one in them (of UTF-16) are looked for here.
        broken = Needles({form: word for form, word in self.forms.items() if b"\n" in form})
        suspects = _grep([form for form in self.forms if b"\n" not in form], folder)
        hits = {}
        for path in sorted(folder.rglob("*")):
            found = self.found_in(str(path.relative_to(folder)).encode())
            if path.is_file() and not path.is_symlink():
                here = self if path in suspects else broken
                try:
                    found |= here.found_in(path.read_bytes())
                except FileNotFoundError:  # a server tidied up meanwhile
                    continue
            if found:
                hits[str(path.relative_to(folder))] = found
        return hits


def _grep(words: Iterable[bytes], folder: Path) -> set[Path]:
    """Regular files below the folder that hold one of the words."""
    done = subprocess.run(
        ["grep", "-rlasFZ", "-f", "-", "."],
        cwd=folder,
        input=b"\n".join(words),
        capture_output=True,
        env={"LC_ALL": "C", "PATH": os.environ["PATH"]},
        check=False,  # 1: none; 2: a file went away meanwhile
    )
    assert done.returncode in {0, 1, 2}, done.stderr
    return {folder / os.fsdecode(name) for name in done.stdout.split(b"\0") if name}
