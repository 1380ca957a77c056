"""What a form sends: its texts by name, as people typed them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import Depends
from starlette.requests import Request

from copilot.errors import UploadTooLarge

#: A draft of 40,000 Chinese characters, each written as nine bytes, and room around it.
_MOST_BYTES = 2_000_000
_MOST_FIELDS = 200


async def posted(request: Request) -> Mapping[str, str]:
    """Return the fields of a form; of several with one name the last, and line ends as `\\n`.

    Raises:
        UploadTooLarge: it is longer than any of our forms.
    """
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _MOST_BYTES:
            raise UploadTooLarge(f"The form has more than {_MOST_BYTES // 1_000_000} MB. Shorten the text.")
    try:
        read = parse_qs(
            body.decode("utf-8", "replace"), keep_blank_values=True, errors="replace", max_num_fields=_MOST_FIELDS
        )
    except ValueError as error:
        raise UploadTooLarge(f"The form has more than {_MOST_FIELDS} fields. Go back and send it again.") from error
    return {name: values[-1].replace("\r\n", "\n").replace("\r", "\n") for name, values in read.items()}


#: In the signature of a route: the fields that were sent.
Posted = Annotated[Mapping[str, str], Depends(posted)]


def number(fields: Mapping[str, str], name: str) -> int:
    """Return a whole number from 1 on that a form carries; 0 where it has none, which nothing ever has."""
    text = fields.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
