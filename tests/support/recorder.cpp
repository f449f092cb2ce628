// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/support/recorder.h"

#include <poll.h>

#include <algorithm>
#include <ostream>
#include <sstream>
#include <stdexcept>

namespace test {
namespace {

constexpr const char* bus_name = "org.sipsession1";
constexpr const char* properties_interface = "org.freedesktop.DBus.Properties";

using Clock = std::chrono::steady_clock;

std::chrono::milliseconds until(Clock::time_point end) {
  return std::max(std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now()), std::chrono::milliseconds(0));
}

std::string call_text(const Entry& entry, std::size_t first) {
  std::string text = entry.member + "(";
  for (std::size_t i = first; i < entry.arguments.size(); ++i)
    text += (i > first ? ", " : "") + entry.arguments[i].to_text();
  return text + ")";
}

}  // namespace

std::string Entry::text() const { return call_text(*this, 0); }

std::string Entry::timeless() const {
  const bool timed = !arguments.empty() && arguments.front().type == 't' && !member.starts_with("reply");
  return call_text(*this, timed ? 1 : 0);
}

Recorder::Recorder(std::unique_ptr<sdbus::IConnection> connection) : connection_(std::move(connection)) {
  connection_->addMatch(
      "type='signal',sender='org.sipsession1'",
      [this](sdbus::Message& message) {
        keep({message.getPath(), message.getMemberName(), sipctl::read_values(message)});
      },
      sdbus::floating_slot_t{});
}

std::vector<std::string> Recorder::members(const std::string& path) const {
  std::vector<std::string> members;
  for (const Entry& entry : entries_)
    if (path.empty() || entry.path == path) members.push_back(entry.member);
  return members;
}

const Entry& Recorder::wait(const std::string& path, const std::string& member, std::chrono::milliseconds limit) {
  return wait([&](const Entry& entry) { return entry.path == path && entry.member == member; }, member + " of " + path,
              limit);
}

const Entry& Recorder::wait(const std::function<bool(const Entry&)>& fits, const std::string& wanted,
                            std::chrono::milliseconds limit) {
  const auto end = Clock::now() + limit;
  for (std::size_t seen = 0;;) {
    for (; seen < entries_.size(); ++seen)
      if (fits(entries_[seen])) return entries_[seen];
    if (until(end).count() == 0) break;
    process(until(end));
  }
  std::ostringstream sentence;
  sentence << wanted << " did not come within " << limit.count() << " ms; what came:\n" << *this;
  throw std::runtime_error(sentence.str());
}

void Recorder::settle() {
  const auto end = Clock::now() + patience;
  bool answered = false;
  sdbus::IProxy& daemon = proxy("/org/sipsession1");
  daemon.callMethod(daemon.createMethodCall("org.freedesktop.DBus.Peer", "Ping"),
                    [&](sdbus::MethodReply&, const sdbus::Error*) { answered = true; });
  while (!answered && until(end).count() > 0) process(until(end));
  if (!answered) throw std::runtime_error("the daemon does not answer");
}

void Recorder::set_property(const std::string& path, const std::string& interface, const std::string& property,
                            const sdbus::Variant& value) {
  send(path, properties_interface, "Set", interface, property, value);
}

sdbus::IProxy& Recorder::proxy(const std::string& path) {
  for (const auto& [known, proxy] : proxies_)
    if (known == path) return *proxy;
  return *proxies_.emplace_back(path, sdbus::createProxy(*connection_, bus_name, path)).second;
}

void Recorder::keep_reply(const std::string& path, const std::string& member, sdbus::Message& reply,
                          const sdbus::Error* error) {
  if (!error) return keep({path, "reply " + member, sipctl::read_values(reply)});
  keep({path, "error " + member, {{'s', error->getName(), {}}, {'s', error->getMessage(), {}}}});
}

void Recorder::process(std::chrono::milliseconds limit) {
  const auto data = connection_->getEventLoopPollData();
  pollfd poll{data.fd, data.events, 0};
  const int due = data.getPollTimeout();
  const int wait = due < 0 ? static_cast<int>(limit.count()) : std::min(due, static_cast<int>(limit.count()));
  ::poll(&poll, 1, wait);
  while (connection_->processPendingRequest()) {
  }
}

std::ostream& operator<<(std::ostream& out, const Recorder& recorder) {
  for (const Entry& entry : recorder.entries()) out << "  " << entry.path << " " << entry.text() << "\n";
  return out;
}

}  // namespace test
