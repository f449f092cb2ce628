#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Checks what no compiler checks: who may include whom, sizes, ownership, and a few words that have their one place.

usage: check_house.py [ROOT]   prints each fault as FILE:LINE: what is wrong, and fails if there is one.
"""

import re
import sys
from pathlib import Path

# May include: the rooms and the libraries of each room. "Only" below says where a library is confined to some files.
ARROWS = {
    "base": ({"base"}, {"glib", "gio", "systemd", "openssl"}),
    "config": ({"config", "base"}, {"libconfig"}),
    "media": ({"media", "base"}, {"gstreamer", "gstaudio", "glib", "srtp", "openssl", "nice", "opus"}),
    "msrp": ({"msrp", "base"}, {"gio", "glib"}),
    "daemon/sip": ({"daemon/sip", "base"}, {"sofia", "gstsdp", "gstreamer"}),
    "daemon/session": ({"daemon/session", "base", "config", "media", "msrp", "daemon/sip", "daemon/account"}, set()),
    "daemon/account": ({"daemon/account", "base", "config", "daemon/sip"}, set()),
    "daemon/host": ({"daemon/host", "base"}, {"gio", "glib", "sdbus"}),
    "dbus": (
        {"dbus", "base", "config", "daemon/sip", "daemon/session", "daemon/account", "media", "msrp"},
        {"sdbus"},
    ),
    "tools": ({"tools", "base", "config", "dbus"}, {"sdbus", "cli11"}),
}

# A library that only these files of a room may include.
ONLY = {
    ("base", "openssl"): {
        "base/digest.cpp",
        "base/certificate.cpp",
        "base/handshakes.cpp",
        "base/tls.cpp",
        "base/tls_rules.cpp",
    },
    ("media", "openssl"): {"media/srtp.cpp", "media/dtls.cpp"},
    ("media", "nice"): {"media/ice.cpp"},
    ("msrp", "gio"): {"msrp/connection.cpp"},
    # GMarkup reads the XML of RFC 3994.
    ("msrp", "glib"): {"msrp/connection.cpp", "msrp/composing.cpp"},
    ("daemon/sip", "gstsdp"): {"daemon/sip/sdp.cpp"},
    ("daemon/sip", "gstreamer"): {"daemon/sip/sdp.cpp"},
    ("daemon/sip", "sofia"): {"daemon/sip/sofia.h"},
}

# The files that may include a header of ours which opens a library to them.
CONFINED = {
    "daemon/sip/sofia.h": {
        # Their classes hold sofia's objects in Handles and are its magic pointers; no other header of the room is.
        "daemon/sip/stack.h",
        "daemon/sip/agent.h",
        "daemon/sip/agent.cpp",
        "daemon/sip/path.h",
        "daemon/sip/path.cpp",
        "daemon/sip/prober.h",
        "daemon/sip/prober.cpp",
        "daemon/sip/sofia_leg.h",
        "daemon/sip/digest_plugin.h",
        "daemon/sip/registrar_client.h",
        "daemon/sip/response.h",
        "daemon/sip/root_source.h",
        "daemon/sip/root_source.cpp",
        "daemon/sip/stack.cpp",
        "daemon/sip/sofia_leg.cpp",
        "daemon/sip/registrar_client.cpp",
        "daemon/sip/routes.cpp",
        "daemon/sip/digest_plugin.cpp",
    },
}

# Exceptions to the arrows by name, each with its reason: (file, what it includes).
INCLUDE_EXCEPTIONS = {
    # The connection to the bus is a source of GLib's loop.
    ("dbus/bus_source.cpp", "glib"),
    ("dbus/bus_source.h", "glib"),
    # sd_bus_path_encode() gives the paths of accounts.
    ("dbus/names.cpp", "systemd"),
    # sdbus-c++ 1.2 carries bytes one by one, sd-bus an array of them; and it has no interface that many objects share.
    ("dbus/opened.h", "systemd"),
    ("dbus/shared_object.cpp", "systemd"),
    ("tools/sipctl/value.cpp", "systemd"),
    # The diagram is printed from the table of states.
    ("tools/session_diagram.cpp", "daemon/session/machine.h"),
}

LIBRARIES = [
    (r"glib(\.h|-.*\.h|/.*)", "glib"),
    (r"gio/.*", "gio"),
    (r"systemd/.*", "systemd"),
    (r"openssl/.*", "openssl"),
    (r"libconfig\.h(\+\+)?", "libconfig"),
    (r"gst/sdp/.*", "gstsdp"),
    (r"gst/audio/.*", "gstaudio"),
    (r"gst/.*", "gstreamer"),
    (r"srtp2/.*", "srtp"),
    (r"nice/.*|agent\.h", "nice"),
    (r"opus/.*|opus\.h", "opus"),
    (r"sofia-sip/.*|su_source\.h", "sofia"),
    (r"sdbus-c\+\+/.*", "sdbus"),
    (r"CLI/.*", "cli11"),
    (r"boost/.*", "boost"),
    # C++ has no dot in its headers; the rest is the C library and the kernel.
    (r"[a-z_]+", "std"),
    (r"(sys|arpa|net|netinet|linux)/.*\.h", "std"),
    (
        r"(unistd|fcntl|poll|signal|errno|time|pthread|sched|netdb|ifaddrs|pwd|grp|dirent|endian|glob|termios|spawn"
        r"|getopt|limits|stdint|stdlib|string|stdio|semaphore|dlfcn)\.h",
        "std",
    ),
]

LINES_OF_A_FILE = 500
LINES_OF_A_HEADER = 100

# Headers that may be longer, each with its reason.
LONGER_HEADERS = {
    # A seam is read in one piece: the values, the events, the listener and the verbs of one neighbour.
    "media/audio_stream.h": 130,
    "daemon/sip/leg.h": 135,
    "msrp/chat_stream.h": 125,
    "daemon/account/binding.h": 105,
    # The verbs of the API, and a handler for each event of the dialog: both are long lists by nature.
    "daemon/session/session.h": 165,
    # A struct for each notification of the API.
    "daemon/session/events.h": 120,
}

# Words that have no place in some rooms: (pattern, where, why).
WORDS = [
    (r"\bsleep_for\b|\bsleep_until\b|\busleep\s*\(|\bnanosleep\s*\(|\bsleep\s*\(", r"tests/", "a test waits for what it needs, it never sleeps"),
    (r"\bstd::(recursive_|shared_|timed_)?mutex\b", r"(daemon|dbus|msrp|config)/", "one thread needs no mutex"),
]

# Exceptions to WORDS and to ownership by name: (file, word).
WORD_EXCEPTIONS = set()


def room_of(path):
    """The room of a file, "daemon/main" for what wires the house, None for what belongs to no room."""
    parts = path.split("/")
    if parts[0] == "daemon":
        return "/".join(parts[:2]) if len(parts) > 2 else "daemon/main"
    return parts[0]


def library_of(header):
    for pattern, name in LIBRARIES:
        if re.fullmatch(pattern, header):
            return name
    return None


def without(text, strings=True):
    """The text with its comments, and unless told otherwise its literals, blanked; lines stay where they are."""
    pattern = re.compile(
        r'//[^\n]*|/\*.*?\*/|R"(?P<d>[^(\s]{0,16})\(.*?\)(?P=d)"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'', re.S
    )

    def blank(match):
        found = match.group()
        if not strings and not found.startswith("/"):
            return found
        return re.sub(r"[^\n]", " ", found)

    return pattern.sub(blank, text)


def check_include(path, header, quoted):
    """What is wrong with this include, or None."""
    room = room_of(path)
    if room in ("tests", "daemon/main"):
        return None  # tests may see anything, and main.cpp builds the house
    if room not in ARROWS:
        return f"{room} is no room of the house"
    rooms, libraries = ARROWS[room]
    if quoted:
        target = room_of(header) if "/" in header else room
        if (path, header) in INCLUDE_EXCEPTIONS:
            return None
        if target not in rooms:
            return f"{room} may not include {header}"
        if header in CONFINED and path not in CONFINED[header]:
            return f"only {', '.join(sorted(CONFINED[header]))} may include {header}"
        return None
    library = library_of(header)
    if library is None:
        return f"<{header}> is of no library that the house knows"
    if library == "std" or (path, library) in INCLUDE_EXCEPTIONS:
        return None
    if library not in libraries:
        return f"{room} may not include <{header}>"
    if path not in ONLY.get((room, library), {path}):
        return f"only {', '.join(sorted(ONLY[(room, library)]))} may include <{header}>"
    return None


def check_includes(path, text):
    code = without(text, strings=False)
    for match in re.finditer(r'^[ \t]*#[ \t]*include[ \t]*(?:<([^>]+)>|"([^"]+)")', code, re.M):
        fault = check_include(path, match[1] or match[2], match[2] is not None)
        if fault:
            yield line_of(code, match.start()), fault


def check_ownership(path, code):
    """Only base/handle.h and the type arguments of Handle name what releases an object."""
    if path == "base/handle.h":
        return
    rest = re.sub(r"\bHandle<[^;{}]*?>", lambda m: re.sub(r"[^\n]", " ", m.group()), code)
    rest = re.sub(r"\bRelease<[^;{}]*?>", lambda m: re.sub(r"[^\n]", " ", m.group()), rest)
    rest = re.sub(r"=\s*delete\b", "", rest)
    rest = re.sub(r"\boperator\s+(new|delete)\b", "", rest)
    for match in re.finditer(r"\bnew\b(?!\s*[,;)])|\bdelete\b|(?<![.>\w])(?:std::)?free\s*\(|\bg_free\b|\b\w+_unref\b", rest):
        if (path, match.group().strip(" (")) not in WORD_EXCEPTIONS:
            yield line_of(rest, match.start()), f"{match.group().strip(' (')}: owned objects live in a Handle"


def check_words(path, code):
    for pattern, where, why in WORDS:
        if not re.match(where, path):
            continue
        for match in re.finditer(pattern, code):
            if (path, match.group().strip(" (")) not in WORD_EXCEPTIONS:
                yield line_of(code, match.start()), f"{match.group().strip(' (')}: {why}"
    if path.startswith("dbus/"):
        tries = list(re.finditer(r"\btry\s*\{", code))
        for match in tries[1 if path == "dbus/errors.cpp" else 0 :]:
            yield line_of(code, match.start()), "try: the door has one, in errors.cpp"


def check_size(path, text):
    lines = text.count("\n")
    # A header of the tests is a fixture, which defines all that it declares.
    is_header = path.endswith(".h") and not path.startswith("tests/")
    limit = LONGER_HEADERS.get(path, LINES_OF_A_HEADER) if is_header else LINES_OF_A_FILE
    if lines > limit:
        yield lines, f"{lines} lines are more than {limit}"


def check_license(path, text):
    head = text.split("\n")[:3]
    first = head[1:] if head[0].startswith(("#!", "<?xml", "<!DOCTYPE")) else head[:1]
    if not any("SPDX-License-Identifier: LGPL-2.1-or-later" in line for line in first):
        yield 1, "the first line is not the SPDX line"


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def check_file(path, text):
    yield from check_license(path, text)
    if not path.endswith((".h", ".cpp")):
        return
    yield from check_size(path, text)
    yield from check_includes(path, text)
    code = without(text)
    yield from check_ownership(path, code)
    yield from check_words(path, code)
    if path.endswith(".h") and not re.search(r"^#pragma once$", text, re.M):
        yield 1, "#pragma once is missing"


def files_of(root):
    """The files that people write: not what is built, fetched or taken from others."""
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if name.startswith((".git/", "build", "tests/data/", "tests/fuzz/corpus/")) or not path.is_file():
            continue
        if name.endswith((".h", ".cpp", ".py", "meson.build", ".xml", ".service.in")):
            yield name, path


def main():
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).resolve().parent.parent)
    faults = 0
    for name, path in files_of(root):
        for line, fault in sorted(check_file(name, path.read_text(encoding="utf-8"))):
            print(f"{name}:{line}: {fault}")
            faults += 1
    print(f"{faults} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
