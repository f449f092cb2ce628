// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/sip/sdp.h"

#include <algorithm>
#include <array>
#include <sstream>

#include <gst/sdp/gstsdpmessage.h>

#include "base/handle.h"
#include "base/text.h"
#include "daemon/sip/uri.h"

namespace sip {
namespace {

using base::to_number;
using Message = base::Handle<GstSDPMessage, gst_sdp_message_free>;

std::string_view view(const char* text) { return text ? std::string_view(text) : std::string_view(); }

std::optional<Direction> direction_from_text(std::string_view text) {
  for (const Direction direction : {Direction::inactive, Direction::sendonly, Direction::recvonly, Direction::sendrecv})
    if (to_text(direction) == text) return direction;
  return {};
}

// The text before GstSDP sees it: GstSDP accepts almost everything.
std::string fault_of_text(std::string_view text) {
  if (text.size() > longest_description) return "the description is longer than 16 kB";
  if (!base::is_valid_utf8(text) || text.find('\0') != text.npos) return "the description is not UTF-8 text";
  if (!text.starts_with("v=0\r") && !text.starts_with("v=0\n")) return "the description does not begin with v=0";
  std::size_t media = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find_first_of("\r\n", at), text.size());  // GstSDP ends a line at either
    const std::string_view line = base::trim(text.substr(at, end - at));
    if (!line.empty() && (line.size() < 2 || line[1] != '=')) return "a line of the description has no type";
    if (line.starts_with("m=") && ++media > most_media) return "the description has more than 16 media";
    at = end + 1;
  }
  return {};
}

// RFC 3551, table 4, of the types that we may meet.
struct StaticFormat {
  std::uint8_t payload_type;
  const char* name;
};
constexpr std::array static_formats{StaticFormat{0, "PCMU"}, StaticFormat{3, "GSM"}, StaticFormat{8, "PCMA"},
                                    StaticFormat{9, "G722"}, StaticFormat{13, "CN"}, StaticFormat{18, "G729"}};

// "97 opus/48000/2": the payload type and what it means.
void read_rtpmap(std::string_view value, std::vector<Format>& formats) {
  const auto blank = value.find(' ');
  const auto type = to_number<std::uint8_t>(value.substr(0, blank));
  if (!type || blank == value.npos) return;
  const std::string_view encoding = base::trim(value.substr(blank));
  const auto slash = encoding.find('/');
  if (slash == encoding.npos || !is_token(encoding.substr(0, slash))) return;
  std::string_view rate = encoding.substr(slash + 1);
  std::string_view channels = "1";
  if (const auto second = rate.find('/'); second != rate.npos) {
    channels = rate.substr(second + 1);
    rate = rate.substr(0, second);
  }
  const auto clock_rate = to_number<unsigned>(rate);
  const auto channel_count = to_number<unsigned>(channels);
  if (!clock_rate || *clock_rate == 0 || *clock_rate > 384000 || !channel_count || *channel_count > 8) return;
  for (Format& format : formats)
    if (format.payload_type == *type) {
      format.name = encoding.substr(0, slash);
      format.clock_rate = *clock_rate;
      format.channels = std::max(1u, *channel_count);
    }
}

void read_fmtp(std::string_view value, std::vector<Format>& formats) {
  const auto blank = value.find(' ');
  const auto type = to_number<std::uint8_t>(value.substr(0, blank));
  if (!type || blank == value.npos) return;
  for (Format& format : formats)
    if (format.payload_type == *type) format.parameters = base::trim(value.substr(blank));
}

constexpr std::size_t most_fingerprints = 8;

void read_message_attribute(std::string_view key, std::string_view value, MessageAttributes& message) {
  if (key == "path") message.path = value;
  if (key == "accept-types") message.accept_types = value;
  if (key == "accept-wrapped-types") message.accept_wrapped_types = value;
  if (key == "max-size") message.max_size = to_number<std::uint64_t>(base::trim(value));
  if (key == "setup") message.setup = base::trim(value);
  if (key == "fingerprint" && message.fingerprints.size() < most_fingerprints) message.fingerprints.emplace_back(value);
  if (key == "file-selector") message.is_file_transfer = true;
}

