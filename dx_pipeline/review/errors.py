"""What goes wrong with the file of corrections as a whole; a bad entry raises nothing and goes to quarantine."""

from dx_pipeline.specs import CatalogueError


class CorrectionError(CatalogueError):
    """The file of corrections cannot be read or written; the message names it and the remedy."""
