// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

// Networks that nobody else's programs see, and that go with the process.
namespace test {

// Takes this process, before it has threads, into a network of its own, in which it is root. False, with errno, where
// the machine does not allow that.
bool leave_the_network();

// Runs ip(8) here; throws when it fails.
void ip(const std::string& arguments);

}  // namespace test
