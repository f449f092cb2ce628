// SPDX-License-Identifier: LGPL-2.1-or-later
#include "dbus/errors.h"

#include <array>
#include <string>

#include "base/log.h"
#include "base/text.h"
#include "dbus/names.h"

namespace dbus {
namespace {

// In the order of base::Errc.
constexpr std::array names{
    "InvalidState",    "NoSuchAccount",     "NoSuchStream",     "InvalidUri",   "InvalidArgument", "AccountExists",
    "AccountDisabled", "AccountIncomplete", "NoTransport",      "DnsFailure",   "MediaFailure",    "ChatFailure",
    "FileFailure",     "ConfigFailure",     "EngineNotRunning", "LimitReached", "Failed",
};
static_assert(names.size() == static_cast<std::size_t>(base::Errc::failed) + 1);

sdbus::Error fault(const std::string& what) {
  base::log::error("internal fault", {{"FAULT", what}});
  return {error_name(base::Errc::failed), base::to_display("internal fault: " + what)};
}

}  // namespace

std::string error_name(base::Errc code) { return std::string(error_prefix) + names[static_cast<std::size_t>(code)]; }

sdbus::Error error_of(const base::Error& refused) {
  if (refused.code() == base::Errc::failed) return fault(refused.what());
  return {error_name(refused.code()), base::to_display(refused.what())};
}

std::optional<sdbus::Error> failure_of(const std::function<void()>& call) {
  try {
    call();
    return {};
  } catch (const base::Error& error) {
    return error_of(error);
  } catch (const sdbus::Error& error) {
    return error;
  } catch (const std::exception& error) {
    return fault(error.what());
  } catch (...) {
    return fault("unknown exception");
  }
}

void attempt(const std::function<void()>& call) {
  if (const auto failure = failure_of(call))
    base::log::warning("nothing was told on the bus", {{"FAULT", failure->getMessage()}});
}

}  // namespace dbus
