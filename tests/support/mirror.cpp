// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/support/mirror.h"

#include <algorithm>
#include <map>
#include <set>

namespace test {
namespace {

using Properties = std::map<std::string, std::string>;  // name and value as text

constexpr const char* session_interface = "org.sipsession1.Session";
// Read when wanted, never announced.
const std::set<std::string> silent{"AudioTransport", "ChatTransport"};

void take(Properties& properties, const sipctl::Value& dictionary) {
  for (std::size_t i = 0; i + 1 < dictionary.items.size(); i += 2)
    properties[dictionary.items[i].text] = dictionary.items[i + 1].to_text();
}

void follow(Properties& properties, const Entry& entry, const std::string& session) {
  if (entry.member == "PropertiesChanged" && entry.path == session) {
    if (entry.arguments.at(0).text == session_interface) take(properties, entry.arguments.at(1));
  } else if (entry.member == "InterfacesAdded" && entry.arguments.at(0).text == session) {
    const auto& interfaces = entry.arguments.at(1).items;
    for (std::size_t i = 0; i + 1 < interfaces.size(); i += 2)
      if (interfaces[i].text == session_interface) take(properties, interfaces[i + 1]);
  }
}

std::string has(const Entry& update, const std::string& stream) {
  const auto& streams = update.arguments.at(1).items;
  const auto is_it = [&](const sipctl::Value& one) { return one.text == stream; };
  return std::any_of(streams.begin(), streams.end(), is_it) ? "true" : "false";
}

std::string first_item(const std::string& structure) { return structure.substr(1, structure.find(',') - 1); }

// What the properties must be when the signal comes, by the name of the property.
Properties told_by(const Entry& entry, const Properties& now) {
  const auto text = [&](std::size_t i) { return entry.arguments.at(i).to_text(); };
  const std::string& name = entry.member;
  if (name == "SIPSessionChangedState") return {{"State", text(2)}};
  if (name == "SIPSessionNewIncoming") return {{"Direction", "\"incoming\""}, {"ProposedStreams", text(1)}};
  if (name == "SIPSessionNewOutgoing") return {{"Direction", "\"outgoing\""}, {"ProposedStreams", text(1)}};
  if (name == "SIPSessionGotStreamUpdate")
    return {{"Streams", text(1)}, {"HasAudio", has(entry, "audio")}, {"HasChat", has(entry, "chat")}};
  if (name == "SIPSessionGotHoldRequest" || name == "SIPSessionGotUnholdRequest") {
    const bool held = name == "SIPSessionGotHoldRequest";
    const std::string by = text(1) == "\"local\"" ? "OnHoldByLocal" : "OnHoldByRemote";
    Properties told{{by, held ? "true" : "false"}};
    if (held) told["OnHold"] = "true";
    return told;
  }
  if (name == "SIPSessionWillStartRecordingAudio" || name == "SIPSessionDidStartRecordingAudio")
    return {{"AudioRecordingFileName", text(1)}};
  if (name == "SIPSessionDidStopRecordingAudio") return {{"AudioRecordingFileName", "\"\""}};
  if (name == "SIPSessionDidFail") return {{"EndReason", "(" + text(1) + ", " + text(2) + ", " + text(3) + ")"}};
  if (name == "SIPSessionDidEnd" && first_item(now.at("EndReason")) != text(1))
    return {{"EndReason", "(" + text(1) + ", …)"}};
  return {};
}

std::string fault_of(const Entry& entry, const Properties& now) {
  if (now.empty()) return entry.text() + " came before InterfacesAdded";
  if (entry.member == "SIPSessionWillStart" && now.at("StartTime") == "0")
    return "SIPSessionWillStart without StartTime";
  for (const auto& [property, value] : told_by(entry, now))
    if (const auto at = now.find(property); at == now.end() || at->second != value)
      return entry.text() + " came while " + property + " was " + (at == now.end() ? "unknown" : at->second);
  return "";
}

std::string difference(const Properties& known, const Entry& reply) {
  Properties real;
  take(real, reply.arguments.at(0));
  for (const auto& [property, value] : real) {
    const auto at = known.find(property);
    if (silent.contains(property) || (at != known.end() && at->second == value)) continue;
    return property + " is " + value + ", and " + (at == known.end() ? "nothing" : at->second) + " was announced";
  }
  return "";
}

}  // namespace

std::string fault_of_mirror(Recorder& recorder, const std::string& session) {
  recorder.send(session, "org.freedesktop.DBus.Properties", "GetAll", std::string(session_interface));
  recorder.settle();
  Properties known;
  for (const Entry& entry : recorder.entries()) {
    follow(known, entry, session);
    if (entry.path != session) continue;
    std::string fault;
    if (entry.member == "reply GetAll") fault = difference(known, entry);
    if (entry.member.starts_with("SIPSession")) fault = fault_of(entry, known);
    if (!fault.empty()) return fault;
  }
  return "";
}

}  // namespace test
