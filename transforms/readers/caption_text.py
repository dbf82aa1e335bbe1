"""A caption as it stands in a file, made encodable; what is no caption is empty."""


def caption_of(value: object) -> str:
    """The text where it is one that says something, else ""; lone surrogates become question marks."""
    if not isinstance(value, str) or not value.strip():
        return ""
    return value.encode("utf-8", "replace").decode()


def captions_of(value: object) -> list[str]:
    """The captions of a cell: one text, or a list of texts."""
    values = value if isinstance(value, list | tuple) else [value]
    return [text for item in values if (text := caption_of(item))]
