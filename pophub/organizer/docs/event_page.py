"""docs/event-file.md: every key of the event file, generated from its JSON Schema."""

from __future__ import annotations

from collections.abc import Iterator

from pophub.organizer.event.checks import JsonSchema
from pophub.organizer.event.lined_yaml import in_yaml

HEAD = """# The event file

One YAML file for each event: `hub-config/events/<event>.yaml`. The file's name is the event's name: small letters, digits
and hyphens, 2 to 31 characters, a letter first. `pophub new <event>` asks about fifteen questions and writes one;
[the example](../hub-config/example-event.yaml) shows every key. `pophub check <event>` says what follows from a file, or
everything that is wrong with it, each with its line and what to do. Unknown keys are refused, and so are an event that is
past and a hub that everybody could sign in to.

A list of texts with one entry needs no brackets: `contact: organizers@geohackweek.example.org`.

An editor with a YAML language server ([VS Code](https://marketplace.visualstudio.com/items?itemName=redhat.vscode-yaml)
and others) completes and checks the file while you type: the first line of the file names
[the JSON Schema](../hub-config/event.schema.json), which `pophub schema` prints too.

This page is made from the model (`make generated`).
"""
TABLE = """| key | what it is | value | default | example |
| --- | --- | --- | --- | --- |"""


def page(schema: JsonSchema) -> str:
    """The whole page, in Markdown."""
    return "\n".join([HEAD, *_section(schema, "", "Keys", "The keys of the file.")])


def _section(schema: JsonSchema, place: str, title: str, about: str) -> Iterator[str]:
    one_of_them = schema.get("maxProperties") == 1
    yield f"## {title}\n\n{about}\n\n{TABLE}"
    for key, field in schema["properties"].items():
        default = "one of them" if one_of_them else _default(field, required=key in schema.get("required", []))
        cells = [f"`{key}`", field["description"], _value(field, f"{place}{key}"), default, _example(key, field)]
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
    yield ""
    for key, field in schema["properties"].items():
        part = field.get("items") or next((it for it in field.get("anyOf", ()) if "properties" in it), field)
        if "properties" in part:
            name = f"{place}{key}"
            yield from _section(part, f"{name}.", f"`{name}`", _about(part, field))


def _about(part: JsonSchema, field: JsonSchema) -> str:
    if "items" in field:
        return f"{field['description']} Each has these keys."
    return str(part.get("description", field["description"]))


def _default(field: JsonSchema, *, required: bool) -> str:
    if required:
        return "required"
    if "default" not in field:
        return "those of its keys"
    return "none" if field["default"] in ([], {}) else f"`{in_yaml(field['default'])}`"


def _example(key: str, field: JsonSchema) -> str:
    return f"`{key}: {in_yaml(field['examples'][0])}`"


def _value(field: JsonSchema, place: str) -> str:
    """The allowed values of a field, in words."""
    if "properties" in field:
        return f"keys of [`{place}`](#{_anchor(place)})"
    if "anyOf" in field:
        return ", or ".join(dict.fromkeys(_value(each, place) for each in field["anyOf"]))
    if "items" in field:
        return _list(field, place)
    if "enum" in field and "errorMessage" not in field:
        return ", ".join(f"`{in_yaml(each)}`" for each in field["enum"])
    return _scalar(field, place)


def _list(field: JsonSchema, place: str) -> str:
    least, most = field.get("minItems", 0), field.get("maxItems")
    count = f" of {least}" if least == most else f" of {least or 'up'} to {most}" if most else ""
    keys = f", each with the keys of [`{place}`](#{_anchor(place)})" if "properties" in field["items"] else ""
    return f"a list{count}{keys}"


def _scalar(field: JsonSchema, place: str) -> str:
    match field["type"]:
        case "null":
            return "`null`"
        case "boolean":
            return "`true` or `false`"
        case "object":
            return "variables and their values, which are text"
        case "string":
            words = field.get("patternErrorMessage") or field.get("errorMessage")
            assert words, f"{place}: its type does not say which text is allowed; `formed` of checks.py does"
            return str(words).removeprefix("not ")
    name = "whole number" if field["type"] == "integer" else "number"
    return f"{name}{_range(field)}"


def _range(field: JsonSchema) -> str:
    least, most = field.get("minimum"), field.get("maximum")
    if "exclusiveMinimum" in field:
        return f" above {field['exclusiveMinimum']}"
    if most is None:
        return "" if least is None else f", at least {least}"
    return f", {least} to {most}"


def _anchor(place: str) -> str:
    """The anchor that GitHub and MyST give to a section's heading."""
    return place.replace(".", "")
