// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/service.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(service)

namespace {

// Root may look into everything.
void become_a_user() {
  constexpr uid_t nobody = 65534;
  if (::geteuid() == 0 && ::setuid(nobody) != 0) ::_exit(1);
  ::prctl(PR_SET_DUMPABLE, 1);
}

// What a program gets that wants to trace another one of the same user: 0, or the error.
int result_of_tracing(bool forbidden) {
  std::array<int, 2> pipe{};
  BOOST_REQUIRE(::pipe(pipe.data()) == 0);
  const pid_t traced = ::fork();
  if (traced == 0) {
    become_a_user();
    if (forbidden) base::forbid_dumps();
    [[maybe_unused]] const auto told = ::write(pipe[1], "", 1);
    for (;;) ::pause();
  }
  char ready = 1;
  BOOST_REQUIRE(::read(pipe[0], &ready, 1) == 1);
  for (const int end : pipe) ::close(end);
  const pid_t tracer = ::fork();
  if (tracer == 0) {
    become_a_user();
    ::_exit(::ptrace(PTRACE_SEIZE, traced, nullptr, nullptr) == 0 ? 0 : errno);
  }
  int status = 0;
  ::waitpid(tracer, &status, 0);
  ::kill(traced, SIGKILL);
  ::waitpid(traced, nullptr, 0);
  return WEXITSTATUS(status);
}

}  // namespace

BOOST_AUTO_TEST_CASE(programs_of_the_same_user_cannot_look_into_us) {
  if (result_of_tracing(false) != 0) return;  // nobody traces anybody here
  BOOST_TEST(result_of_tracing(true) == EPERM);
}

BOOST_AUTO_TEST_SUITE_END()
