"""What a look, a record and a browser's name are judged by; nothing here asks anybody."""

import pytest

from comeback.merchants import rules

KEY = "v=DKIM1; k=rsa; p=MIIBIjANBg"


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ([], "missing"),
        ([KEY], "good"),
        (["p=MIIB IjAN Bg ; v=DKIM1"], "good"),
        (["v=DKIM1; k=rsa; p="], "wrong"),
        (["v=DKIM1; k=ed25519; p=MIIBIjANBg"], "wrong"),
        (["unrelated", KEY], "good"),
        (["a record about something else"], "wrong"),
    ],
)
def test_a_key_record_counts_by_its_tags(values: list[str], word: str) -> None:
    assert rules.judged_key(KEY, values) == word


@pytest.mark.parametrize(
    ("values", "word"),
    [
        (["google-site-verification=x"], "missing"),
        (["v=spf1 include:mail.example ~all"], "good"),
        (["V=SPF1 ip4:1.2.3.4 Include:Mail.Example -all"], "good"),
        (["v=spf1 include:mail.example.evil ~all"], "wrong"),
        (["v=spf1 include:mail.example ~all", "v=spf1 -all"], "wrong"),
        (["v=spf10 include:mail.example"], "missing"),
    ],
)
def test_one_spf_record_must_name_our_servers(values: list[str], word: str) -> None:
    assert rules.judged_spf("mail.example", values) == word


@pytest.mark.parametrize(
    ("values", "word"),
    [([], "missing"), (["v=DMARC1;p=reject"], "good"), (["v=DMARC1; p=maybe"], "wrong"),
     (["v=DMARC1; p=none", "v=DMARC1; p=none"], "wrong"), (["v=spf1 -all"], "missing")],
)  # fmt: skip
def test_any_dmarc_policy_is_a_policy(values: list[str], word: str) -> None:
    assert rules.judged_dmarc(values) == word


@pytest.mark.parametrize(
    ("field", "value"),
    [("primary", "red"), ("primary", "#fff"), ("primary", "#12345g"), ("logo_url", "javascript:alert(1)"),
     ("logo_url", 'https://x"onload='), ("support_email", "two@at@signs"), ("support_email", "a b@c.de"),
     ("address", "x" * 201)],
)  # fmt: skip
def test_a_look_that_could_break_a_page_is_refused(field: str, value: str) -> None:
    good = {
        "primary": "#2f5d50",
        "primary_dark": "#2F5D50",
        "logo_url": "https://a.example/l.png",
        "support_email": "a@b.c",
    }
    assert rules.brand_problems(good) == []
    assert [name for name, _ in rules.brand_problems(good | {field: value})] == [field]


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0",
            "Edge · Windows",
        ),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari · iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox · Linux"),
        ("curl/8.0", None),
    ],
)
def test_a_browser_is_named_in_two_words(agent: str, words: str | None) -> None:
    assert rules.device(agent) == words
