#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""check_house.py finds what it is there to find, and nothing in what only looks like it."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent / "tools"))
sys.dont_write_bytecode = True
import check_house  # noqa: E402

SPDX = "// SPDX-License-Identifier: LGPL-2.1-or-later\n"


def faults(path, body):
    return list(check_house.check_file(path, SPDX + body))


class CheckHouse(unittest.TestCase):
    def test_arrows_that_are_not_drawn_are_found(self):
        for path, header in [
            ("config/a.cpp", '"media/codecs.h"'),
            ("media/a.cpp", '"config/values.h"'),
            ("msrp/a.cpp", "<gst/gst.h>"),
            ("config/a.cpp", "<glib.h>"),
            ("daemon/account/a.cpp", '"daemon/session/session.h"'),
            ("daemon/session/a.cpp", '"daemon/sip/sofia.h"'),
            ("daemon/sip/uri.cpp", "<gst/sdp/gstsdpmessage.h>"),
            ("daemon/sip/stack.cpp", "<sofia-sip/nua.h>"),
            ("base/text.cpp", "<openssl/evp.h>"),
            ("base/a.cpp", '"dbus/names.h"'),
            ("dbus/a.cpp", '"daemon/host/sleep_monitor.h"'),
            ("media/a.cpp", "<boost/asio.hpp>"),
            ("media/a.cpp", "<nlohmann/json.hpp>"),
            ("garage/a.cpp", "<vector>"),
        ]:
            self.assertEqual(len(faults(path, f"#include {header}\n")), 1, (path, header))

    def test_arrows_that_are_drawn_are_not(self):
        for path, header in [
            ("config/file.cpp", "<libconfig.h++>"),
            ("media/a.cpp", "<gst/audio/audio.h>"),
            ("daemon/main.cpp", '"daemon/host/sleep_monitor.h"'),
            ("daemon/sip/sofia.cpp", "<vector>"),
            ("daemon/sip/sofia_leg.cpp", '"daemon/sip/sofia.h"'),
            ("daemon/sip/sdp.cpp", "<gst/sdp/gstsdpmessage.h>"),
            ("dbus/session_adaptor.cpp", '"dbus/Session_adaptor.h"'),
            ("tools/sipctl.cpp", "<CLI/CLI.hpp>"),
            ("tests/unit/media/a.cpp", '"daemon/sip/sofia.h"'),
            ("base/a.cpp", "<sys/socket.h>"),
        ]:
            self.assertEqual(faults(path, f"#include {header}\n"), [], (path, header))
        self.assertEqual(faults("config/a.cpp", '// #include "media/codecs.h"\n/*\n#include <glib.h>\n*/\n'), [])

    def test_ownership_without_a_handle_is_found(self):
        for line in ["auto* a = new int;", "delete a;", "delete[] a;", "free(a);", "g_free(a);", "g_object_unref(a);"]:
            self.assertEqual(len(faults("media/a.cpp", line + "\n")), 1, line)

    def test_what_only_looks_like_ownership_is_not(self):
        for line in [
            "A(const A&) = delete;",
            "// a new thing, free (of charge)",
            'log("delete new free()");',
            "base::Handle<GMainLoop, g_main_loop_unref> loop;",
            "const Handle<char, g_free> text(f());",
            "using Loop = base::Handle<GMainLoop,\n                          g_main_loop_unref>;",
            "pool.free(slot);",
            "renew(); newest = 1;",
        ]:
            self.assertEqual(faults("media/a.cpp", line + "\n"), [], line)

    def test_words_have_their_places(self):
        self.assertEqual(len(faults("tests/a.cpp", "std::this_thread::sleep_for(1ms);\n")), 1)
        self.assertEqual(faults("media/a.cpp", "std::mutex m;\n"), [])
        self.assertEqual(len(faults("dbus/a.cpp", "std::mutex m;\n")), 1)
        self.assertEqual(len(faults("dbus/a.cpp", "try {\n")), 1)
        self.assertEqual(faults("dbus/errors.cpp", "try {\n"), [])
        self.assertEqual(len(faults("dbus/errors.cpp", "try {\ntry {\n")), 1)

    def test_sizes_and_first_lines(self):
        self.assertEqual(faults("base/a.cpp", "\n" * 499), [])
        self.assertEqual(len(faults("base/a.cpp", "\n" * 500)), 1)
        self.assertEqual(faults("base/a.h", "#pragma once\n" + "\n" * 98), [])
        self.assertEqual(len(faults("base/a.h", "#pragma once\n" + "\n" * 99)), 1)
        self.assertEqual(faults("tests/unit/base/a.h", "#pragma once\n" + "\n" * 99), [])
        self.assertEqual(len(faults("base/a.h", "")), 1)
        self.assertEqual(len(list(check_house.check_file("base/a.cpp", "int a;\n"))), 1)

    def test_a_fault_is_told_with_its_line(self):
        self.assertEqual(faults("config/a.cpp", "\n/* a\n*/\n#include <glib.h>\n")[0][0], 5)


if __name__ == "__main__":
    unittest.main()
