"""Forms of people who have not signed in: read up to a size, so that nothing is kept in memory for strangers."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends
from starlette.exceptions import HTTPException
from starlette.requests import Request

_MOST_BYTES = 8192
_MOST_FIELDS = 20


async def _small_form(request: Request) -> dict[str, str]:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _MOST_BYTES:
            raise HTTPException(413, "The form is too long")
    try:
        pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError as error:
        raise HTTPException(400, "The form cannot be read") from error
    return dict(pairs)


#: Names and values of a form; of a name that comes twice the last.
SmallForm = Annotated[dict[str, str], Depends(_small_form)]
