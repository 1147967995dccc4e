"""Which URLs are asked and which machines they may lead to; whether a refusal keeps every connection away."""

import ipaddress
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from dx_pipeline.evidence.addresses import (
    RefusedError,
    find_addresses,
    join_target,
    read_target,
    system_resolve,
    why_not_public,
)
from dx_pipeline.evidence.fetch import Fetcher, Limits
from dx_pipeline_tests.loopback.bench import page
from dx_pipeline_tests.loopback.server import LoopbackServer, answer
from dx_pipeline_tests.loopback.wire import raw

ODD_SPELLINGS = [
    "http://2130706433/", "http://0x7f000001/", "http://017700000001/", "http://127.1/", "http://127.0.1/",
    "http://0/", "http://0x7f.0.0.1/", "http://0177.0.0.1/", "http://127.0.0.01/", "http://127.0.0.1./",
    "http://127.0.0.256/", "http://1.2.3.4.5/", "http://example.org./", "http://localhost/", "http://localhost./",
    "http://intranet/", "http://user@press.example/", "http://user:secret@press.example/",
    "http://press.example@127.0.0.1/", "http://127.0.0.1%2f@press.example/", "http://%31%32%37.0.0.1/",
    "http://press%2eexample/", "http://\uff11\uff12\uff17.0.0.1/", "http://127\u30020\u30020\u30021/",
    "http://\u2460\u2461\u2466.0.0.1/", "http://\uff4cocalhost/", "http://xn--.example/\u0000", "http://[::1%25lo]/",
    "http://[fe80::1%25eth0]/", "http://[::1/", "http://[127.0.0.1]/", "http://[::1]x/", "http:///path",
    "http://press.example:0/", "http://press.example:070/", "http://press.example:99999/", "http://press.example:8 0/",
    "http://press.example:/", "http://press.example:22/", "http://press.example:6379x/", "http://press.example:25/",
    "http://press.example\\@127.0.0.1/", "http:\\\\127.0.0.1\\", "http://press.example\t/",
    "http://press.example/\r\nX: y",
    "http://pre ss.example/", "http://press_.example-/", "http://-press.example/", "http://press..example/",
    "http://" + "a" * 64 + ".example/", "http://press.example/" + "a" * 5000, "//press.example/", "press.example", "",
    "file:///etc/passwd", "ftp://press.example/", "gopher://press.example/", "data:text/html,x", "javascript:alert(1)",
    "jar:http://press.example!/", "http:press.example", "http://press.\u202eexample/",
]  # fmt: skip

PRIVATE = [
    "0.0.0.1", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.127.255.254", "127.0.0.1", "127.255.255.255",
    "168.63.129.16", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.88.99.1",
    "192.168.0.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.250",
    "240.0.0.1", "255.255.255.255",
    "::", "::1", "fe80::1", "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1", "100::1", "2001:db8::1", "3fff::1",
    "2001:2::1", "2001:10::1", "2001:20::1", "4000::1", "5f00::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "64:ff9b:1::808:808",
    "2002:7f00:1::", "2002:a00:1::1", "2002:a9fe:a9fe::1",
    "2001:0:7f00:1::f7f7:f7f7", "2001:0:808:808::80ff:fffe",
]  # fmt: skip
PUBLIC = [
    "8.8.8.8", "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "172.15.255.255", "172.32.0.0",
    "203.162.0.11", "223.255.255.255", "2001:4860:4860::8888", "2405:4800::1", "2606:4700::1111",
    "64:ff9b::808:808", "2002:808:808::1", "::ffff:8.8.8.8", "2001:0:808:808::f7f7:f7f7",
]  # fmt: skip


