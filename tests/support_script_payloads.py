"""Texts that run as a script wherever somebody forgets to escape them; each shorter than a shown name may be."""

_PLACES = (
    "{}",
    "</title>{}",
    "</bdi></p></main>{}",
    '">{}',
    "'>{}",
    "<!-->{}-->",
    "]]>{}",
    "\u202e{}",
    "{{{{ 7 * 7 }}}}{}",
    "{{% raw %}}{}",
)
_SCRIPTS = (
    "<script>alert(1)</script>",
    "<ScRiPt\t>alert(1)</sCrIpT>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<input autofocus onfocus=alert(1)>",
    "<a href=javascript:alert(1)>a</a>",
    "<iframe src=javascript:alert(1)>",
)
_ATTRIBUTES = (
    '" autofocus onfocus="alert(1)',
    "' autofocus onfocus='alert(1)",
    "x autofocus onfocus=alert(1)",
    '" style="animation:x" onanimationstart="alert(1)',
)
_ENCODED = (
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "\uff1cscript\uff1ealert(1)\uff1c/script\uff1e",
    "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "javascript:alert(1)",
    "{{ ''.__class__.__mro__ }}",
    "${7*7}#{7*7}",
)

EVERY_PAYLOAD = tuple(place.format(script) for place in _PLACES for script in _SCRIPTS) + _ATTRIBUTES + _ENCODED
SCRIPT_PAYLOADS = (*_SCRIPTS, *(place.format(_SCRIPTS[0]) for place in _PLACES[1:]), *_ATTRIBUTES)
"""A selection for a real browser, where each one costs a page."""
