"""SQL text that several modules need: quoting, and the checksum of a relation's content.

Nothing here runs SQL, and nothing but the standard library is imported: the check of a release
starts in a fresh process and must start fast.
"""

from collections.abc import Collection


def identifier(name: str) -> str:
    """Return a name as a quoted SQL identifier.

    >>> identifier('a"b')
    '"a""b"'
    """
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return a text as a quoted SQL literal, for the statements that take no parameters.

    >>> literal("it's")
    "'it''s'"
    """
    return "'" + text.replace("'", "''") + "'"


def content_query(relation: str, without: Collection[str] = ()) -> str:
    """Return a query for the row count and the content checksum of a relation.

    The checksum is the sum of 64 bits of each row's MD5, taken of the row as JSON: it does not depend
    on the order of rows, counts equal rows as often as they occur, and, other than DuckDB's ``hash``,
    is the same in every version of DuckDB. It guards against accidents, not against forgery.

    Args:
        relation: a quoted table name or a table function; may hold a ``?``.
        without: columns that the checksum leaves out.
    """
    columns = f"* exclude ({', '.join(identifier(c) for c in without)})" if without else "*"
    return (
        "select count(*), coalesce(sum(md5_number_lower(cast(to_json(whole_row) as varchar))), 0)::varchar "  # noqa: S608
        f"from (select {columns} from {relation}) as whole_row"
    )
