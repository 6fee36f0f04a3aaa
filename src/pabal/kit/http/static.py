"""The browser files: a Next.js static export in `pabal/ui/dist`, served from memory with a strict content
policy.

A request is resolved in this order: exact file, `path.html`, `path/index.html`, the placeholder rules, then
`404.html`. Pages of one record are built once, with `_` in place of the id (`campaigns/_.html`); a rule per
such page maps the three shapes that the client router fetches (`/campaigns/<id>`, `/campaigns/<id>.txt`,
`/campaigns/<id>/__next.*`) to it.

Next puts scripts into the HTML. Their hashes are the only inline scripts allowed. A file is packed, a page's scripts are
hashed when they are first asked for: a browser needs a tenth of them, and all took 0.6 s of CPU at every start.
"""

import base64
import gzip
import hashlib
import html.parser
import mimetypes
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from fastapi import Request
from fastapi.responses import Response
from typing_extensions import override

IMMUTABLE = "public, max-age=31536000, immutable"
REVALIDATE = "no-cache"
# Browsers ask for /favicon.ico by themselves, before they have read a page's own icon link or where it has none; a day of an
# old icon harms nobody.
_OF_A_DAY = {"favicon.ico": "public, max-age=86400"}

# No style attributes either: the prerendered HTML has none (React, Radix and the virtual table set styles through the
# CSSOM, which a policy doesn't touch), and the browser tests fail on a page that logs a violation.
_POLICY = (
    "default-src 'self'; script-src 'self'{scripts}; style-src 'self'{styles}; img-src 'self' data: blob:; "
    "font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)

NOT_BUILT = """<!doctype html><html lang="ko"><meta charset="utf-8"><title>파발</title>
<h1>화면 파일이 아직 없어요</h1>
<p>저장소 폴더에서 <code>make setup</code>을 실행한 뒤 서버를 다시 켜 주세요. API는 이미 쓸 수 있어요:
<a href="/api/docs">/api/docs</a></p></html>"""


@dataclass(frozen=True)
class UiFile:
    """One built file, as it is sent."""

    name: str
    body: bytes = field(repr=False)
    media_type: str
    is_text: bool

    @cached_property
    def zipped(self) -> bytes | None:
        if not self.is_text or len(self.body) <= 1000:
            return None
        zipped = gzip.compress(self.body, 6, mtime=0)
        return zipped if len(zipped) < len(self.body) else None

    @cached_property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.body).hexdigest()[:32]}"'

    @property
    def cache_control(self) -> str:
        return IMMUTABLE if self.name.startswith("_next/static/") else _OF_A_DAY.get(self.name, REVALIDATE)

    @cached_property
    def policy(self) -> str | None:
        return content_policy(self.body.decode()) if self.name.endswith(".html") else None


@dataclass(frozen=True, slots=True)
class _Rule:
    pattern: re.Pattern[str]
    stem: str


class UiFiles:
    """All files of one build, by path."""

    def __init__(self, files: Mapping[str, UiFile]) -> None:
        self._files = dict(files)
        pages = sorted(path for path in files if path.endswith(".html") and "_" in _segments(path))
        # Most specific first: fewer placeholders, then longer.
        self._rules = sorted(
            (_rule(path) for path in pages),
            key=lambda rule: (rule.stem.split("/").count("_"), -len(rule.stem)),
        )

    @classmethod
    def load(cls, folder: Path) -> "UiFiles | None":
        """Read a build; None if there is none."""
        if not (folder / "index.html").is_file():
            return None
        files = {}
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                name = path.relative_to(folder).as_posix()
                files[name] = _read(name, path.read_bytes())
        return cls(files)

    def resolve(self, path: str) -> UiFile | None:
        """The file behind an address' path; None means 404."""
        wanted = path.strip("/")
        found = self._plain(wanted)
        if found is not None:
            return found
        for rule in self._rules:
            match = rule.pattern.fullmatch(wanted)
            if match:
                found = self._plain(rule.stem + (match["rest"] or ""))
                if found is not None:
                    return found
        return None

    @property
    def missing(self) -> UiFile | None:
        return self._files.get("404.html")

    def _plain(self, wanted: str) -> UiFile | None:
        names = (wanted, f"{wanted}.html", f"{wanted}/index.html") if wanted else ("index.html",)
        return next((self._files[name] for name in names if name in self._files), None)


def _segments(path: str) -> list[str]:
    return path.removesuffix(".html").removesuffix("/index").split("/")


def _rule(page: str) -> _Rule:
    segments = _segments(page)
    pattern = "/".join("[^/]+?" if part == "_" else re.escape(part) for part in segments)
    return _Rule(re.compile(rf"{pattern}(?P<rest>\.txt|/index\.txt|/__next\..*)?"), "/".join(segments))


def _read(name: str, body: bytes) -> UiFile:
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    if name.endswith(".woff2"):
        media_type = "font/woff2"
    text = media_type.startswith("text/") or media_type.endswith(("javascript", "json", "xml"))
    return UiFile(name, body, f"{media_type}; charset=utf-8" if text else media_type, is_text=text)


class _Inline(html.parser.HTMLParser):
    """Texts of the inline <script> and <style> elements of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.texts: dict[str, list[str]] = {"script": [], "style": []}
        self._inside: str | None = None

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.texts and "src" not in dict(attrs):
            self._inside = tag
            self.texts[tag].append("")

    @override
    def handle_endtag(self, tag: str) -> None:
        if tag == self._inside:
            self._inside = None

    @override
    def handle_data(self, data: str) -> None:
        if self._inside is not None:
            self.texts[self._inside][-1] += data


def content_policy(page: str) -> str:
    """The page's policy: its own files and exactly its own inline scripts and styles."""
    inline = _Inline()
    inline.feed(page)
    inline.close()
    return _POLICY.format(scripts=_hashes(inline.texts["script"]), styles=_hashes(inline.texts["style"]))


def _hashes(texts: list[str]) -> str:
    digests = {base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in texts}
    return "".join(f" 'sha256-{digest}'" for digest in sorted(digests))


def ui_response(files: UiFiles | None, request: Request) -> Response:
    """Answer GET or HEAD for any address outside the API."""
    if files is None:
        headers = {"Content-Security-Policy": content_policy(NOT_BUILT), "Cache-Control": REVALIDATE}
        status = 200 if request.url.path == "/" else 404
        return Response(NOT_BUILT, status, headers, media_type="text/html; charset=utf-8")
    found, status = files.resolve(request.url.path), 200
    if found is None:
        found, status = files.missing, 404
    if found is None:
        return Response("없는 페이지예요", 404, media_type="text/plain; charset=utf-8")
    headers = {"Cache-Control": found.cache_control, "ETag": found.etag, "Vary": "Accept-Encoding"}
    if found.policy is not None:
        headers["Content-Security-Policy"] = found.policy
    if status == 200 and found.etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    body = found.body
    if found.zipped is not None and "gzip" in request.headers.get("accept-encoding", ""):
        body, headers["Content-Encoding"] = found.zipped, "gzip"
    response = Response(body, status, headers, media_type=found.media_type)
    if request.method == "HEAD":
        response.body = b""  # the length header stays, as HEAD wants it
    return response
