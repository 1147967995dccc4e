"""robots.txt as RFC 9309 reads it."""

import time

import pytest

from dx_pipeline.evidence.robots import MAX_BYTES, read_robots


def refusal(text: str, path: str) -> str | None:
    return read_robots(text.encode()).refusal(path)


def test_the_groups_of_this_crawler_stand_in_for_those_of_everybody() -> None:
    text = "User-agent: *\nDisallow: /\n\n"
    text += "User-agent: DX-Pipeline/2.0\nDisallow: /a\n\nuser-agent: dx-pipeline\nDisallow: /b"
    assert refusal(text, "/c") is None
    assert refusal(text, "/a/1") == "Disallow: /a"
    assert refusal(text, "/b") == "Disallow: /b"


def test_a_crawler_of_a_longer_name_is_another_one() -> None:
    assert refusal("User-agent: dx-pipeline-fast\nDisallow: /", "/a") is None


def test_lines_above_the_rules_name_one_group_together() -> None:
    text = "User-agent: other\nUser-agent: dx-pipeline\nSitemap: https://press.example/s.xml\nDisallow: /a"
    assert refusal(text, "/a") == "Disallow: /a"
    assert refusal("User-agent: dx-pipeline\nAllow: /\nUser-agent: other\nDisallow: /", "/a") is None


def test_a_crawl_delay_is_a_rule_of_its_group() -> None:
    text = "User-agent: *\nCrawl-delay: 10\n\nUser-agent: bad\nDisallow: /"
    assert (read_robots(text.encode()).crawl_delay_seconds, refusal(text, "/a")) == (10.0, None)


@pytest.mark.parametrize(
    ("rules", "path", "allowed"),
    [
        ("Disallow: /a\nAllow: /a/b", "/a/b/c", True),
        ("Allow: /a/b\nDisallow: /a", "/a/c", False),
        ("Disallow: /a\nAllow: /a", "/a", True),
        ("Disallow:", "/a", True),
        ("Disallow: /", "/robots.txt", True),
        ("Disallow: /*.pdf$", "/x/y.pdf", False),
        ("Disallow: /*.pdf$", "/x/y.pdf?z", True),
        ("Disallow: /a*c", "/abbbc/d", False),
        ("Disallow: /a*c$", "/abc/abd", True),
        ("Disallow: /a$", "/a", False),
        ("Disallow: /a$", "/ab", True),
        ("Disallow: /*?print=", "/a?print=1", False),
        ("Disallow: /%7Ename", "/~name/x", False),
        ("Disallow: /tin-tức", "/tin-t%E1%BB%A9c/1", False),
        ("Disallow: /tin-t%e1%bb%a9c", "/tin-t%E1%BB%A9c/1", False),
        ("Disallow: /a%2Fb", "/a/b", True),
        ("Disallow: /a%2fb", "/a%2Fb", False),
        ("Disallow: /a%2A", "/abc", True),
        ("DISALLOW : /a # all of it", "/a", False),
        ("Disallow: /A", "/a", True),
    ],
)
def test_the_longest_match_decides(rules: str, path: str, allowed: bool) -> None:
    assert (refusal(f"User-agent: *\n{rules}", path) is None) == allowed


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe\0\0",
        b"<!DOCTYPE html><html><p>Not found</p></html>",
        b"Disallow: /",
        b"User-agent\nDisallow /",
        b"User-agent: \nDisallow: /",
    ],
)
def test_what_is_no_rule_forbids_nothing(body: bytes) -> None:
    assert read_robots(body).refusal("/a") is None


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"])
def test_every_line_end_and_a_byte_order_mark_are_read(end: str) -> None:
    text = f"User-agent: *{end}Disallow: /a{end}"
    assert read_robots(b"\xef\xbb\xbf" + text.encode()).refusal("/a")


@pytest.mark.parametrize(("value", "seconds"), [("2", 2.0), ("0.5", 0.5), ("-1", 0.0), ("1e9", 0.0), ("x", 0.0)])
def test_a_crawl_delay_is_a_plain_number(value: str, seconds: float) -> None:
    assert read_robots(f"User-agent: *\nCrawl-delay: {value}".encode()).crawl_delay_seconds == seconds


def test_no_more_is_read_than_the_standard_asks_for() -> None:
    long = b"User-agent: *\n" + b"#" * MAX_BYTES + b"\nDisallow: /"
    assert read_robots(long).refusal("/a") is None


@pytest.mark.parametrize(
    "body",
    [
        b"User-agent: *\n" + b"Disallow: /" + b"*a" * 900 + b"b\n" + (b"Disallow: /" + b"*a" * 100 + b"b\n") * 2000,
        b"".join(b"User-agent: a%d\n" % number for number in range(30_000)) + b"Disallow: /x\n" * 10_000,
    ],
)
def test_a_hostile_file_is_read_and_judged_in_little_time(body: bytes) -> None:
    started = time.process_time()
    read_robots(body).refusal("/" + "a" * 4000)
    assert time.process_time() - started < 5
