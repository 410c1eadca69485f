"""Ways to bend a registered redirect URI, for whoever judges one."""


def mutations_of(uri: str) -> list[str]:
    """Texts close to `uri` and none of them `uri`: prefixes, suffixes, escapes, user names, case, look-alikes."""
    after = ["/", "x", "?", "?x=1", "&x=1", "#", "#x", "/..", "/../cb", "%00", "\x00", "\n", " ", "\u00a0", "%20", ";x"]
    before = [" ", "\t", "x", "https://evil.example/?", "//"]
    bent = [
        uri + "@evil.example",
        uri + uri,
        uri[1:],
        uri[:-1],
        uri.split(":", maxsplit=1)[0],
        "",
        uri.upper(),
        uri.title(),
        uri.swapcase(),
        uri.replace(":/", "://evil@", 1),
        uri.replace("//", "///", 1) if "//" in uri else uri.replace(":/", ":///", 1),
        uri.replace("/", "\\"),
        uri.replace("/", "%2f"),
        uri.replace("c", "%63"),
        uri.replace(":", ":x:", 1),
        uri.replace(".", "\u3002"),
        uri.replace("a", "\u0430"),
    ]
    mutations = [uri + text for text in after] + [text + uri for text in before] + bent
    return [mutation for mutation in mutations if mutation != uri]
