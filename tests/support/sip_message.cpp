// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/support/sip_message.h"

#include <strings.h>

namespace test {
namespace {

std::string first_line(const std::string& text) { return text.substr(0, text.find("\r\n")); }

bool is_header(std::string_view line, std::string_view name) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return false;
  std::string_view found = line.substr(0, colon);
  while (!found.empty() && found.back() == ' ') found.remove_suffix(1);
  return found.size() == name.size() && strncasecmp(found.data(), name.data(), name.size()) == 0;
}

template <typename Take>
void each_header(const std::string& text, std::string_view name, Take take) {
  const auto end = text.find("\r\n\r\n");
  for (std::size_t at = text.find("\r\n"); at != std::string::npos && at < end;) {
    const auto next = text.find("\r\n", at + 2);
    const std::string line = text.substr(at + 2, next - at - 2);
    if (is_header(line, name)) take(line);
    at = next;
  }
}

}  // namespace

std::string SipMessage::method() const {
  if (is_request()) return text.substr(0, text.find(' '));
  const std::string sequence_and_method = header("CSeq");
  return sequence_and_method.substr(sequence_and_method.rfind(' ') + 1);
}

int SipMessage::code() const { return is_request() ? 0 : std::stoi(text.substr(8, 3)); }

std::string SipMessage::phrase() const { return first_line(text).substr(12); }

std::string SipMessage::request_uri() const {
  const std::string line = first_line(text);
  const auto start = line.find(' ') + 1;
  return line.substr(start, line.find(' ', start) - start);
}

std::string SipMessage::header(std::string_view name) const {
  std::string value;
  bool found = false;
  each_header(text, name, [&](const std::string& line) {
    if (found) return;
    found = true;
    value = line.substr(line.find(':') + 1);
    value.erase(0, value.find_first_not_of(' '));
  });
  return value;
}

std::string SipMessage::headers(std::string_view name) const {
  std::string lines;
  each_header(text, name, [&](const std::string& line) { lines += line + "\r\n"; });
  return lines;
}

std::string SipMessage::body() const {
  const auto end = text.find("\r\n\r\n");
  return end == std::string::npos ? "" : text.substr(end + 4);
}

std::string SipMessage::tag(std::string_view name) const {
  const std::string value = header(name);
  const auto at = value.find(";tag=");
  return at == std::string::npos ? "" : value.substr(at + 5, value.find(';', at + 5) - at - 5);
}

unsigned SipMessage::sequence() const { return static_cast<unsigned>(std::stoul(header("CSeq"))); }

std::string SipMessage::contact_uri() const {
  const std::string value = header("Contact");
  const auto at = value.find('<');
  return at == std::string::npos ? value : value.substr(at + 1, value.find('>') - at - 1);
}

std::string SipMessage::description_line(std::string_view beginning) const {
  const std::string content = "\r\n" + body();
  const auto at = content.find("\r\n" + std::string(beginning));
  if (at == std::string::npos) return "";
  const auto start = at + 2 + beginning.size();
  return content.substr(start, content.find("\r\n", start) - start);
}

std::string Sdp::text() const {
  const std::string family = address.find(':') == std::string::npos ? "IP4 " : "IP6 ";
  std::string lines = "v=0\r\no=peer 1 " + std::to_string(version) + " IN " + family + address + "\r\ns=-\r\nc=IN " +
                      family + address + "\r\nt=0 0\r\n";
  if (!media.empty()) return lines + media;
  return lines + "m=audio " + std::to_string(port) +
         " RTP/AVP 0 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=" +
         direction + "\r\n";
}

}  // namespace test
