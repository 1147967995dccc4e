"""HTML pages and fragments: the story with its parts named, and nothing of what stands around it."""

from collections.abc import Callable
from typing import Any

import pytest

from dx_pipeline.documents.cues import read_markup_cues
from dx_pipeline.documents.document import UnreadableError
from dx_pipeline.documents.hypertext import holds_markup, is_page, read_fragment, read_page
from dx_pipeline_tests.documents.conftest import labelled, texts

CUES = read_markup_cues()
LEAD = "The lake towns agreed on Friday to keep one register of permits. The work starts in June."
BODY = (
    "Every town shall name one person in charge before the end of May, the agreement says in its first part.",
    "About 62 per cent of all permits are filed online today, against 48 per cent in the year before.",
    "The province pays half of the cost, and the towns share the other half by their number of permits.",
)
OUTSIDE = (
    "We use small files to count our visitors on this page, which you may refuse at any time.",
    "Fishing fleet to shrink by 12 per cent before 2026, says the ministry",
    "I filed three permits last week and 40% of them were lost. Shame on them all!",
    "Most read: a harbour full of herring in 1999",
)
PAGE = f"""<!DOCTYPE html><html lang="vi"><head><meta charset="utf-8">
<title>One register for the lake towns | Lake Gazette</title>
<link rel="canonical" href="https://gazette.example/one-register">
<meta property="og:site_name" content="Lake Gazette"><meta property="og:title" content="One register for lake towns">
<script type="application/ld+json">{{"@context": "https://schema.org", "@graph": [{{"@type": "WebSite", "name": "x"}},
{{"@type": ["NewsArticle"], "headline": "One register for the lake towns", "datePublished": "2025-04-12T08:15:00+07:00",
"isBasedOn": "https://agency.example/a", "publisher": {{"name": "Lake Gazette Ltd"}}}}]}}</script>
<script>var body = "<p>{OUTSIDE[1]}</p>";</script><style>.x {{ }}</style></head>
<body><div class="cookie-banner"><p>{OUTSIDE[0]}</p></div>
<header><nav><ul><li><a href="/">Home</a></li><li><a href="/politics">Politics</a></li></ul></nav>
<h1>Lake Gazette</h1></header>
<main><article class="story comments-open"><ul class="breadcrumb"><li><a href="/">Home</a></li></ul>
<h1>One register for the <em>lake towns</em></h1>
<div class="byline"><span class="author">Anna Berg</span> <time datetime="2025-04-12">12 April 2025</time></div>
<h2 class="sapo">{LEAD}</h2>
<aside class="side"><p>{OUTSIDE[1]}</p></aside>
<div CONTENT>
<figure><img src="a.jpg"><figcaption>Mayors at the lake. Photo: LG</figcaption></figure>
<p>{BODY[0]}</p><h3>Who pays</h3><p>{BODY[1]}<br>{BODY[2]}</p>
<ul><li>a common form;</li><li>a common <b>price</b>.</li></ul>
<table><tr><th>Town</th><th>Permits</th></tr><tr><td>Easthaven</td><td>1 200</td></tr></table>
<table class="layout"><tr><td><img src="b.jpg"></td></tr>
<tr><td style="text-align:center">The lake in May</td></tr></table>
<blockquote><p>We are done with stamps, the mayor of Easthaven said to the towns.</p></blockquote>
<div class="box-related"><p>Read more</p><ul><li><a href="/fish">{OUTSIDE[1]}</a></li></ul></div>
<p style="display:none">Hidden words that nobody shall see in this text at all, whatever they say.</p>
<p class="author"><strong>Anna Berg</strong></p>
</div>
<div class="tags"><a href="/t">permits</a></div></article>
<section class="comments"><h4>Comments (1)</h4><p>{OUTSIDE[2]}</p></section>
<aside class="sidebar"><p>{OUTSIDE[3]}</p></aside></main>
<footer><p>© Lake Gazette. Tel. 00 00</p></footer></body></html>"""
MARKED_UP = PAGE.replace("CONTENT", 'class="x9" itemprop="articleBody"')
PLAIN = PAGE.replace("CONTENT", 'class="x9"').replace("article", "div")


