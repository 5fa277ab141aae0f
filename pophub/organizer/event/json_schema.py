"""The JSON Schema of the event file, for editors: generated from the model, with its descriptions and limits.

Only `pophub check` checks rules between fields, for example the order of two dates or a domain outside of its zone.
"""

from __future__ import annotations

import json
from datetime import time
from decimal import Decimal
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import CoreSchema
from pydantic_core.core_schema import DecimalSchema

from pophub.organizer.event import lined_yaml
from pophub.organizer.event.checks import JsonSchema
from pophub.organizer.event.event import Event

# the newest dialect that yaml-language-server accepts without a warning:
# https://github.com/redhat-developer/yaml-language-server
DIALECT = "http://json-schema.org/draft-07/schema#"


class _Generator(GenerateJsonSchema):
    """Writes a Decimal as a number, and defaults as they would appear in the file."""

    def decimal_schema(self, schema: DecimalSchema) -> JsonSchema:
        found: JsonSchema = {"type": "number"}
        self.update_with_validations(found, schema, self.ValidationsMapping.numeric)
        return found

    def encode_default(self, dft: Any) -> Any:
        return dft

    def field_title_should_be_set(self, schema: CoreSchema | Any) -> bool:
        return False


def event_schema() -> JsonSchema:
    """The whole schema as plain data."""
    found = schema_of(Event)
    # the name comes from the file's name and is not a key of the file
    del found["properties"]["name"]
    found["required"].remove("name")
    about = "One event of pophub; docs/event-file.md describes every key."
    return {"$schema": DIALECT, "title": "Event file", **found, "description": about}


def schema_of(model: type[BaseModel]) -> JsonSchema:
    """The schema of a model, with each part written in full where it is used, so that it can have a description of its own."""
    found = model.model_json_schema(schema_generator=_Generator)
    parts = found.pop("$defs", {})
    del found["title"]
    return {key: _plain(each, parts) for key, each in found.items()}


def as_text(schema: JsonSchema) -> str:
    """The text of a schema file."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _plain(value: Any, parts: JsonSchema) -> Any:
    if isinstance(value, dict):
        return _object(value, parts)
    if isinstance(value, (list, tuple)):
        return [_plain(each, parts) for each in value]
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else float(value)
    return value


def _object(found: JsonSchema, parts: JsonSchema) -> JsonSchema:
    found = dict(found)
    if reference := found.pop("$ref", None):
        part = parts[reference.rpartition("/")[2]]
        found = {key: each for key, each in part.items() if key != "title"} | found
    default = found.get("default", found)
    if isinstance(default, BaseModel) or ("properties" in found and default is None):
        found.pop("default", None)
    if isinstance(examples := found.get("examples"), list):
        found["examples"] = [lined_yaml.read(each.encode()).data for each in examples]
    return {key: _plain(each, parts) for key, each in found.items()}
