"""The unsubscribe page: a question with a button, then a confirmation. No script, no cookie, no picture."""

from html import escape

from comeback.kit.languages import choose
from comeback.kit.words.catalogue import HERE, catalogue

STYLE = """
:root{color-scheme:light dark}*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:20px;background:#f1f3f6;color:#14171c;
font:16px/1.5 -apple-system,BlinkMacSystemFont,"Segoe UI",Roboto,Helvetica,Arial,sans-serif}
main{width:100%;max-width:440px;padding:36px 32px;border-radius:20px;background:#fff}
h1{margin:0 0 8px;font-size:24px;line-height:30px;letter-spacing:-.4px}p{margin:0 0 24px;color:#4c5561}
small{display:block;margin:0 0 20px;font-size:14px;color:#59626f}
button{width:100%;min-height:52px;border:0;border-radius:12px;background:#14171c;color:#fdfdfe;font-weight:600;
font-size:16px;font-family:inherit;cursor:pointer}button:focus-visible{outline:3px solid #3f7bf5;outline-offset:3px}
@media(prefers-color-scheme:dark){body{background:#14171c;color:#f2f4f7}main{background:#1e232b}p{color:#cdd3dc}
small{color:#a7b0bd}button{background:#f2f4f7;color:#14171c}}
"""
HEADERS = {
    "Cache-Control": "no-store, private",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'",
}


def page(locale: str, shop: str, state: str) -> str:
    """`state`: ask, done or unknown."""
    language = choose(locale).language
    words = catalogue(HERE, language)
    title, detail = escape(words.text("news.title", shop=shop)), escape(words.text("news.detail"))
    if state == "ask":
        button = f'<form method="post"><button type="submit">{escape(words.text("news.button"))}</button></form>'
        body = f"<small>{title}</small><h1>{escape(words.text('news.ask'))}</h1><p>{detail}</p>{button}"
    elif state == "done":
        body = f"<small>{title}</small><h1 role=status>{escape(words.text('news.done'))}</h1><p>{detail}</p>"
    else:
        title = escape(words.text("news.unknown"))
        body = f"<h1>{title}</h1>"
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><title>{title}</title>'
        f"<style>{STYLE}</style></head><body><main>{body}</main></body></html>"
    )