@pytest.mark.parametrize("url", ODD_SPELLINGS)
def test_an_odd_spelling_is_refused_with_a_remedy(url: str) -> None:
    with pytest.raises(RefusedError, match=r"; (write|remove|mend|leave|shorten)|DX_PRIVATE_HOSTS"):
        read_target(url)


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_of_no_public_network_is_refused(address: str) -> None:
    parsed = ipaddress.ip_address(address)
    assert why_not_public(parsed)
    with pytest.raises(RefusedError, match="DX_PRIVATE_HOSTS"):
        find_addresses(read_target("https://press.example/"), lambda _: ["8.8.8.8", address])
    with pytest.raises(RefusedError, match="DX_PRIVATE_HOSTS"):
        read_target(f"https://{f'[{address}]' if ':' in address else address}/")


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_may_be_asked(address: str) -> None:
    assert why_not_public(ipaddress.ip_address(address)) is None
    assert find_addresses(read_target("https://press.example/"), lambda _: [address]) == [ipaddress.ip_address(address)]


def test_an_address_of_a_link_of_this_machine_is_refused() -> None:
    assert why_not_public(ipaddress.ip_address("2606:4700::1111%eth0"))


@pytest.mark.parametrize(
    ("url", "normal"),
    [
        ("HTTPS://Press.Example", "https://press.example/"),
        (" https://press.example/a b ", "https://press.example/a%20b"),
        ("https://press.example:443/a#part", "https://press.example/a"),
        ("http://press.example:8080/?q=1&r=ngh\u1ec7", "http://press.example:8080/?q=1&r=ngh%E1%BB%87"),
        ("https://press.example/tin-t\u1ee9c/%C3%A1?x=%20", "https://press.example/tin-t%E1%BB%A9c/%C3%A1?x=%20"),
        ("https://press.example/a/./b/../c", "https://press.example/a/c"),
        ("https://press.example/a/%2e%2E/b/..", "https://press.example/"),
        ("https://press.example/../../x", "https://press.example/x"),
        ("https://press.example?x#y", "https://press.example/?x"),
        ("https://press.example/a?", "https://press.example/a?"),
        ("https://b\u00e1o.example/", "https://xn--bo-mia.example/"),
        ("https://[2606:4700:0::1111]:8443/", "https://[2606:4700::1111]:8443/"),
    ],
)
def test_a_url_has_one_normal_form(url: str, normal: str) -> None:
    assert read_target(url).url == normal
    assert read_target(normal).url == normal


def test_a_private_host_is_allowed_exactly_as_named() -> None:
    named = frozenset({"127.0.0.1:8123", "mirror", "[::1]:8123"})
    assert read_target("http://127.0.0.1:8123/", named).named
    assert read_target("http://[::1]:8123/", named).named
    assert find_addresses(read_target("http://mirror:99/", named), lambda _: ["10.0.0.7"])
    for host in ("127.0.0.1", "127.0.0.1:8124", "127.0.0.2:8123", "mirror.example:25", "127.1:8123", "2130706433:8123",
                 "[::ffff:127.0.0.1]:8123", "[::1]"):  # fmt: skip
        with pytest.raises(RefusedError):
            read_target(f"http://{host}/", named)


def test_a_redirect_is_read_like_any_address_and_never_leaves_https() -> None:
    base = read_target("https://press.example/a/b?c")
    assert join_target(base, "../d").url == "https://press.example/d"
    assert join_target(base, "//other.example/").url == "https://other.example/"
    with pytest.raises(RefusedError, match="leads from https to http"):
        join_target(base, "http://press.example/a")
    with pytest.raises(RefusedError):
        join_target(base, "//127.0.0.1/")


def test_a_name_without_an_address_is_an_error_of_the_network() -> None:
    with pytest.raises(OSError, match="no address"):
        find_addresses(read_target("https://press.example/"), lambda _: [])


