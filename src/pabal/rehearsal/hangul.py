"""Hangul as the lists' inventor needs it: slips of the finger, Latin spellings. The product has its own."""

_BASE, _COUNT = 0xAC00, 11172
_INITIALS = (
    "g",
    "kk",
    "n",
    "d",
    "tt",
    "r",
    "m",
    "b",
    "pp",
    "s",
    "ss",
    "",
    "j",
    "jj",
    "ch",
    "k",
    "t",
    "p",
    "h",
)
_VOWELS = (
    "a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i".split()  # noqa: SIM905  (a table)
)
_FINALS = ",k,k,ks,n,nj,nh,t,l,lk,lm,lp,ls,lt,lp,lh,m,p,ps,t,t,ng,t,t,k,t,p,h".split(",")  # noqa: SIM905
_LOOSE_VOWELS = {"eo": "u", "u": "oo"}  # passport spellings of the same sounds
_PASSPORT = {
    "김": "Kim", "이": "Lee", "박": "Park", "최": "Choi", "정": "Jung", "강": "Kang", "조": "Cho", "윤": "Yoon",
    "장": "Jang", "임": "Lim", "오": "Oh", "서": "Seo", "신": "Shin", "권": "Kwon", "안": "Ahn", "유": "Yoo",
    "류": "Ryu", "고": "Ko", "백": "Baek", "노": "Noh", "우": "Woo", "주": "Joo", "구": "Koo", "문": "Moon",
}  # fmt: skip
_SLIPS_OF_VOWEL = {0: 4, 4: 0, 1: 5, 5: 1, 8: 13, 13: 8, 6: 4, 18: 20, 20: 18, 17: 13, 2: 0, 12: 8}
_SLIPS_OF_FINAL = {0: 4, 4: 21, 21: 4, 16: 21, 1: 0, 8: 0, 17: 0}


def split(char: str) -> tuple[int, int, int] | None:
    """Initial, vowel and final of a syllable, by number."""
    code = ord(char) - _BASE
    return (code // 588, code % 588 // 28, code % 28) if 0 <= code < _COUNT else None


def strokes(text: str) -> tuple[object, ...]:
    """The keys that were pressed: what one slip changes."""
    out: list[object] = []
    for char in text:
        parts = split(char)
        if parts is None:
            out.append(char)
        else:
            out += [("i", parts[0]), ("v", parts[1]), *([("f", parts[2])] if parts[2] else [])]
    return tuple(out)


def slip(char: str, choice: int) -> str:
    """The syllable with one neighbouring vowel or final instead."""
    parts = split(char)
    if parts is None:
        return char
    initial, vowel, final = parts
    if choice % 2:
        vowel = _SLIPS_OF_VOWEL.get(vowel, (vowel + 1) % 21)
    else:
        final = _SLIPS_OF_FINAL.get(final, 0 if final else 4)
    return chr(_BASE + initial * 588 + vowel * 28 + final)


def one_edit(a: tuple[object, ...] | str, b: tuple[object, ...] | str) -> bool:
    """Equal, or one insertion, deletion, substitution or swap of neighbours apart."""
    if a == b:
        return True
    if len(a) > len(b):
        a, b = b, a
    if len(b) - len(a) > 1:
        return False
    at = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), len(a))
    if len(a) < len(b):
        return a[at:] == b[at + 1 :]
    swapped = a[at + 1 : at + 2] == b[at : at + 1] and a[at : at + 1] == b[at + 1 : at + 2]
    return a[at + 1 :] == b[at + 1 :] or (swapped and a[at + 2 :] == b[at + 2 :])


def romanise(text: str, *, loose: bool = False) -> list[str]:
    """Latin letters per syllable: the state's rules, or the looser spelling of passports."""
    out = []
    for char in text:
        parts = split(char)
        if parts is None:
            out.append(char)
            continue
        vowel, final = _VOWELS[parts[1]], _FINALS[parts[2]]
        if loose and vowel == "yeo" and final == "ng":
            vowel, final = "you", "ng"
        elif loose and vowel in {"eo", "u"}:
            vowel = _LOOSE_VOWELS[vowel]
        out.append(_INITIALS[parts[0]] + vowel + final)
    return out


def passport_surname(surname: str) -> str:
    return _PASSPORT.get(surname, "".join(romanise(surname)).capitalize())
