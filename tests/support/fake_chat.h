// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "msrp/chat_stream.h"

// What happened to one chat. It outlives the stream.
struct FakeConversation {
  std::vector<std::string> calls;  // the verbs in their order: "start active", "send text/plain hello", "end 0"
  msrp::ChatRequest request;
  std::optional<msrp::LocalChat> local;
  std::optional<msrp::RemoteChat> remote;
  std::vector<msrp::Letter> letters;
  std::vector<std::string> open;  // ids of messages without a verdict
  msrp::ChatStreamListener* listener = nullptr;
  bool exists = true;

  // What the stream tells; one that is gone tells nothing.
  void tell(const msrp::ChatStreamEvent& event) {
    if (listener) listener->on_chat_event(event);
  }
};

class FakeChatStream : public msrp::ChatStream {
 public:
  explicit FakeChatStream(std::shared_ptr<FakeConversation> conversation) : conversation_(std::move(conversation)) {}
  ~FakeChatStream() override {
    conversation_->exists = false;
    conversation_->listener = nullptr;
  }

  std::optional<msrp::LocalChat> local() const override { return conversation_->local; }
  void start(bool active, const msrp::RemoteChat& remote) override {
    conversation_->remote = remote;
    called(active ? "start active" : "start passive");
  }
  std::string send(msrp::Letter letter) override {
    called("send " + letter.content_type + " " + letter.content);
    conversation_->letters.push_back(std::move(letter));
    conversation_->open.push_back("message" + std::to_string(conversation_->letters.size()));
    return conversation_->open.back();
  }
  void send_composing(const msrp::Composing& composing, msrp::Letter envelope) override {
    called((composing.active ? "active from " : "idle from ") + envelope.from.uri + " to " + envelope.to.uri);
  }
  std::vector<msrp::Verdict> end(unsigned code, const std::string& reason) override {
    called("end " + std::to_string(code));
    conversation_->listener = nullptr;
    std::vector<msrp::Verdict> verdicts;
    for (const std::string& id : conversation_->open) verdicts.push_back({id, false, code, reason, {}});
    conversation_->open.clear();
    return verdicts;
  }
  msrp::ChatStatistics statistics() const override { return {}; }

 private:
  void called(const std::string& verb) { conversation_->calls.push_back(verb); }

  std::shared_ptr<FakeConversation> conversation_;
};

class FakeChatFactory : public msrp::ChatFactory {
 public:
  std::unique_ptr<msrp::ChatStream> create_stream(const msrp::ChatRequest& request,
                                                  msrp::ChatStreamListener& listener) override {
    if (exhausted) throw base::Error(base::Errc::chat_failure, "no port can be listened on");
    conversations.push_back(std::make_shared<FakeConversation>());
    FakeConversation& made = *conversations.back();
    made.request = request;
    made.listener = &listener;
    if (!slow) made.local = local_chat(request.local_address);
    return std::make_unique<FakeChatStream>(conversations.back());
  }

  msrp::LocalChat local_chat(const std::string& address) const {
    const auto port = static_cast<std::uint16_t>(2855 + conversations.size());
    const std::string session = "session" + std::to_string(conversations.size());
    msrp::Uri uri;
    uri.secure = secure;
    uri.host = address;
    uri.port = port;
    uri.session_id = session;
    uri.transport = "tcp";
    msrp::LocalChat chat;
    chat.secure = uri.secure;
    chat.port = port;
    chat.path = {uri};
    chat.accepted = {{"message/cpim", "text/*"}, {"*"}};
    chat.max_size = 10000;
    return chat;
  }

  std::vector<std::shared_ptr<FakeConversation>> conversations;  // the oldest first
  bool exhausted = false;
  bool secure = false;
  bool slow = false;  // as behind a relay: `local` comes later
};
