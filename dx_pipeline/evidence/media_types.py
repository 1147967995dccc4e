"""Kinds of files and bodies: which are read as documents, which are data, which are told to be unread.

Only names of kinds and the size that a document may have belong here.
"""

MAX_BYTES = 20 * 1024 * 1024

DOCUMENT_TYPES = {
    ".html": "text/html",
    ".htm": "text/html",
    ".txt": "text/plain",
    ".md": "text/markdown",
    ".pdf": "application/pdf",
}
DATA_TYPES = {
    ".csv": "text/csv",
    ".tsv": "text/tab-separated-values",
    ".json": "application/json",
    ".xml": "application/xml",
    ".xls": "application/vnd.ms-excel",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".zip": "application/zip",
    ".gz": "application/gzip",
    ".parquet": "application/vnd.apache.parquet",
}
_OFFICE_TYPES = {
    ".doc": "application/msword",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".rtf": "application/rtf",
    ".epub": "application/epub+zip",
    ".xhtml": "application/xhtml+xml",
    ".ppt": "application/vnd.ms-powerpoint",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
UNREAD_DOCUMENTS = frozenset(_OFFICE_TYPES.values())
# What people put beside articles in the belief that it will be read; pictures and styles are not meant to be.
UNREAD_TYPES = _OFFICE_TYPES | {
    ".mht": "multipart/related",
    ".mhtml": "multipart/related",
    ".webarchive": "application/x-webarchive",
    ".eml": "message/rfc822",
    ".markdown": "text/markdown",
    ".text": "text/plain",
    ".xls": "application/vnd.ms-excel",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".zip": "application/zip",
    ".gz": "application/gzip",
    ".tar": "application/x-tar",
    ".wacz": "application/wacz",
    ".7z": "application/x-7z-compressed",
    ".rar": "application/vnd.rar",
}
