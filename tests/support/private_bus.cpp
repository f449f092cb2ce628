// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/support/private_bus.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <system_error>

namespace test {
namespace {

constexpr const char* bus_config = R"(<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:dir=DIRECTORY</listen>
  <auth>EXTERNAL</auth>SERVICES
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
)";

[[noreturn]] void fail(const std::string& what) { throw std::system_error(errno, std::generic_category(), what); }

bool readable(int descriptor, std::chrono::milliseconds limit) {
  pollfd poll{descriptor, POLLIN, 0};
  return ::poll(&poll, 1, static_cast<int>(limit.count())) > 0;
}

[[noreturn]] void become(std::vector<std::string>& command, const std::map<std::string, std::string>& environment,
                         int output, int errors, int input) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // a test that crashes leaves nothing behind
  for (const auto& [name, value] : environment) ::setenv(name.c_str(), value.c_str(), 1);
  if (input >= 0) ::dup2(input, STDIN_FILENO);
  if (output >= 0) ::dup2(output, STDOUT_FILENO);
  if (errors >= 0) ::dup2(errors, STDERR_FILENO);
  std::vector<char*> arguments;
  for (std::string& argument : command) arguments.push_back(argument.data());
  arguments.push_back(nullptr);
  ::execvp(arguments.front(), arguments.data());
  ::_exit(127);
}

}  // namespace

TemporaryDirectory::TemporaryDirectory() {
  std::string name = std::filesystem::temp_directory_path() / "sipsessiond-test-XXXXXX";
  if (!::mkdtemp(name.data())) fail(name);
  path_ = name;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

Process::Process(std::vector<std::string> command, std::map<std::string, std::string> environment, int output,
                 int errors, int input) {
  number_ = ::fork();
  if (number_ < 0) fail("fork");
  if (number_ == 0) become(command, environment, output, errors, input);
  descriptor_ = static_cast<int>(::syscall(SYS_pidfd_open, number_, 0));
  if (descriptor_ < 0) fail("pidfd_open");
}

Process::~Process() {
  using namespace std::chrono_literals;
  if (!wait(0ms)) signal(SIGTERM);
  if (!wait(5s)) signal(SIGKILL);
  wait(5s);
  ::close(descriptor_);
}

void Process::signal(int number) const {
  if (!result_) ::kill(number_, number);
}

std::optional<int> Process::wait(std::chrono::milliseconds limit) {
  int status = 0;
  if (result_ || !readable(descriptor_, limit) || ::waitpid(number_, &status, 0) != number_) return result_;
  result_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  dumped_core_ = WIFSIGNALED(status) && WCOREDUMP(status);
  return result_;
}

PrivateBus::PrivateBus(const std::string& services) {
  const auto file = directory_.path() / "bus.conf";
  std::string config = bus_config;
  config.replace(config.find("DIRECTORY"), 9, directory_.path());
  const std::string services_line = services.empty() ? "" : "\n  <servicedir>" + services + "</servicedir>";
  config.replace(config.find("SERVICES"), 8, services_line);
  std::ofstream(file) << config;

  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) fail("pipe");
  daemon_.emplace(std::vector<std::string>{"dbus-daemon", "--config-file=" + file.string(), "--print-address",
                                           "--nofork", "--nopidfile"},
                  std::map<std::string, std::string>{{"XDG_RUNTIME_DIR", directory_.path()},
                                                     {"XDG_CONFIG_HOME", directory_.path()},
                                                     {"XDG_DATA_HOME", directory_.path()}},
                  pipe[1]);
  ::close(pipe[1]);
  std::array<char, 1024> text{};
  const auto length = readable(pipe[0], std::chrono::seconds(10)) ? ::read(pipe[0], text.data(), text.size()) : 0;
  ::close(pipe[0]);
  address_.assign(text.data(), static_cast<std::size_t>(length > 0 ? length : 0));
  if (address_.empty()) throw std::runtime_error("the private bus did not start");
  address_.erase(address_.find_last_not_of('\n') + 1);
}

std::unique_ptr<sdbus::IConnection> PrivateBus::connect() const {
  return sdbus::createSessionBusConnectionWithAddress(address_);
}

}  // namespace test
