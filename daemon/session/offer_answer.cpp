// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/session/offer_answer.h"

#include <algorithm>
#include <random>

#include "base/error.h"
#include "base/text.h"
#include "media/codecs.h"

namespace session {
namespace {

using sip::Description;
using sip::Direction;
using sip::Format;
using sip::Medium;

constexpr std::uint8_t first_dynamic_type = 96;
constexpr std::uint8_t usual_event_type = 101;
constexpr unsigned least_ptime = 10;
constexpr unsigned most_ptime = 120;
constexpr unsigned usual_ptime = 20;
constexpr const char* event_name = "telephone-event";

bool is_audio(const Medium& medium) {
  return medium.kind == "audio" && medium.port != 0 && (medium.protocol == "RTP/AVP" || medium.protocol == "RTP/AVPF");
}

bool is_null_address(const std::string& address) { return address == "0.0.0.0" || address == "::"; }

// The format speaks the codec: name, clock and channels.
const media::Codec* codec_of(const Format& format, const std::vector<std::string>& allowed) {
  const media::Codec* codec = media::find_codec(format.name);
  if (!codec || codec->clock_rate != format.clock_rate || codec->channels != format.channels) return nullptr;
  const auto same = [&](const std::string& name) { return base::equals_ignoring_case(name, codec->name); };
  return std::any_of(allowed.begin(), allowed.end(), same) ? codec : nullptr;
}

const Format* first_usable(const Medium& medium, const std::vector<std::string>& codecs) {
  for (const Format& format : medium.formats)
    if (codec_of(format, codecs)) return &format;
  return nullptr;
}

// RFC 4733, 2.1: events share the clock of the audio that they interrupt.
const Format* event_format(const Medium& medium, unsigned clock_rate) {
  for (const Format& format : medium.formats)
    if (base::equals_ignoring_case(format.name, event_name) && format.clock_rate == clock_rate) return &format;
  return nullptr;
}

const Format* format_of(const Medium& medium, const std::string& name, unsigned clock_rate) {
  for (const Format& format : medium.formats)
    if (base::equals_ignoring_case(format.name, name) && format.clock_rate == clock_rate) return &format;
  return nullptr;
}

// RFC 7587, 7.1: "maxplaybackrate=16000; …".
unsigned playback_rate(const std::string& parameters) {
  constexpr std::string_view key = "maxplaybackrate=";
  const auto at = base::to_lower(parameters).find(key);
  if (at == std::string::npos) return 48000;
  const std::string_view rest = std::string_view(parameters).substr(at + key.size());
  const auto rate = base::to_number<unsigned>(base::trim(rest.substr(0, rest.find(';'))));
  return std::clamp(rate.value_or(48000), 8000u, 48000u);
}

std::chrono::milliseconds packet_time(const Medium& remote) {
  unsigned ptime = remote.ptime == 0 ? usual_ptime : remote.ptime;
  if (remote.maxptime != 0) ptime = std::min(ptime, remote.maxptime);
  return std::chrono::milliseconds(std::clamp(ptime / 10 * 10, least_ptime, most_ptime));
}

// What both sides settled, from the peer's medium and the formats chosen in it and in ours.
media::AudioParameters parameters_of(const Medium& remote, const Format& send, std::uint8_t receive,
                                     Direction direction, bool hold) {
  media::AudioParameters parameters;
  parameters.codec = media::find_codec(send.name)->name;
  parameters.payload_type = send.payload_type;
  parameters.receive_payload_type = receive;
  if (const Format* event = event_format(remote, send.clock_rate)) parameters.dtmf_payload_type = event->payload_type;
  parameters.remote_address = remote.address;
  parameters.remote_port = remote.port;
  parameters.remote_rtcp_port = remote.rtcp_port != 0 ? remote.rtcp_port : static_cast<std::uint16_t>(remote.port + 1);
  parameters.send = sip::sends(direction) && !hold && !is_null_address(remote.address);
  parameters.receive = sip::receives(direction) && !hold;
  parameters.ptime = packet_time(remote);
  parameters.max_playback_rate = playback_rate(send.parameters);
  return parameters;
}

std::vector<Format> our_formats(const std::vector<std::string>& codecs) {
  std::vector<Format> formats;
  std::uint8_t next_type = first_dynamic_type;
  bool wide = false;
  bool narrow = false;
  for (const std::string& name : codecs) {
    const media::Codec* codec = media::find_codec(name);
    if (!codec) continue;
    const std::uint8_t type = codec->static_payload_type ? *codec->static_payload_type : next_type++;
    formats.push_back(
        {type, std::string(codec->name), codec->clock_rate, codec->channels, std::string(codec->parameters)});
    wide = wide || codec->clock_rate == 48000;
    narrow = narrow || codec->clock_rate == 8000;
  }
  if (wide) formats.push_back({next_type++, event_name, 48000, 1, "0-15"});
  if (narrow) formats.push_back({usual_event_type, event_name, 8000, 1, "0-15"});
  return formats;
}

std::string formats_text(const std::vector<Format>& formats) {
  std::string text;
  for (const Format& format : formats) text += (text.empty() ? "" : " ") + std::to_string(format.payload_type);
  return text;
}

Medium refused(const Medium& offered) {
  Medium medium;
  medium.kind = offered.kind;
  medium.protocol = offered.protocol;
  medium.formats_text = offered.formats_text;
  return medium;
}

Medium local_medium(const LocalAudio& audio, const std::string& protocol, std::vector<Format> formats,
                    Direction direction) {
  Medium medium;
  medium.kind = "audio";
  medium.port = audio.port;
  medium.protocol = protocol;
  medium.formats = std::move(formats);
  medium.formats_text = formats_text(medium.formats);
  medium.address = audio.address;
  medium.ptime = usual_ptime;
  medium.direction = direction;
  return medium;
}

// Takes the codec that the peer likes best of those that we speak: it asked, and it may know its own network.
void answer_audio(const Medium& offered, const LocalAudio& audio, Answer& answer) {
  const Format* chosen = first_usable(offered, audio.codecs);
  const Direction direction =
      sip::make_direction(sip::receives(offered.direction), sip::sends(offered.direction) && !audio.hold);
  answer.audio = parameters_of(offered, *chosen, chosen->payload_type, direction, audio.hold);
  answer.audio->receive_dtmf_payload_type = answer.audio->dtmf_payload_type;
  answer.held_by_remote = !sip::receives(offered.direction) || is_null_address(offered.address);
  std::vector<Format> formats{*chosen};
  formats.front().parameters = media::find_codec(chosen->name)->parameters;
  if (const Format* event = event_format(offered, chosen->clock_rate)) {
    formats.push_back(*event);
    formats.back().parameters = "0-15";
  }
  answer.description.media.push_back(local_medium(audio, offered.protocol, std::move(formats), direction));
}

// The first of the peer's formats that we offered and that is a codec: RFC 3264, 6.1, wants the answer in its order.
void settle_audio(const Medium& ours, const Medium& theirs, bool hold, Settlement& settlement) {
  for (const Format& format : theirs.formats) {
    const Format* mine = media::find_codec(format.name) ? format_of(ours, format.name, format.clock_rate) : nullptr;
    if (!mine) continue;
    settlement.held_by_remote = !sip::receives(theirs.direction) || is_null_address(theirs.address);
    const Direction direction = sip::make_direction(!settlement.held_by_remote, sip::sends(theirs.direction) && !hold);
    settlement.audio = parameters_of(theirs, format, mine->payload_type, direction, hold);
    if (const Format* event = event_format(ours, format.clock_rate))
      settlement.audio->receive_dtmf_payload_type = event->payload_type;
    settlement.fault.clear();
    return;
  }
  settlement.fault = "the answer names no codec of the offer";
}

void answer_chat(const Medium& offered, const OurChat& ours, const std::string& address, Answer& answer) {
  OurChat line = ours;
  if (!line.active) line.active = connects_as_answerer(offered, line);
  answer.chat = ChatSettlement{*line.active, *remote_chat(offered)};
  answer.description.media.push_back(chat_medium(line, address));
}

bool is_chat_for(const Medium& offered, const std::optional<OurChat>& ours) {
  const auto chat = remote_chat(offered);
  return ours && chat && chat->secure == ours->line.secure;
}

// RFC 3264, 8.1: where a stream is put that had no place in the present description.
void add_medium(Medium medium, Description& offer) {
  const auto gone = std::find_if(offer.media.begin(), offer.media.end(),
                                 [&](const Medium& one) { return one.kind == medium.kind && one.port == 0; });
  if (gone != offer.media.end())
    *gone = std::move(medium);
  else
    offer.media.push_back(std::move(medium));
}

// The codecs and their numbers stay as they were agreed.
Medium repeated_audio(const Medium& present, const LocalAudio& audio, Direction direction) {
  Medium medium = present;
  medium.address = audio.address;
  medium.port = audio.port;
  medium.direction = direction;
  return medium;
}

// A medium that goes on, or is there no more.
bool is_running(const Medium& medium, Streams running) {
  return medium.port != 0 && ((medium.kind == "audio" && running.audio) || (medium.kind == "message" && running.chat));
}

}  // namespace

Streams acceptable_streams(const Description& offer, const std::vector<std::string>& codecs, bool chat) {
  const auto usable = [&](const Medium& medium) { return is_audio(medium) && first_usable(medium, codecs); };
  return {.audio = std::any_of(offer.media.begin(), offer.media.end(), usable), .chat = chat && offered_chat(offer)};
}

Streams offered_streams(const Description& offer) {
  Streams streams;
  for (const Medium& medium : offer.media) {
    streams.audio = streams.audio || (medium.kind == "audio" && medium.port != 0);
    streams.chat = streams.chat || (medium.kind == "message" && medium.port != 0);
  }
  return streams;
}

const Medium* offered_chat(const Description& offer) {
  for (const Medium& medium : offer.media)
    if (remote_chat(medium)) return &medium;
  return nullptr;
}

std::uint64_t new_description_id() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(now).count());
}

