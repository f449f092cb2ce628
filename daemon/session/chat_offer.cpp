// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/session/chat_offer.h"

#include <algorithm>

#include "base/text.h"

namespace session {
namespace {

constexpr const char* plain_protocol = "TCP/MSRP";
constexpr const char* secure_protocol = "TCP/TLS/MSRP";

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> words;
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = std::min(text.find(' ', begin), text.size());
    if (end > begin) words.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return words;
}

}  // namespace

sip::Medium chat_medium(const OurChat& ours, const std::string& address) {
  const msrp::LocalChat& line = ours.line;
  sip::Medium medium;
  medium.kind = "message";
  medium.port = line.port;
  medium.protocol = line.secure ? secure_protocol : plain_protocol;
  medium.formats_text = "*";
  medium.address = address;
  sip::MessageAttributes& message = medium.message.emplace();
  message.path = msrp::to_text(line.path);
  message.accept_types = joined(line.accepted.bare);
  message.accept_wrapped_types = joined(line.accepted.wrapped);
  if (line.max_size > 0) message.max_size = line.max_size;
  message.setup = !ours.active ? "actpass" : *ours.active ? "active" : "passive";
  if (line.secure && !line.fingerprint.empty()) message.fingerprints.push_back(line.fingerprint);
  return medium;
}

std::optional<msrp::RemoteChat> remote_chat(const sip::Medium& medium) {
  if (!medium.message || medium.port == 0 || medium.message->is_file_transfer) return {};
  msrp::RemoteChat chat;
  if (base::equals_ignoring_case(medium.protocol, secure_protocol))
    chat.secure = true;
  else if (!base::equals_ignoring_case(medium.protocol, plain_protocol))
    return {};
  const auto path = msrp::path_from_text(base::trim(medium.message->path));
  if (!path) return {};
  chat.path = *path;
  chat.fingerprints = medium.message->fingerprints;
  // RFC 4975, 8.6: without accept-types nothing could be said.
  chat.accepted = {split(medium.message->accept_types), split(medium.message->accept_wrapped_types)};
  chat.max_size = medium.message->max_size;
  return chat;
}

// Whoever offers both is connected to from where the call came: it can reach us, and the other way round is not known.
// Who is behind a relay can be reached there, and not every relay makes connections.
bool connects_as_answerer(const sip::Medium& offered, const OurChat& ours) {
  const auto chat = remote_chat(offered);
  if (!chat) return false;
  const std::string& setup = offered.message->setup;
  return setup == "passive" || (setup == "actpass" && chat->path.size() > 1 && ours.line.path.size() == 1);
}

bool connects_as_offerer(const sip::Medium& answered) {
  return !answered.message || answered.message->setup != "active";
}

}  // namespace session
