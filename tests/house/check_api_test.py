#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""check_api.py finds members without a comment and names without a test."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

PROGRAM = Path(__file__).resolve().parent.parent.parent / "tools" / "check_api.py"
XML = """<!-- SPDX-License-Identifier: LGPL-2.1-or-later -->
<node>
  <!-- A thing; NoSuchThing without one. -->
  <interface name="org.sipsession1.Thing">
    <!-- Does it. -->
    <method name="Do"><arg name="what" type="s" direction="in"/></method>
    <!-- Has done it. -->
    <signal name="DidDo"/>
    <!-- How it is. -->
    <property name="State" type="s" access="read"/>
  </interface>
</node>
"""
ERRORS = 'constexpr std::array names{\n    "NoSuchThing", "NeverRaised",\n};\n'


def faults_of(files):
    with tempfile.TemporaryDirectory() as place:
        for name, text in files.items():
            path = Path(place, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        done = subprocess.run([sys.executable, PROGRAM, place], capture_output=True, text=True, check=False)
        lines = done.stdout.splitlines()[:-1]
        assert done.returncode == (1 if lines else 0), done
        return lines


def tree():
    return {
        "dbus/org.sipsession1.Thing.xml": XML,
        "dbus/errors.cpp": ERRORS,
        "daemon/a.cpp": "throw Error(Errc::no_such_thing);",
        "tests/bus/a.cpp": 'thing.Do("x"); void onDidDo(); "NoSuchThing";',
    }


class CheckApi(unittest.TestCase):
    def test_a_whole_tree_and_an_empty_one_have_no_fault(self):
        self.assertEqual(faults_of(tree()), [])
        self.assertEqual(faults_of({}), [])

    def test_each_member_without_a_comment_is_found(self):
        for comment in ["Does it.", "Has done it.", "How it is."]:
            files = tree()
            files["dbus/org.sipsession1.Thing.xml"] = XML.replace(f"<!-- {comment} -->", "")
            self.assertEqual(len(faults_of(files)), 1, comment)

    def test_the_license_is_no_comment_of_an_interface(self):
        files = tree()
        files["dbus/org.sipsession1.Thing.xml"] = XML.replace("A thing; NoSuchThing", "SPDX")
        self.assertEqual(len(faults_of(files)), 2)  # the error is then explained nowhere, either

    def test_each_name_without_a_test_is_found(self):
        for name in ["thing.Do", "onDidDo", "NoSuchThing"]:
            files = tree()
            files["tests/bus/a.cpp"] = files["tests/bus/a.cpp"].replace(name, "(")
            self.assertEqual(len(faults_of(files)), 1, name)

    def test_an_error_counts_once_it_is_raised(self):
        files = tree()
        files["daemon/a.cpp"] += "throw Error(Errc::never_raised);"
        self.assertEqual(len(faults_of(files)), 2)


if __name__ == "__main__":
    unittest.main()