@pytest.mark.parametrize("page", [MARKED_UP, PLAIN], ids=["marked up", "recognised"])
def test_a_page_gives_its_story_and_no_more(article: Callable[..., Any], page: str) -> None:
    row, parsed = article(page, "text/html")
    assert row["title"] == "One register for the lake towns"
    story = texts(parsed, "body", "list", "table", "quote")
    for paragraph in (LEAD, *BODY):
        assert paragraph in story, labelled(parsed)
    for sentence in (*OUTSIDE, "Mayors at the lake. Photo: LG", "Hidden words"):
        assert all(sentence not in paragraph for paragraph in story), labelled(parsed)
    assert "Hidden" not in row["text"]
    assert "Who pays" in texts(parsed, "heading")
    assert row["language"] == "en"


def test_every_part_of_the_content_is_named(article: Callable[..., Any]) -> None:
    _, parsed = article(MARKED_UP, "text/html")
    assert labelled(parsed) == [
        ("heading", "One register for the lake towns"),
        ("meta", "Anna Berg 12 April 2025"),
        ("body", LEAD),
        ("caption", "Mayors at the lake. Photo: LG"),
        ("body", BODY[0]),
        ("heading", "Who pays"),
        ("body", BODY[1]),
        ("body", BODY[2]),
        ("list", "a common form;"),
        ("list", "a common price."),
        ("table", "Town | Permits"),
        ("table", "Easthaven | 1 200"),
        ("caption", "The lake in May"),
        ("quote", "We are done with stamps, the mayor of Easthaven said to the towns."),
        ("related", "Read more"),
        ("related", OUTSIDE[1]),
        ("meta", "Anna Berg"),
    ]


def test_the_head_is_read(article: Callable[..., Any]) -> None:
    row, _ = article(MARKED_UP, "text/html")
    assert row["canonical_url"] == "https://gazette.example/one-register"
    assert row["is_based_on"] == "https://agency.example/a"
    assert row["publisher"] == "Lake Gazette"
    assert (row["published_on"].isoformat(), row["published_on_source"]) == ("2025-04-12", "json-ld")


@pytest.mark.parametrize(
    ("head", "published_on", "source"),
    [
        ('<script type="application/ld+json">{"datePublished": "2025-04-12", broken</script>', "2025-04-12", "json-ld"),
        ('<script type="application/ld+json">' + "[" * 50_000 + "</script>", "2025-04-11", "page"),
        ('<meta property="article:published_time" content="2025-04-13T01:00:00Z">', "2025-04-13", "meta"),
        ('<meta name="pubdate" content="Mon, 14 April 2025 07:00">', "2025-04-14", "meta"),
        ('<meta itemprop="datePublished" content="soon">', "2025-04-11", "page"),
        ('<link rel="canonical" href="javascript:alert(1)">', "2025-04-11", "page"),
    ],
)
def test_the_date_is_found_even_where_the_head_is_broken(
    article: Callable[..., Any], head: str, published_on: str, source: str
) -> None:
    page = f"<html><head>{head}</head><body><h1>A headline here</h1><p>11 April 2025</p><p>{LEAD}</p></body></html>"
    row, _ = article(page, "text/html")
    assert (row["published_on"].isoformat(), row["published_on_source"]) == (published_on, source)
    assert row["canonical_url"] is None


def test_a_page_without_h1_takes_its_declared_headline_into_the_text(article: Callable[..., Any]) -> None:
    head = "<head><title>One register for all | Lake Gazette</title></head>"
    page = f"<html>{head}<body><p>{LEAD}</p><p>{BODY[0]}</p></body></html>"
    row, parsed = article(page, "text/html")
    assert row["title"] == "One register for all"
    assert labelled(parsed)[0] == ("heading", "One register for all")


def test_a_page_without_paragraphs_is_split_at_line_breaks(article: Callable[..., Any]) -> None:
    page = f"<html><body><h1>One register</h1><div>{LEAD}<br><br>{BODY[0]}<br>{BODY[1]}</div></body></html>"
    _, parsed = article(page, "text/html")
    assert texts(parsed, "body") == [LEAD, BODY[0], BODY[1]]


def test_scripts_are_text_nowhere(article: Callable[..., Any]) -> None:
    hidden = "<script>alert('x')</script></p><svg><text>y</text></svg>"
    page = f"<html><body><h1>One register</h1><p>{LEAD}{hidden}</body></html>"
    row, _ = article(page, "text/html")
    assert row["text"] == f"One register\n\n{LEAD}"


def test_markup_in_characters_stays_characters(article: Callable[..., Any]) -> None:
    page = (
        f"<html><body><h1>One register</h1><p>&lt;script&gt;alert(1)&lt;/script&gt; {LEAD} e&#x301;</p></body></html>"
    )
    row, _ = article(page, "text/html")
    assert row["text"].endswith(f"<script>alert(1)</script> {LEAD} é")


