// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/support/station.h"

#include <poll.h>
#include <signal.h>

#include <algorithm>
#include <stdexcept>

#include "tests/support/mirror.h"

namespace test {
namespace {

using namespace std::chrono_literals;

std::string all_faulty_ends;

constexpr std::string_view prefix = "SIPSession";

std::string config_of(const StationSettings& settings) {
  return "local_ip = \"" + settings.address + "\";\naudio: { input_device = \"" + settings.input +
         "\"; output_device = \"none\"; " + settings.audio + " };\nbonjour: { contact_user = \"" + settings.user +
         "\"; };\n" + settings.more;
}

std::string plain(const sipctl::Value& value) {
  if (value.type != 'a' && value.type != '(') return value.text;
  std::string text;
  for (const sipctl::Value& item : value.items) text += (text.empty() ? "" : ",") + plain(item);
  return text;
}

std::string lines(const std::vector<std::string>& story) {
  std::string text;
  for (const std::string& line : story) text += "  " + line + "\n";
  return text;
}

}  // namespace

std::string line_of(const Entry& entry) {
  std::string line = entry.member;
  if (line.starts_with(prefix)) line.erase(0, prefix.size());
  for (std::size_t i = 1; i < entry.arguments.size(); ++i)
    if (const std::string text = plain(entry.arguments[i]); !text.empty()) line += " " + text;
  return line;
}

Station::Station(const StationSettings& settings)
    : daemon(bus, config_of(settings), settings.options, settings.environment, settings.errors),
      recorder(bus.connect()),
      client(recorder.connection()),
      user_(settings.user) {
  uris_ = client.get<std::vector<std::string>>(engine_path, "Engine", "LocalUris");
  // How it started may have been told before we listened, or after.
  recorder.settle();
  recorder.clear();
}

Station::~Station() {
  Process& process = daemon.process();
  if (process.wait(0ms)) return;
  process.signal(SIGTERM);
  const auto code = process.wait(patience);
  if (code != 0) all_faulty_ends += "a daemon ended with " + (code ? std::to_string(*code) : "nothing") + "\n";
}

const std::string& faulty_ends() { return all_faulty_ends; }

std::string Station::uri(const std::string& transport) const {
  const std::string ending = transport == "udp" ? "" : ";transport=" + transport;
  for (const std::string& uri : uris_)
    if (uri.substr(std::min(uri.find(';'), uri.size())) == ending) {
      std::string text = uri;
      return text.replace(0, 4, "sip:" + user_ + "@");
    }
  throw std::runtime_error("the daemon does not listen on " + transport);
}

std::uint16_t Station::port(const std::string& transport) const {
  std::string text = uri(transport);
  text = text.substr(0, text.find(';'));
  return static_cast<std::uint16_t>(std::stoul(text.substr(text.rfind(':') + 1)));
}

std::string Station::call(const std::string& uri, const Routes& routes) {
  const std::string session = client.create_session();
  act(session, "Connect", uri, routes, std::vector<std::string>{"audio"});
  return session;
}

std::string Station::called() {
  const std::size_t wanted = ++calls_seen_;
  std::size_t seen = 0;
  return recorder
      .wait([&](const Entry& entry) { return entry.member == "SIPSessionNewIncoming" && ++seen == wanted; },
            "call number " + std::to_string(wanted))
      .path;
}

void Station::wait(const std::string& session, const std::string& line, unsigned count,
                   std::chrono::milliseconds limit) {
  unsigned seen = 0;
  recorder.wait([&](const Entry& entry) { return entry.path == session && line_of(entry) == line && ++seen == count; },
                "\"" + line + "\" of " + session, limit);
}

void Station::until(const std::function<bool()>& true_now, const std::string& what, std::chrono::milliseconds limit) {
  const auto end = std::chrono::steady_clock::now() + limit;
  while (!true_now()) {
    if (std::chrono::steady_clock::now() > end) throw std::runtime_error("it never came to this: " + what);
    ::poll(nullptr, 0, 20);
  }
}

std::vector<std::string> Station::story(const std::string& session) const {
  std::vector<std::string> story;
  for (const Entry& entry : recorder.entries())
    if (entry.path == session && entry.member.starts_with(prefix) && entry.member != "SIPSessionGotNoAudio")
      story.push_back(line_of(entry));
  return story;
}

std::string fault_of_story(Station& station, const std::string& session, const std::vector<std::string>& expected) {
  try {
    const auto last = static_cast<unsigned>(std::count(expected.begin(), expected.end(), expected.back()));
    station.wait(session, expected.back(), last);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  station.recorder.settle();
  if (const auto story = station.story(session); story != expected)
    return "the story of " + session + " was\n" + lines(story) + "and not\n" + lines(expected);
  return fault_of_mirror(station.recorder, session);
}

}  // namespace test
