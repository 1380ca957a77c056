"""Checks JSON against the part of JSON Schema that recorded contracts use; objects take no field they do not name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

_TYPES: Mapping[str, type] = {"object": dict, "array": list, "string": str, "integer": int}


def differences(value: Any, shape: Mapping[str, Any], definitions: Mapping[str, Any], at: str = "") -> Iterator[str]:
    """Say what of a value the contract does not allow."""
    shape = definitions[shape["$ref"]] if "$ref" in shape else shape
    if not isinstance(value, _TYPES[shape["type"]]) or isinstance(value, bool):
        yield f"{at or 'body'} is no {shape['type']}"
        return
    if isinstance(value, dict):
        known = shape.get("properties", {})
        yield from (f"{at}.{name} is not known" for name in value if name not in known)
        yield from (f"{at}.{name} is missing" for name in shape.get("required", ()) if name not in value)
        for name in value.keys() & known.keys():
            yield from differences(value[name], known[name], definitions, f"{at}.{name}")
    elif isinstance(value, list):
        if not shape.get("minItems", 0) <= len(value) <= shape.get("maxItems", len(value)):
            yield f"{at} has {len(value)} items"
        for number, one in enumerate(value):
            yield from differences(one, shape["items"], definitions, f"{at}[{number}]")
    elif isinstance(value, str):
        if len(value.encode("utf-16-le")) // 2 > shape.get("maxLength", 10**9):
            yield f"{at} is too long"
        if value not in shape.get("enum", [value]):
            yield f"{at} is {value!r}"
        if "pattern" in shape and not re.fullmatch(shape["pattern"], value):
            yield f"{at} is {value[:40]!r}"
