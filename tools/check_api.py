#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Checks that everything on the bus is documented and tested.

Each interface, method, signal and property of dbus/org.sipsession1.*.xml has a comment directly before it; each error name
of dbus/errors.cpp that some source raises is explained in some comment; each method and signal and each such error is named
in some file of tests/bus/.

usage: check_api.py [ROOT]   prints each fault as FILE: what is wrong, and fails if there is one.
"""

import re
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

# Names that no test on the bus can show, each with its reason.
EXCEPTIONS = {
    "Failed": "a fault of ours: no caller can bring it about",
}


def read_interfaces(path):
    """The interface elements of one file, each with the comments among its children."""
    builder = ElementTree.TreeBuilder(insert_comments=True)
    root = ElementTree.fromstring(path.read_text(encoding="utf-8"), ElementTree.XMLParser(target=builder))
    return with_comments(root)


def with_comments(parent):
    """(child, the text of the comment directly before it) for each child."""
    comment = ""
    for child in parent:
        if child.tag is ElementTree.Comment:
            comment = (child.text or "").strip()
        else:
            yield child, comment
            comment = ""


def check_documented(path):
    """Faults of one file; also collects its method and signal names and all its documentation."""
    faults, names, texts = [], [], []
    for interface, comment in read_interfaces(path):
        if interface.tag != "interface":
            continue
        members = [(interface, comment)] + list(with_comments(interface))
        for member, text in members:
            if member.tag not in ("interface", "method", "signal", "property"):
                continue
            texts.append(text)
            if not text or text.startswith("SPDX"):
                faults.append(f"{path.name}: {member.tag} {member.get('name')} has no comment directly before it")
            if member.tag in ("method", "signal"):
                names.append(member.get("name"))
    return faults, names, texts


def is_raised(error, root):
    """Whether a source names the code of this error: InvalidState is Errc::invalid_state."""
    code = re.compile(r"\bErrc::" + re.sub(r"(?<!^)(?=[A-Z])", "_", error).lower() + r"\b")
    rooms = ("config", "media", "msrp", "daemon", "dbus")
    sources = (path for room in rooms for path in (root / room).rglob("*.*") if path.suffix in (".h", ".cpp"))
    return any(code.search(path.read_text(encoding="utf-8")) for path in sources)


def error_names(root):
    """The names in the array of dbus/errors.cpp."""
    path = root / "dbus" / "errors.cpp"
    if not path.exists():
        return []
    array = re.search(r"\bnames\b[^;]*?\{(.*?)\};", path.read_text(encoding="utf-8"), re.S)
    if not array:
        raise SystemExit("dbus/errors.cpp: no array of names was found")
    return re.findall(r'"([A-Z]\w*)"', array[1])


def check_named(kind, names, texts, where):
    """Each name stands as a whole word in one of the texts; a signal may be found by its handler, onName, or as the
    stories of the tests tell it, without SIPSession."""
    words = set(re.findall(r"\w+", "\n".join(texts)))
    for name in sorted(set(names) - set(EXCEPTIONS)):
        if words.isdisjoint({name, f"on{name}", name.removeprefix("SIPSession")}):
            yield f"{kind} {name} is not named in {where}"


def main():
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent)
    faults, members, documentation = [], [], []
    for path in sorted((root / "dbus").glob("org.sipsession1.*.xml")):
        found, names, texts = check_documented(path)
        faults += found
        members += names
        documentation += texts
    errors = [name for name in error_names(root) if is_raised(name, root)]
    sources = sorted(path for path in (root / "tests" / "bus").rglob("*") if path.suffix in (".cpp", ".h", ".py"))
    tests = [path.read_text(encoding="utf-8") for path in sources]
    if members:
        faults += check_named("error", errors, documentation, "the comments of dbus/*.xml")
    # A tree without any test on the bus yet has nothing to compare.
    if tests:
        faults += check_named("method or signal", members, tests, "tests/bus/")
        faults += check_named("error", errors, tests, "tests/bus/")
    for fault in faults:
        print(fault)
    print(f"{len(members)} methods and signals, {len(errors)} errors, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