def test_a_literal_in_a_script_is_read_as_the_markup_that_it_holds(article: Callable[..., Any]) -> None:
    paragraphs = "".join(f'<p style="text-align: justify">\n{text}\n</p>\n' for text in BODY)
    picture = (
        '<div><img src="/1.png"/></div>\n<p style="font-style: italic; text-align: center">Mayors at the lake.</p>'
    )
    title = "<div><span>One register for the lake towns</span></div><br/>"
    source = f"export const lakeTowns = `\n##\n{title}\n{paragraphs}{picture}`;"
    row, parsed = article(source, "text/plain")
    assert row["title"] == "One register for the lake towns"
    assert texts(parsed, "body") == list(BODY)
    assert texts(parsed, "caption") == ["Mayors at the lake."]
    assert "export" not in row["text"]
    assert "<" not in row["text"]


def test_text_that_speaks_of_tags_stays_text() -> None:
    assert not holds_markup("Write <p> for a paragraph and <br> for a break. " + "No more of that. " * 500)
    assert is_page("\n<!-- saved --><!DOCTYPE html>\n<html>")
    assert not is_page("The <html> element")


@pytest.mark.parametrize("page", ["", "<html><body></body></html>", "<html><body><script>x</script> … </body></html>"])
def test_a_page_without_text_is_refused(page: str) -> None:
    with pytest.raises(UnreadableError, match="no text") as caught:
        read_page(page, CUES)
    assert caught.value.check == "no_text"


def test_formatting_that_is_never_closed_is_refused_before_it_is_parsed() -> None:
    page = "".join(f"<b id={i}>" for i in range(1_000)) + "<p>x" * 10_000  # gigabytes once parsed
    with pytest.raises(UnreadableError, match="formatting elements") as caught:
        read_page(page, CUES)
    assert caught.value.check == "overgrown"


def test_a_fragment_without_text_is_refused() -> None:
    with pytest.raises(UnreadableError):
        read_fragment("export default `<p></p>`", CUES)


@pytest.mark.parametrize("tag", ["div", "div class=related", "ul", "blockquote", "b", "span class=ads"])
def test_nesting_beyond_measure_is_refused_and_deep_nesting_read(tag: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        read_page(f"<{tag}>" * 100_000 + LEAD, CUES)
    assert caught.value.check == "overgrown"
    assert LEAD in read_page(f"<{tag}>" * 1500 + f"<p>{LEAD}</p>" * 3, CUES).text


@pytest.mark.parametrize("page", ["<" * 300_000, "<p " * 100_000])
def test_broken_markup_is_refused_in_no_time(page: str) -> None:
    with pytest.raises(UnreadableError):
        read_page(page, CUES)


def test_a_name_beyond_measure_is_no_name() -> None:
    assert read_page(f"<p class='{'a-' * 200_000}'>{LEAD}</p>" * 2, CUES).text == f"{LEAD}\n\n{LEAD}"


def test_signs_that_never_show_are_left_out(article: Callable[..., Any]) -> None:
    lead = LEAD.replace("register", "reg&shy;is\u200bter")
    page = f"<html><body><h1>One regis&shy;ter</h1><p>{lead}</p></body></html>"
    row, _ = article(page, "text/html")
    assert row["text"] == f"One register\n\n{LEAD}"


def test_paragraphs_that_stand_in_no_one_element_are_taken_as_they_are_recognised(article: Callable[..., Any]) -> None:
    told = [f"{text} So said the council of town number {n} on the day after." for n in range(4) for text in BODY]
    cells = "".join(f"<table><tr><td>{text}</td></tr></table><br>" for text in told)
    page = f"<html><body><h1>One register</h1><p>{LEAD}</p>{cells}</body></html>"
    row, parsed = article(page, "text/html")
    assert row["text_by"] == "trafilatura"
    assert set(told) <= set(texts(parsed, "body")), labelled(parsed)


def test_a_marked_body_of_a_few_words_is_not_taken_at_its_word(article: Callable[..., Any]) -> None:
    story = "".join(f"<p>{text} So said town {n}.</p>" for n in range(3) for text in BODY)
    marked = f'<div class="article-body"><p>{LEAD}</p></div>'
    page = f"<html><body><h1>One register</h1>{marked}<div>{story}</div></body></html>"
    row, _ = article(page, "text/html")
    assert BODY[1] in row["text"]
