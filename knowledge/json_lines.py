"""Read one line of JSON from outside, whatever it holds."""

from __future__ import annotations

import json


class BadJson(ValueError):
    """The line is not JSON that can be used; `value` is what could be read of it all the same, else None."""

    def __init__(self, reason: str, value: object = None) -> None:
        super().__init__(reason)
        self.value = value


def read_json(line: bytes | str) -> object:
    """Parse a line.

    Raises:
        BadJson: not JSON, nested too deeply, a number too long, or half a character (a lone surrogate) inside.
    """
    value: object = None
    try:
        value = json.loads(line)
        json.dumps(value, ensure_ascii=False).encode()  # half a character cannot be stored or printed
    except UnicodeError as error:
        raise BadJson("it holds half a character or is not UTF-8", value) from error
    except RecursionError as error:
        raise BadJson("it is nested too deeply") from error
    except ValueError as error:
        raise BadJson(str(error)) from error
    return value