void read_attribute(std::string_view key, std::string_view value, Medium& medium) {
  if (medium.message) read_message_attribute(key, value, *medium.message);
  if (key == "rtpmap") read_rtpmap(value, medium.formats);
  if (key == "fmtp") read_fmtp(value, medium.formats);
  if (key == "ptime") medium.ptime = to_number<unsigned>(value).value_or(0);
  if (key == "maxptime") medium.maxptime = to_number<unsigned>(value).value_or(0);
  if (key == "rtcp") medium.rtcp_port = to_number<std::uint16_t>(value.substr(0, value.find(' '))).value_or(0);
  if (const auto direction = direction_from_text(key); direction && value.empty()) medium.direction = *direction;
}

// Multicast (RFC 5771, RFC 4291), and all of IPv4 above it: one stranger's call must not make us send to many.
bool is_group(const std::string& address) {
  if (is_ipv6(address)) return address.find(':') == 4 && base::to_lower(address).starts_with("ff");
  return to_number<unsigned>(address.substr(0, address.find('.'))).value_or(0) >= 224;
}

std::string usable_address(const GstSDPConnection* connection) {
  if (!connection || view(connection->nettype) != "IN") return {};
  const std::string address(view(connection->address));
  const bool fits = (view(connection->addrtype) == "IP4" && is_ipv4(address)) ||
                    (view(connection->addrtype) == "IP6" && is_ipv6(address));
  return fits && !is_group(address) ? address : "";
}

// GstSDP takes a blank at the end of the line for one more format, an empty one.
std::vector<std::string_view> format_words(const GstSDPMedia* media) {
  std::vector<std::string_view> words;
  for (guint i = 0; i < gst_sdp_media_formats_len(media); ++i)
    if (const auto word = view(gst_sdp_media_get_format(media, i)); !word.empty()) words.push_back(word);
  return words;
}

bool read_formats(const GstSDPMedia* media, Medium& medium) {
  for (const std::string_view word : format_words(media)) {
    const auto type = to_number<std::uint8_t>(word);
    if (!type || *type > 127) return false;
    Format format{.payload_type = *type, .name = {}, .parameters = {}};
    for (const StaticFormat& known : static_formats)
      if (known.payload_type == *type) format.name = known.name, format.clock_rate = 8000;
    medium.formats.push_back(format);
  }
  return !medium.formats.empty();
}

bool is_protocol(std::string_view text) {
  return is_token(text.substr(0, text.find('/'))) &&
         std::all_of(text.begin(), text.end(), [](char c) { return c == '/' || is_token(std::string_view(&c, 1)); });
}

// Nothing: the m= line itself is not one that an answer could repeat.
std::optional<Medium> read_medium(const GstSDPMedia* media, const std::string& session_address, Direction direction) {
  Medium medium;
  medium.kind = view(gst_sdp_media_get_media(media));
  medium.protocol = view(gst_sdp_media_get_proto(media));
  medium.direction = direction;
  if (medium.kind == "message") medium.message.emplace();
  if (!is_token(medium.kind) || !is_protocol(medium.protocol)) return {};
  if (gst_sdp_media_get_port(media) > 65535) return {};
  medium.port = static_cast<std::uint16_t>(gst_sdp_media_get_port(media));
  for (const std::string_view format : format_words(media))
    medium.formats_text.append(medium.formats_text.empty() ? "" : " ").append(format);
  if (medium.formats_text.empty()) return {};

  medium.address = session_address;
  if (gst_sdp_media_connections_len(media) > 0) medium.address = usable_address(gst_sdp_media_get_connection(media, 0));
  if (medium.protocol.starts_with("RTP/") && (!read_formats(media, medium) || medium.address.empty())) medium.port = 0;
  for (guint i = 0; i < gst_sdp_media_attributes_len(media); ++i) {
    const GstSDPAttribute* attribute = gst_sdp_media_get_attribute(media, i);
    read_attribute(view(attribute->key), view(attribute->value), medium);
  }
  return medium;
}

// RFC 4975, 8: a direction is not said.
void write_message(std::ostream& out, const MessageAttributes& message) {
  out << "a=path:" << message.path << "\r\na=accept-types:" << message.accept_types << "\r\n";
  if (!message.accept_wrapped_types.empty()) out << "a=accept-wrapped-types:" << message.accept_wrapped_types << "\r\n";
  if (message.max_size) out << "a=max-size:" << *message.max_size << "\r\n";
  if (!message.setup.empty()) out << "a=setup:" << message.setup << "\r\n";
  for (const std::string& fingerprint : message.fingerprints) out << "a=fingerprint:" << fingerprint << "\r\n";
}

