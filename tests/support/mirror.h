// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

#include "tests/support/recorder.h"

namespace test {

// What a client knows that reads only PropertiesChanged: whether each signal of the session told only of what it knew
// already, and whether it knows in the end what GetAll tells. Nothing, or what is wrong.
std::string fault_of_mirror(Recorder& recorder, const std::string& session);

}  // namespace test
