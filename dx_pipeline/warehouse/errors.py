"""What can go wrong in the warehouse, as errors whose message names the place and the remedy."""


class WarehouseError(RuntimeError):
    """Anything that the warehouse refuses or cannot do."""


class PublishError(WarehouseError):
    """A release could not be built or did not stand its check; the release before is untouched."""


class ReleaseError(WarehouseError):
    """A release that was asked for is not there, or the link to it cannot be used."""


class QueryError(WarehouseError):
    """A query that is not one reading statement, or that DuckDB refuses."""
