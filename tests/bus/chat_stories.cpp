// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/bus/chat_stories.h"

#include <cstdint>

namespace test {

void connect_chat(Station& station, const std::string& session, MsrpPeer& chat, const SipMessage& description) {
  chat.learn(description);
  // RFC 6135, 4.2: an answer decides, an offer of actpass leaves it to us.
  if (!description.is_request() && description.description_line("a=setup:") == "passive")
    chat.bind();
  else
    chat.wait("GOT SEND");
  station.recorder.wait(
      [&](const Entry& entry) {
        return entry.path == session && entry.member == "SIPSessionGotStreamUpdate" &&
               entry.text().find("\"chat\"") != std::string::npos;
      },
      "a chat of " + session);
}

IncomingChat::IncomingChat(Station& station_, const ChatLine& line, const std::vector<std::string>& options,
                           const std::string& audio)
    : station(station_), sip(), chat(options), call(sip, station.uri(), station.port()) {
  const SipMessage invite = call.invite(Sdp{.media = audio + chat.media(line)}.text());
  session = station.called();
  station.act(session, "Accept", audio.empty() ? chat_only : std::vector<std::string>{"audio", "chat"});
  sip.expect(180);
  ok = sip.expect(200, "INVITE");
  call.learn(ok);
  call.acknowledge(invite);
  // A chat may fail before its session begins.
  station.recorder.wait(
      [&](const Entry& entry) {
        return entry.path == session && (entry.member == "SIPSessionDidStart" || entry.member == "SIPSessionDidFail");
      },
      "the beginning of " + session);
}

OutgoingChat::OutgoingChat(Station& station_, const ChatLine& line, const std::vector<std::string>& options)
    : station(station_),
      sip(),
      chat(options),
      session(station.client.call_out(sip.uri(), chat_only)),
      invite(sip.expect("INVITE")),
      call(sip, invite, station.port()) {
  call.answer(invite, Sdp{.media = chat.media(line)}.text());
  station.wait(session, "DidStart");
}

std::string send_message(Station& station, const std::string& session, const std::string& content,
                         const std::string& type, const std::string& to) {
  return station.client.call<std::string>(session, "Session", "SendMessage", content, type, to, std::uint64_t{0});
}

std::string verdict(Station& station, const std::string& session, const std::string& id) {
  const auto is_it = [&](const Entry& entry) {
    return entry.path == session && entry.member.ends_with("DeliverMessage") && entry.arguments.at(1).text == id;
  };
  const Entry first = station.recorder.wait(is_it, "a word on message " + id);
  station.recorder.settle();
  unsigned number = 0;
  for (const Entry& entry : station.recorder.entries()) number += is_it(entry) ? 1 : 0;
  return first.member.substr(std::string("SIPSession").size()) + " " + first.arguments.at(2).text + " " +
         first.arguments.at(3).text + (number == 1 ? "" : " and more");
}

Received received(Station& station, const std::string& session, unsigned number) {
  unsigned seen = 0;
  const auto is_it = [&](const Entry& entry) {
    return entry.path == session && entry.member == "SIPSessionGotMessage" && ++seen == number;
  };
  const Entry& entry = station.recorder.wait(is_it, "message number " + std::to_string(number) + " of " + session);
  const sipctl::Value& content = entry.arguments.at(1).items.at(0);
  return {content.text, entry.arguments.at(2).text, entry.arguments.at(3).to_text(), entry.arguments.at(4).to_text()};
}

}  // namespace test
