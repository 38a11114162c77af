#!/usr/bin/env python3
"""embed_openapi.py OPENAPI.yaml OUT.cc: the document and its schemas as C++.

Each schema becomes a document of its own: what it refers to comes along under $defs.
"""
import json
import pathlib
import sys

import yaml

PREFIX = "#/components/schemas/"


def references(node):
    if isinstance(node, dict):
        target = node.get("$ref")
        if isinstance(target, str) and target.startswith(PREFIX):
            yield target[len(PREFIX):]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def rewritten(node):
    if isinstance(node, dict):
        return {key: value.replace(PREFIX, "#/$defs/") if key == "$ref" else rewritten(value)
                for key, value in node.items()}
    return [rewritten(value) for value in node] if isinstance(node, list) else node


def standalone(name, schemas):
    needed, queue = set(), list(references(schemas[name]))
    while queue:
        other = queue.pop()
        if other not in needed:
            needed.add(other)
            queue.extend(references(schemas[other]))
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": name}
    schema.update(rewritten(schemas[name]))
    if needed:
        schema["$defs"] = {other: rewritten(schemas[other]) for other in sorted(needed)}
    return json.dumps(schema, separators=(",", ":"))


def literal(text):
    # Compilers need not take longer ones.
    pieces = [text[i:i + 12000] for i in range(0, len(text), 12000)] or [""]
    return ",\n    ".join('R"~~(' + piece + ')~~"' for piece in pieces)


def main(source, target):
    text = pathlib.Path(source).read_text()
    schemas = yaml.safe_load(text)["components"]["schemas"]
    entries = "".join(f'      {{"{name}", joined({{{literal(standalone(name, schemas))}}})}},\n'
                      for name in sorted(schemas))
    pathlib.Path(target).write_text(f'''#include "goakt/admin/openapi.h"

#include <initializer_list>

namespace goakt::admin {{

namespace {{

std::string joined(std::initializer_list<const char*> pieces) {{
  std::string text;
  for (const char* piece : pieces) text += piece;
  return text;
}}

}}  // namespace

std::string_view openapi_text() {{
  static const std::string kText = joined({{
    {literal(text)}}});
  return kText;
}}

const std::map<std::string, std::string, std::less<>>& schemas() {{
  static const std::map<std::string, std::string, std::less<>> kSchemas{{
{entries}  }};
  return kSchemas;
}}

}}  // namespace goakt::admin
''')


if __name__ == "__main__":
    main(*sys.argv[1:])