Description make_offer(std::uint64_t session_id, const LocalMedia& ours, const std::optional<Description>& present) {
  Description offer;
  offer.session_id = session_id;
  offer.version = present ? present->version + 1 : 1;
  offer.address = ours.address;
  const Direction direction = sip::make_direction(!ours.held_by_remote, !ours.audio || !ours.audio->hold);
  bool audio_placed = !ours.audio;
  bool chat_placed = !ours.chat;
  for (const Medium& medium : present ? present->media : std::vector<Medium>{}) {
    if (is_audio(medium) && !audio_placed)
      offer.media.push_back(repeated_audio(medium, *ours.audio, direction)), audio_placed = true;
    else if (medium.message && medium.port != 0 && !chat_placed)
      offer.media.push_back(chat_medium(*ours.chat, ours.address)), chat_placed = true;
    else
      offer.media.push_back(refused(medium));
  }
  if (!audio_placed)
    add_medium(local_medium(*ours.audio, "RTP/AVP", our_formats(ours.audio->codecs), direction), offer);
  if (!chat_placed) add_medium(chat_medium(*ours.chat, ours.address), offer);
  return offer;
}

Answer make_answer(const Description& offer, const LocalMedia& ours, std::uint64_t session_id) {
  Answer answer;
  answer.description.session_id = session_id;
  answer.description.version = 1;
  answer.description.address = ours.address;
  for (const Medium& offered : offer.media) {
    if (ours.audio && !answer.audio && is_audio(offered) && first_usable(offered, ours.audio->codecs))
      answer_audio(offered, *ours.audio, answer);
    else if (!answer.chat && is_chat_for(offered, ours.chat))
      answer_chat(offered, *ours.chat, ours.address, answer);
    else
      answer.description.media.push_back(refused(offered));
  }
  return answer;
}

