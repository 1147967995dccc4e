"""SDMX messages to rows, by the library ``sdmx1``: SDMX-ML and SDMX-JSON of any provider.

Only the reading of a message's bytes belongs here; SDMX-CSV is a delimited file like others. The library needs pandas;
it is an extra of the project (``dx-pipeline[sdmx]``) and imported only where a message is to be read.
"""

import io
import logging
import re
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

from dx_pipeline.services import AnswerError

_DOCTYPE = re.compile(rb"<!(doctype|entity)", re.IGNORECASE)


def read_sdmx(body: bytes) -> Iterator[dict[str, str]]:
    """Yield the observations of a data message: dimensions and attributes by their id, and the figure as ``OBS_VALUE``.

    Raises:
        AnswerError: where the bytes are no data message, declare entities (no publisher's message does), or the library
            is not installed.
    """
    if _DOCTYPE.search(body):
        raise AnswerError("it declares a document type or entities, which no SDMX message does")
    try:
        import sdmx  # noqa: PLC0415 - heavy, and optional
    except ImportError as error:
        raise AnswerError("SDMX is read by sdmx1; install it with: pip install 'dx-pipeline[sdmx]'") from error
    logging.getLogger("sdmx").setLevel(logging.ERROR)  # it warns of every message without its structure
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            message = sdmx.read_sdmx(io.BytesIO(body))
    except Exception as error:  # the library raises whatever its parsers do
        raise AnswerError(f"no SDMX message that can be read ({type(error).__name__}: {error})") from error
    datasets = getattr(message, "data", None)
    if datasets is None:
        raise AnswerError("an SDMX message without data; ask for data, not for a structure")
    for dataset in datasets:
        shared = _cells(dataset.attrib)
        for observation in dataset.obs:
            yield {**shared, **_cells(observation.attrib), **_key(observation), "OBS_VALUE": _text(observation.value)}


def _key(observation: Any) -> dict[str, str]:
    return {name: _text(one.value) for name, one in observation.key.values.items()}


def _cells(attributes: Mapping[str, Any]) -> dict[str, str]:
    return {str(name): _text(one.value) for name, one in attributes.items()}


def _text(value: Any) -> str:
    return "" if value is None else str(getattr(value, "id", value))
