"""As much of JSON Schema 2020-12 as the schemas of the forms use; any other word is refused."""

from __future__ import annotations

import re
from typing import Any

KNOWN = {
    *("$schema", "title", "type", "properties", "required", "additionalProperties", "const"),
    *("enum", "items", "minItems", "uniqueItems", "pattern", "maxLength", "format"),
}
_TYPES = {"object": dict, "array": list, "string": str, "boolean": bool}


def allows(schema: dict[str, Any], value: Any) -> bool:
    """Whether a value is one that the schema describes."""
    assert set(schema) <= KNOWN, set(schema) - KNOWN
    if "type" in schema and type(value) is not _TYPES[schema["type"]]:
        return False
    if "const" in schema and value != schema["const"]:
        return False
    if "enum" in schema and value not in schema["enum"]:
        return False
    if isinstance(value, str):
        if "pattern" in schema and not re.search(schema["pattern"], value):
            return False
        return len(value) <= schema.get("maxLength", len(value))
    if isinstance(value, list):
        if len(value) < schema.get("minItems", 0):
            return False
        if schema.get("uniqueItems") and len(set(value)) < len(value):
            return False
        return all(allows(schema["items"], one) for one in value)
    if isinstance(value, dict):
        if not set(schema["required"]) <= set(value) <= set(schema["properties"]):
            return False
        return all(allows(schema["properties"][key], one) for key, one in value.items())
    return True
