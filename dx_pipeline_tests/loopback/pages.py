"""Pages that are not what was asked for, though sent as if they were; all written for these tests."""


def html(title: str, body: str, head: str = "") -> bytes:
    """Return a page in UTF-8."""
    top = f'<meta charset="utf-8"><title>{title}</title>{head}'
    return f"<!DOCTYPE html><html><head>{top}</head><body>{body}</body></html>".encode()


_MENU = "<nav><a href='/a'>Home</a> <a href='/b'>Politics</a> <a href='/c'>Economy</a> <a href='/d'>Culture</a></nav>"
_FOOT = "<footer><p>Published by the tests. All rights are everybody's.</p></footer>"

CHALLENGE = html(
    "Just a moment...", "<h1>press.example</h1><p>Verify you are human by completing the action below.</p>"
)
CONSENT = html(
    "Before you continue", "<p>We and our partners keep small files on your device.</p><button>Accept</button>"
)
SOFT_404 = html("Page not found | Press", f"{_MENU}<p>Sorry! Perhaps the search helps you on.</p>{_FOOT}")
SOFT_404_VI = html("Báo Thử", f"{_MENU}<h1>Không tìm thấy trang</h1><p>Mời bạn về trang chủ.</p>{_FOOT}")
SORRY = html("Press", f"{_MENU}<p>Perhaps the search helps you on.</p>{_FOOT}")
PAYWALL = html(
    "Ports to share their data | Press",
    f"{_MENU}<h1>Ports to share their data</h1><p>From autumn on, harbour offices are to exchange manifests.</p>"
    "<div><p>Subscribe to continue reading.</p></div>",
)
SHELL = html(
    "Press", "<noscript>You need to enable JavaScript.</noscript><div id='root'></div><script src='/a.js'></script>"
)
ABOUT_ERRORS = html(
    "Why 'error 404' pages and captchas keep citizens out",
    f"{_MENU}<article><h1>Why 'error 404' pages and captchas keep citizens out</h1><p>"
    + "Every tenth link on the portals of the provinces ends on a page that says error 404, an audit found. " * 6
    + "</p><p>"
    + "Forms that ask to confirm you are not a robot were given up by a third of those who began. " * 4
    + f"</p></article>{_FOOT}",
)
OVERGROWN = html(
    "Press", "<p>" + "".join(f"<b id={number}>" for number in range(1_000)) + "</p>" + "<p>Registers</p>" * 3_000
)