def test_the_machine_knows_itself() -> None:
    assert "127.0.0.1" in system_resolve("localhost")


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The addresses that any socket was told to connect to."""
    found: list[Any] = []
    for name in ("connect", "connect_ex"):
        true = getattr(socket.socket, name)

        def note(sock: socket.socket, address: Any, true: Any = true) -> Any:
            found.append(address)
            return true(sock, address)

        monkeypatch.setattr(socket.socket, name, note)
    return found


@pytest.fixture
def listener() -> Iterator[LoopbackServer]:
    with LoopbackServer({"/": [page], "/robots.txt": [page]}) as server:
        yield server


LIMITS = Limits(tries=1)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]",
        "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[2001:0:7f00:1::1]", "0", "0.0.0.1", "127.0.0.1.",
        "\uff11\uff12\uff17.0.0.1", "user@127.0.0.1", "%31%32%37.0.0.1",
    ],
)  # fmt: skip
def test_no_connection_is_tried_to_this_machine_by_any_spelling(
    host: str, tried: list[Any], listener: LoopbackServer
) -> None:
    with Fetcher(contact=None, limits=LIMITS) as fetcher:
        reply = fetcher.get(f"http://{host}:{listener.port}/")
    assert (reply.outcome, reply.requests) == ("refused", 0)
    assert tried == []
    assert listener.connections == 0


@pytest.mark.parametrize("address", PRIVATE)
def test_no_connection_is_tried_to_a_private_address_behind_a_name(
    address: str, tried: list[Any], listener: LoopbackServer
) -> None:
    fetcher = Fetcher(contact=None, limits=LIMITS, resolve=lambda _: ["8.8.8.8", address])
    for obey_robots in (True, False):
        reply = fetcher.get(f"http://press.example:{listener.port}/", obey_robots=obey_robots)
        assert (reply.outcome, reply.requests) == ("refused", 0)
    assert tried == []
    assert listener.connections == 0


@pytest.mark.parametrize(
    "location",
    ["http://127.0.0.1:{port}/", "//127.0.0.1:{port}/", "http://inner.example:{port}/", "http://[::ffff:7f00:1]:{port}/",
     "http://2130706433:{port}/", "http://user@127.0.0.1:{port}/", "http://169.254.169.254/", "file:///etc/hosts"],
)  # fmt: skip
def test_no_connection_is_tried_where_a_redirect_leads_inside(
    location: str, tried: list[Any], listener: LoopbackServer
) -> None:
    with LoopbackServer() as open_server:
        to = location.format(port=listener.port)
        open_server.route("/", raw(answer(status="302 Found", headers=(("Location", to),))))
        fetcher = Fetcher(
            contact=None,
            limits=LIMITS,
            resolve=lambda _: ["127.0.0.1"],
            private_hosts=frozenset({f"mirror.example:{open_server.port}"}),
        )
        reply = fetcher.get(f"http://mirror.example:{open_server.port}/")
        assert reply.outcome == "refused"
        assert set(tried) == {("127.0.0.1", open_server.port)}
        assert listener.connections == 0


def test_no_connection_is_tried_where_robots_txt_leads_inside(tried: list[Any], listener: LoopbackServer) -> None:
    with LoopbackServer({"/": [page]}) as open_server:
        to = f"http://127.0.0.1:{listener.port}/robots.txt"
        open_server.route("/robots.txt", raw(answer(status="302 Found", headers=(("Location", to),))))
        host = f"mirror.example:{open_server.port}"
        fetcher = Fetcher(contact=None, limits=LIMITS, resolve=lambda _: ["127.0.0.1"], private_hosts=frozenset({host}))
        assert fetcher.get(f"http://{host}/").outcome == "refused"
        assert set(tried) == {("127.0.0.1", open_server.port)}
        assert listener.connections == 0


def test_a_name_that_changes_its_answer_is_connected_to_where_it_was_checked(
    tried: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rebinding: the answer after the check never counts, since the name is not looked up again."""
    answers = iter([["8.8.8.8"], ["127.0.0.1"], ["127.0.0.1"]])
    looked_up: list[str] = []

    def resolve(host: str) -> list[str]:
        looked_up.append(host)
        return next(answers)

    def refuse(_: socket.socket, address: Any) -> None:
        tried.append(address)
        raise ConnectionRefusedError(111, "nobody there")

    monkeypatch.setattr(socket.socket, "connect", refuse)  # no packet leaves the machine
    fetcher = Fetcher(contact=None, limits=LIMITS, resolve=resolve)
    first = fetcher.get("http://press.example/", obey_robots=False)
    assert (first.outcome, tried) == ("unreachable", [("8.8.8.8", 80)])
    assert looked_up == ["press.example"]
    second = fetcher.get("http://press.example/", obey_robots=False)
    assert (second.outcome, len(tried)) == ("refused", 1)
