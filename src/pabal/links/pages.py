"""What somebody sees whose link leads nowhere (any more). No script, no colours of a camp, nothing about anybody."""

from starlette.responses import HTMLResponse

_PAGE = """<!doctype html>
<html lang="ko"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex"><title>{title}</title>
<style>body{{font:17px/1.6 system-ui,sans-serif;margin:0;min-height:100vh;display:grid;place-items:center;
background:#f7f7f8;color:#1d1d24}}main{{max-width:22rem;padding:1.5rem}}h1{{font-size:1.25rem;margin:0 0 .5rem}}
p{{margin:0;color:#55555f}}@media(prefers-color-scheme:dark){{body{{background:#17171b;color:#ececf1}}
p{{color:#a9a9b5}}}}</style></head>
<body><main><h1>{title}</h1><p>{words}</p></main></body></html>"""

_TEXTS = {
    404: ("찾을 수 없는 주소예요", "주소가 잘리지 않았는지 받은 문자에서 다시 눌러 보세요."),
    410: ("기간이 지난 주소예요", "이 안내는 끝났어요. 문자를 보낸 곳에 물어봐 주세요."),
    429: ("잠시 뒤에 다시 열어 주세요", "이 연결에서 잘못된 주소를 너무 많이 열었어요."),
    503: ("잠시 뒤에 다시 열어 주세요", "지금은 열 수 없어요. 조금 뒤에 다시 누르면 열려요."),
}
# Only the page's own style: no script, no image, no form, no frame.
_CSP = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"


def page(status: int, *, retry_after: int | None = None) -> HTMLResponse:
    title, words = _TEXTS[status]
    headers = {"Content-Security-Policy": _CSP, "Cache-Control": "no-store"}
    if retry_after is not None:
        headers["Retry-After"] = str(retry_after)
    return HTMLResponse(_PAGE.format(title=title, words=words), status, headers)
