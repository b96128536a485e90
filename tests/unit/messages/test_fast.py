"""The compiled form of templates says what the interpreter says, in every case it takes on."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comeback.messages.render import liquid
from comeback.messages.render.fast.nodes import wired
from comeback.messages.render.liquid import BadTemplate, MissingVariable, Template, parse, render

DATA: dict[str, Any] = {
    "a": {"n": 3, "f": 1.5, "s": "x<y & 'z'", "t": True, "no": False, "l": [1, 2, "<3>"], "e": [], "d": {"k": "v"}},
    "items": [{"t": "one", "n": 1}, {"t": "two <b>", "n": 2, "sub": [1, 2]}, {"t": "three", "n": 3}],
    "locale": "en",
    "odd": "Größe\n<b>\u2028",
}
VALUES = ["a.n", "a.f", "a.s", "a.t", "a.no", "a.l", "a.e", "a.d", "a.d.k", "a.l[0]", "a.l.size", "a.l.first",
          "items.last.t", "a.s.size", "a.missing", "nothing", "nothing.at.all", "a.s.deep", "odd", "1", "2.5", "'q<'",
          "nil", "true", "false", "items[1].sub", "a['n']"]  # fmt: skip
FILTERS = ["upcase", "append: 'x'", "default: 'dflt'", "escape", "size", "plus: 2", "join: ','", "money: 'EUR'", "link",
           "replace: 'x', 'y'", "first", "date: '%Y'", "truncate: 3", "split: ','"]  # fmt: skip
OPERATORS = ["==", "!=", "<", ">", "<=", ">=", "contains"]

value = st.sampled_from(VALUES)


def piped(start: str, filters: list[str]) -> str:
    return "{{ " + " | ".join([start, *filters]) + " }}"


def loop(over: str, options: str, inside: str) -> str:
    return f"{{% for i in {over}{options} %}}{{{{ i }}}}{{{{ forloop.index }}}}{inside}{{% else %}}-{{% endfor %}}"


def case(asked: str, when: str, then: str, otherwise: str) -> str:
    return f"{{% case {asked} %}}{{% when {when}, 2 %}}{then}{{% else %}}{otherwise}{{% endcase %}}"


def choice(first: str, then: str, otherwise: str) -> str:
    return f"{{% if {first} %}}{then}{{% else %}}{otherwise}{{% endif %}}"


def unless(first: str, second: str, then: str, otherwise: str) -> str:
    return f"{{% unless {first} %}}{then}{{% elsif {second} %}}{otherwise}{{% endunless %}}"


output = st.builds(piped, value, st.lists(st.sampled_from(FILTERS), max_size=2))
comparison = st.one_of(value, st.builds(lambda x, o, y: f"{x} {o} {y}", value, st.sampled_from(OPERATORS), value))
several = st.lists(comparison, min_size=1, max_size=2)
condition = st.builds(" and ".join, several) | st.builds(" or ".join, several)
texts = st.sampled_from(["", " ", "plain ", "<b>&amp;</b>\n"])
options = st.sampled_from(["", " limit: 2", " offset: 1", " reversed", " limit: 0", " limit: a.n"])


def nest(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    body = st.builds("".join, st.lists(inner, max_size=3))
    return st.one_of(
        st.builds(choice, condition, body, body),
        st.builds(unless, condition, condition, body, body),
        st.builds(loop, value, options, body),
        st.builds(case, value, value, body, body),
        st.builds(lambda x: f"{{% capture c %}}{x}{{% endcapture %}}{{{{ c }}}}", body),
        st.builds(lambda v: f"{{% assign z = {v} | default: 'd' %}}{{{{ z }}}}", value),
        st.builds(lambda x: f"{{% comment %}}{x}{{% endcomment %}}", texts),
    )


templates = st.builds("".join, st.lists(st.recursive(st.one_of(output, texts), nest, max_leaves=8), max_size=4))


def outcome(template: Template, data: dict[str, Any]) -> str:
    try:
        return "text " + render(template, data)
    except MissingVariable as error:
        return f"missing {error.path}"
    except BadTemplate:
        return "bad"


@pytest.mark.parametrize("escape", [True, False])
@given(source=templates)
@settings(max_examples=300, deadline=None)
def test_both_say_the_same(escape: bool, source: str) -> None:
    try:
        compiled, plain = parse(source, escape=escape), parse(source, escape=escape)
    except BadTemplate:
        return
    assert isinstance(compiled, Template)
    assert isinstance(plain, Template)
    plain.program = None
    assert outcome(compiled, DATA) == outcome(plain, DATA)


@given(source=templates)
@settings(max_examples=300, deadline=None)
def test_the_form_for_mails_is_the_same_text_made_ready(source: str) -> None:
    try:
        compiled, plain = parse(source, escape=True, wire=True), parse(source, escape=True)
    except BadTemplate:
        return
    assert isinstance(compiled, Template)
    assert isinstance(plain, Template)
    plain.program = None
    expected = outcome(plain, DATA)
    expected = wired(expected) if expected.startswith("text ") else expected
    assert outcome(compiled, DATA) == expected
    compiled.program = None
    assert outcome(compiled, DATA) == expected


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [("a\nb\r\nc\rd", "a\r\nb\r\nc\r\nd"), ("Größe\x00\x0b\t", "Gr&#246;&#223;e\t"), ("\u2028", "&#8232;")],
)
def test_what_goes_into_a_mail_is_seven_bits(given_text: str, expected: str) -> None:
    assert wired(given_text) == expected


UNKNOWN = [
    "{% cycle 'a', 'b' %}",
    "{{ a.s | map: 'x' | first }}",
    "{{ now }}",
    "{% for a in items %}{% break %}{% endfor %}",
    "{% for i in (1..3) %}{{ i }}{% endfor %}",
    "{% for i in a.d %}{{ i }}{% endfor %}",
]


@pytest.mark.parametrize("source", UNKNOWN)
def test_what_it_does_not_know_is_left_to_the_interpreter(source: str) -> None:
    compiled, plain = parse(source, escape=True), parse(source, escape=True)
    plain.program = None  # type: ignore[attr-defined]
    if "now" not in source:
        assert outcome(compiled, DATA) == outcome(plain, DATA)  # type: ignore[arg-type]


def test_the_program_is_no_variable() -> None:
    made = liquid.parse("{{ program }}", escape=True)
    with pytest.raises(MissingVariable):
        render(made, {})
