// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "msrp/link.h"
#include "tests/unit/msrp/reading.h"

// The ends of a chat, as its tests need them.
namespace ends {

inline const msrp::Address alice{"Alice", "sip:alice@example.com"}, bob{"Bob", "sip:bob@example.com"};

inline msrp::Letter letter(std::string content, std::string type = "text/plain") {
  return {std::move(type), std::move(content), alice, bob};
}

inline msrp::ChatOptions options(bool active) {
  msrp::ChatOptions result;
  result.active = active;
  result.local_path = *msrp::path_from_text(active ? "msrp://a:1/alice;tcp" : "msrp://b:2/bob;tcp");
  result.remote_path = *msrp::path_from_text(active ? "msrp://b:2/bob;tcp" : "msrp://a:1/alice;tcp");
  result.accepted = {{"message/cpim", "text/*", "application/im-iscomposing+xml"}, {"*"}};
  result.remote_accepted = result.accepted;
  result.max_message_size = 100'000;
  return result;
}

// One end, with all that it told.
struct End {
  explicit End(msrp::ChatOptions chat_options)
      : chat(std::move(chat_options), budget, [this] { return number++ * 0x9e3779b97f4a7c15; }) {
    link.add(chat);
  }

  void connect(msrp::Time now) {
    chat.connect(now);
    link.wake(chat);
  }
  void receive(std::string_view bytes, msrp::Time now) { link.receive(bytes, now); }
  void expire(msrp::Time now) {
    link.expire(now);
    chat.expire(now);
    link.wake(chat);
  }
  std::optional<msrp::Time> deadline() const {
    const auto one = link.deadline(), other = chat.deadline();
    return !one || (other && *other < *one) ? other : one;
  }
  std::string send(msrp::Letter letter) {
    std::string id = chat.send(std::move(letter));
    link.wake(chat);
    return id;
  }

  // "DidBind", "GotMessage text", "delivered ID 200" and so on, since the last time.
  std::string events() {
    std::string result;
    while (const auto event = chat.next_event()) {
      if (std::holds_alternative<msrp::DidBind>(*event)) result += "DidBind";
      if (std::holds_alternative<msrp::DidNotBind>(*event)) result += "DidNotBind";
      if (const auto* message = std::get_if<msrp::GotMessage>(&*event))
        result += "GotMessage " + message->content_type + " " + message->content.substr(0, 100);
      if (const auto* notice = std::get_if<msrp::GotComposing>(&*event))
        result += notice->notice.active ? "GotComposing active" : "GotComposing idle";
      if (const auto* verdict = std::get_if<msrp::Verdict>(&*event))
        result +=
            (verdict->delivered ? "delivered " : "lost ") + verdict->message_id + " " + std::to_string(verdict->code);
      if (const auto* answer = std::get_if<msrp::GotAnswer>(&*event))
        result += "GotAnswer " + std::to_string(answer->response.code);
      if (const auto* failure = std::get_if<msrp::DidFail>(&*event))
        result += "DidFail " + std::to_string(failure->code) + " " + failure->reason;
      result += "\n";
    }
    return result;
  }

  std::string take_output(msrp::Time now, std::size_t most = std::string::npos) {
    const std::string bytes(link.output(now).substr(0, most));
    if (!bytes.empty()) link.written(bytes.size(), now);
    return bytes;
  }

  msrp::Budget budget;
  std::uint64_t number = 1;
  msrp::Chat chat;
  msrp::Link link;
};

// Two chats, and what is on the wire between them.
struct Pair {
  msrp::Time now{};
  End a{options(true)}, b{options(false)};
  std::minstd_rand random{1};

  void give(End& end, std::string_view bytes) {
    while (!bytes.empty()) {
      const std::string part(bytes.substr(0, 1 + random() % 3000));
      bytes.remove_prefix(part.size());
      end.receive(part, now);
    }
  }
  bool exchange() {
    const std::string to_b = a.take_output(now, 1 + random() % 5000), to_a = b.take_output(now, 1 + random() % 5000);
    give(b, to_b);
    give(a, to_a);
    return !to_a.empty() || !to_b.empty();
  }
  void run() {
    while (exchange()) {
    }
  }
  void bind() {
    a.connect(now);
    b.connect(now);
    run();
    BOOST_TEST(a.events() == "DidBind\n");
    BOOST_TEST(b.events() == "DidBind\n");
  }
};

// One passive chat, and a peer that is written by hand.
struct Peer {
  msrp::Time now{};
  End end{options(false)};
  const std::string paths = crlf("To-Path: msrp://b:2/bob;tcp\nFrom-Path: msrp://a:1/alice;tcp\n");

  Peer() {
    end.connect(now);
    give("MSRP bind SEND\r\n" + paths + "Message-ID: b\r\nByte-Range: 1-0/0\r\n-------bind$\r\n");
    BOOST_TEST(end.events() == "DidBind\n");
    BOOST_TEST(said() == "200 bind 0$\n");
  }

  void give(const std::string& bytes) { end.receive(bytes, now); }
  void send(const std::string& headers, const std::string& body, char flag = '$') {
    give("MSRP abcd SEND\r\n" + paths + "Message-ID: m\r\n" + crlf(headers) + "\r\n" + body + "\r\n-------abcd" + flag +
         "\r\n");
  }
  std::vector<Told> told() { return read_whole(end.take_output(now)); }
  std::string said() { return summary(told()); }
  void pass(msrp::Duration duration) {
    now += duration;
    end.expire(now);
  }
};

}  // namespace ends