Settlement read_answer(const Description& offer, const Description& answer, bool hold) {
  Settlement settlement;
  // RFC 3264, 6: as many media as in the offer, each in its place.
  if (answer.media.size() != offer.media.size()) {
    settlement.fault = "the answer has " + std::to_string(answer.media.size()) + " media and the offer " +
                       std::to_string(offer.media.size());
    return settlement;
  }
  for (std::size_t i = 0; i < offer.media.size(); ++i) {
    const Medium& ours = offer.media[i];
    const Medium& theirs = answer.media[i];
    if (ours.port == 0) continue;
    if (ours.kind == "audio" && is_audio(theirs) && !settlement.audio) settle_audio(ours, theirs, hold, settlement);
    if (const auto chat = remote_chat(theirs); chat && ours.message && !settlement.chat)
      settlement.chat = ChatSettlement{connects_as_offerer(theirs), *chat};
  }
  return settlement;
}

std::string fault_of_reoffer(const Description& offer, const Description& present, Streams running) {
  if (offer.media.size() < present.media.size()) return "the offer has fewer media than before";
  bool removes = false;
  for (std::size_t i = 0; i < present.media.size(); ++i) {
    if (!is_running(present.media[i], running)) continue;
    if (offer.media[i].kind != present.media[i].kind)
      return "medium " + std::to_string(i + 1) + " was " + present.media[i].kind + " and became " + offer.media[i].kind;
    removes = removes || offer.media[i].port == 0;
  }
  const Streams offered = offered_streams(offer);
  const bool adds = (offered.audio && !running.audio) || (offered.chat && !running.chat);
  return adds && removes ? "the offer adds a stream and removes another one: one at a time" : "";
}

}  // namespace session