void write_medium(std::ostream& out, const Medium& medium, const std::string& session_address) {
  out << "m=" << medium.kind << ' ' << medium.port << ' ' << medium.protocol << ' ' << medium.formats_text << "\r\n";
  // A refused medium is its m= line alone.
  if (medium.port == 0) return;
  if (medium.address != session_address)
    out << "c=IN " << (is_ipv6(medium.address) ? "IP6 " : "IP4 ") << medium.address << "\r\n";
  if (medium.message) return write_message(out, *medium.message);
  for (const Format& format : medium.formats) {
    out << "a=rtpmap:" << unsigned{format.payload_type} << ' ' << format.name << '/' << format.clock_rate;
    if (format.channels > 1) out << '/' << format.channels;
    out << "\r\n";
    if (!format.parameters.empty())
      out << "a=fmtp:" << unsigned{format.payload_type} << ' ' << format.parameters << "\r\n";
  }
  if (medium.rtcp_port != 0) out << "a=rtcp:" << medium.rtcp_port << "\r\n";
  if (medium.ptime != 0) out << "a=ptime:" << medium.ptime << "\r\n";
  if (medium.maxptime != 0) out << "a=maxptime:" << medium.maxptime << "\r\n";
  out << "a=" << to_text(medium.direction) << "\r\n";
}

}  // namespace

std::string_view to_text(Direction direction) {
  constexpr std::array<std::string_view, 4> names{"inactive", "sendonly", "recvonly", "sendrecv"};
  return names[static_cast<std::size_t>(direction)];
}

Reading read_description(std::string_view text) {
  if (std::string fault = fault_of_text(text); !fault.empty()) return {{}, fault};
  GstSDPMessage* parsed = nullptr;
  gst_sdp_message_new(&parsed);
  const Message message(parsed);
  const auto* bytes = reinterpret_cast<const guint8*>(text.data());
  if (gst_sdp_message_parse_buffer(bytes, static_cast<guint>(text.size()), message.get()) != GST_SDP_OK)
    return {{}, "the description cannot be parsed"};

  const GstSDPOrigin* origin = gst_sdp_message_get_origin(message.get());
  if (view(origin->sess_id).empty() || view(origin->addr).empty()) return {{}, "the description has no origin"};
  Description description;
  // Sloppy devices write anything as id and version; neither decides anything for us.
  description.session_id = to_number<std::uint64_t>(view(origin->sess_id)).value_or(0);
  description.version = to_number<std::uint64_t>(view(origin->sess_version)).value_or(0);
  description.address = usable_address(gst_sdp_message_get_connection(message.get()));
  Direction direction = Direction::sendrecv;
  MessageAttributes of_session;
  for (guint i = 0; i < gst_sdp_message_attributes_len(message.get()); ++i) {
    const GstSDPAttribute* attribute = gst_sdp_message_get_attribute(message.get(), i);
    direction = direction_from_text(view(attribute->key)).value_or(direction);
    read_message_attribute(view(attribute->key), view(attribute->value), of_session);
  }
  for (guint i = 0; i < gst_sdp_message_medias_len(message.get()); ++i) {
    auto medium = read_medium(gst_sdp_message_get_media(message.get(), i), description.address, direction);
    if (!medium) return {{}, "media line " + std::to_string(i + 1) + " of the description is malformed"};
    if (medium->message && medium->message->fingerprints.empty())
      medium->message->fingerprints = of_session.fingerprints;
    description.media.push_back(std::move(*medium));
  }
  return {std::move(description), {}};
}

std::string to_text(const Description& description) {
  const std::string family = is_ipv6(description.address) ? "IP6 " : "IP4 ";
  std::ostringstream out;
  out << "v=0\r\no=- " << description.session_id << ' ' << description.version << " IN " << family
      << description.address << "\r\ns=-\r\nc=IN " << family << description.address << "\r\nt=0 0\r\n";
  for (const Medium& medium : description.media) write_medium(out, medium, description.address);
  return out.str();
}

}  // namespace sip
