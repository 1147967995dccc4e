"""A labelled set in small: two articles and their labels, in the format that users write."""

from pathlib import Path

from dx_pipeline.quality.sets import LabelledSet

ORDERS = """\
Lakeside districts count their digital services

Source: https://lakeside.example/news/digital-services
Published: 12 March 2025

The Minister of Science and Technology asked the provinces to put every public service online before 30 June 2025.
In 2024, 45 percent of households paid their fees online, according to the report on digital transformation.
"""
FIGURES = """\
Lakeside report on digital transformation

Source: https://lakeside.example/news/report
Published: 14 March 2025

In 2024, 61 percent of households used online public services, says the report on digital transformation.
"""
ORDERS_LABEL = """\
file: orders.txt
split: small
article: {title: Lakeside districts count their digital services, language: en, published_on: 2025-03-12}
instruments: []
directives:
  - id: d01
    quote: "asked the provinces to put every public service online before 30 June 2025"
    issuer: vnm-most
    addressees: [vnm-localities]
    due_on: 2025-06-29
indicators:
  - {id: i01, quote: "45 percent of households paid their fees online", period: 2024, value: 45, unit: percent}
"""
FIGURES_LABEL = """\
file: figures.txt
article: {language: en, published_on: 2025-03-14}
directives: []
indicators:
  - {id: i01, quote: "61 percent of households used online public services", value: 61, unit: percent}
"""


def write_set(root: Path) -> LabelledSet:
    """Write the set below a directory and return it."""
    labelled = LabelledSet("small", root / "articles", root / "gold")
    for folder, files in (
        (labelled.articles, {"orders.txt": ORDERS, "figures.txt": FIGURES}),
        (labelled.gold, {"orders.yaml": ORDERS_LABEL, "figures.yaml": FIGURES_LABEL}),
    ):
        folder.mkdir(parents=True)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
    return labelled
