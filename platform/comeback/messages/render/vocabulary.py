"""Tags and attributes of MJML 4/5 (documentation.mjml.io) and the HTML that may stand inside content tags."""

CONTENT_TAGS = frozenset({"mj-text", "mj-button", "mj-table", "mj-raw", "mj-navbar-link", "mj-social-element",
                          "mj-accordion-title", "mj-accordion-text", "mj-title", "mj-preview", "mj-style"})  # fmt: skip
TAGS = CONTENT_TAGS | {
    "mjml", "mj-head", "mj-body", "mj-attributes", "mj-all", "mj-class", "mj-breakpoint", "mj-font",
    "mj-html-attributes", "mj-selector", "mj-html-attribute", "mj-section", "mj-column", "mj-group", "mj-wrapper",
    "mj-hero", "mj-image", "mj-divider", "mj-spacer", "mj-social", "mj-navbar", "mj-carousel",
    "mj-carousel-image", "mj-accordion", "mj-accordion-element",
}  # fmt: skip
HTML_TAGS = frozenset(
    "a abbr b blockquote br caption center code col colgroup dd del div dl dt em figure figcaption font h1 h2 h3 h4 h5 "
    "h6 hr i img ins li mark meta ol p pre q s small span strike strong style sub sup table tbody td tfoot th thead "
    "time title tr u ul".split()
)
COMMON = frozenset({"css-class", "mj-class", "id"})
_PADDING = "padding padding-top padding-right padding-bottom padding-left"
_BORDER = "border border-top border-right border-bottom border-left border-radius"
_TYPE = "color font-family font-size font-style font-weight line-height letter-spacing text-decoration text-transform"
_BACK = "background-color background-url background-repeat background-size background-position"


def _names(*texts: str) -> frozenset[str]:
    return frozenset(" ".join(texts).split())


_SECTION = _names(
    _PADDING, _BORDER, _BACK, "background-position-x background-position-y direction full-width text-align",
    "text-padding gap",
)  # fmt: skip
_BOX = _names(_PADDING, "align container-background-color vertical-align")
ATTRIBUTES: dict[str, frozenset[str]] = {
    "mjml": _names("lang dir owa xmlns version"),
    "mj-body": _names("background-color width lang dir title"),
    "mj-section": _SECTION,
    "mj-wrapper": _SECTION,
    "mj-group": _names("background-color direction vertical-align width"),
    "mj-column": _names(
        _PADDING,
        _BORDER,
        "background-color inner-background-color direction vertical-align width",
        "inner-border inner-border-top inner-border-right inner-border-bottom inner-border-left inner-border-radius",
    ),
    "mj-hero": _names(
        _PADDING,
        _BACK,
        "align background-height background-width height mode vertical-align width border-radius",
        "inner-background-color inner-padding inner-padding-top inner-padding-right inner-padding-bottom",
        "inner-padding-left container-background-color",
    ),
    "mj-text": _BOX | _names(_TYPE, "height"),
    "mj-button": _BOX
    | _names(
        _TYPE,
        _BORDER,
        "background-color height href inner-padding name rel target text-align title width",
    ),
    "mj-image": _BOX
    | _names(
        _BORDER,
        "alt fluid-on-mobile font-size height href max-height name rel sizes src srcset target title usemap",
        "width",
    ),
    "mj-divider": _BOX | _names("border-color border-style border-width width"),
    "mj-spacer": _BOX | _names("height"),
    "mj-table": _BOX | _names(_TYPE, "border cellpadding cellspacing role table-layout width"),
    "mj-raw": _names("position"),
    "mj-style": _names("inline media"),
    "mj-breakpoint": _names("width"),
    "mj-font": _names("name href"),
    "mj-html-attribute": _names("name"),
    "mj-selector": _names("path"),
    "mj-social": _BOX
    | _names(
        _TYPE,
        "border-radius icon-height icon-size icon-padding inner-padding mode table-layout text-padding",
    ),
    "mj-social-element": _BOX
    | _names(
        _TYPE,
        "alt background-color border-radius href icon-height icon-position icon-size icon-padding name rel",
        "sizes src srcset target text-padding title",
    ),
    "mj-navbar": _BOX
    | _names(
        "base-url hamburger ico-align ico-close ico-color ico-font-family ico-font-size ico-line-height ico-open",
        "ico-padding ico-padding-top ico-padding-right ico-padding-bottom ico-padding-left ico-text-decoration",
        "ico-text-transform",
    ),
    "mj-navbar-link": _names(_PADDING, _TYPE, "href name rel target title"),
    "mj-carousel": _BOX
    | _names(
        "background-color border-radius icon-width left-icon right-icon tb-border tb-border-radius",
        "tb-hover-border-color tb-selected-border-color tb-width thumbnails",
    ),
    "mj-carousel-image": _names("alt href rel src target thumbnails-src title"),
    "mj-accordion": _BOX
    | _names(
        "border font-family icon-align icon-height icon-position icon-unwrapped-alt icon-unwrapped-url icon-width",
        "icon-wrapped-alt icon-wrapped-url",
    ),
    "mj-accordion-element": _names(
        "background-color border font-family icon-align icon-height icon-position icon-unwrapped-alt",
        "icon-unwrapped-url icon-width icon-wrapped-alt icon-wrapped-url",
    ),
    "mj-accordion-title": _names(_PADDING, _TYPE, "background-color"),
    "mj-accordion-text": _names(_PADDING, _TYPE, "background-color"),
}
