#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints the reference of the D-Bus API, in Markdown, from the comments in dbus/*.xml.

usage: api_reference.py [ROOT]
"""

import sys
import textwrap
import xml.etree.ElementTree as ElementTree
from pathlib import Path

KINDS = {"method": "Methods", "signal": "Signals", "property": "Properties"}
ACCESS = {"read": "read-only", "readwrite": "read and write", "write": "write-only"}
EMITS = {"const": "never changes", "false": "changes are not told", "invalidates": "changes are told without the value"}


def with_comments(parent):
    """(child, the text of the comment directly before it) for each child."""
    comment = ""
    for child in parent:
        if child.tag is ElementTree.Comment:
            comment = " ".join((child.text or "").split())
        else:
            yield child, comment
            comment = ""


def arguments(member, direction):
    """`type name, type name` of one direction; signals have no direction."""
    found = [arg for arg in member.iter("arg") if arg.get("direction", direction) == direction]
    return ", ".join(f"{arg.get('type')} {arg.get('name')}" for arg in found)


def title_of(member):
    name = member.get("name")
    if member.tag == "property":
        return f"{name} `{member.get('type')}`"
    if member.tag == "signal":
        return f"{name} `({arguments(member, 'out')})`"
    out = arguments(member, "out")
    return f"{name} `({arguments(member, 'in')})" + (f" → ({out})`" if out else "`")


def notes_of(member):
    if member.tag == "property":
        notes = [ACCESS[member.get("access")]]
        notes += [EMITS[a.get("value")] for a in member.iter("annotation") if a.get("value") in EMITS]
        yield ", ".join(notes).capitalize() + "."


def paragraphs(text):
    # What looks like a tag in the XML's comments must not become one here.
    return textwrap.fill(text.replace("<", "&lt;"), 120, break_long_words=False, break_on_hyphens=False)


def print_interface(interface, comment):
    print(f"## {interface.get('name')}\n\n{paragraphs(comment)}\n")
    members = list(with_comments(interface))
    for kind, heading in KINDS.items():
        chosen = [(member, text) for member, text in members if member.tag == kind]
        if chosen:
            print(f"### {heading}\n")
        for member, text in chosen:
            print(f"#### {title_of(member)}\n")
            print(paragraphs(" ".join([text, *notes_of(member)])) + "\n")


def main():
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent)
    print("<!-- Printed by tools/api_reference.py from dbus/*.xml. Do not edit. -->")
    print("# The D-Bus API of sipsessiond\n")
    for path in sorted((root / "dbus").glob("org.sipsession1.*.xml")):
        builder = ElementTree.TreeBuilder(insert_comments=True)
        node = ElementTree.fromstring(path.read_text(encoding="utf-8"), ElementTree.XMLParser(target=builder))
        for interface, comment in with_comments(node):
            print_interface(interface, comment)


if __name__ == "__main__":
    sys.exit(main())
