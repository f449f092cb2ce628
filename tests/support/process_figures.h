// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <string>

#include <sys/types.h>

// What a process uses; nothing, if there is none.
namespace test {

using Milliseconds = std::chrono::duration<double, std::milli>;

// CPU time of all its threads until now.
Milliseconds cpu_of(pid_t process);
// A figure of proc(5), status: VmRSS is what it has of the memory now, VmHWM the most that it ever had.
long kilobytes_of(pid_t process, const std::string& figure = "VmRSS");

}  // namespace test
