// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "daemon/account/account_manager.h"
#include "daemon/session/session_manager.h"
#include "tests/support/fake_audio.h"
#include "tests/support/fake_chat.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_leg.h"
#include "tests/support/fake_resolver.h"
#include "tests/unit/session/temporary_directory.h"

inline constexpr session::Streams audio_only{.audio = true};
inline constexpr session::Streams no_streams{};

// A description of the peer with one audio stream; `direction` may be empty.
std::string peer_audio(const std::string& formats = "0 101", const std::string& direction = "",
                       const std::string& address = "192.0.2.2", unsigned port = 4000);

// The line of a peer that chats; its path names the session id.
std::string chat_line(const std::string& attributes = "", const std::string& protocol = "TCP/MSRP",
                      unsigned port = 9000, const std::string& id = "peer");
// With or without audio, and with chat.
std::string peer_chat(const std::string& attributes = "");
std::string peer_audio_and_chat(const std::string& attributes = "");

std::string text_of(const session::Event& event);
inline const session::Properties& shown(const session::Session& session) { return session.properties(); }
std::string text_of(const session::Properties& properties);

// All of a session manager but its neighbours, which are fakes. It hears of a session what the bus would.
class Calls : public session::SessionManagerListener {
 public:
  Calls();

  session::Session& outgoing(const std::vector<sip::Route>& routes = {});
  session::Session& outgoing_established();
  session::Session& incoming(const std::optional<std::string>& offer = peer_audio());
  session::Session& incoming_established(const std::optional<std::string>& offer = peer_audio());
  // An INVITE, whether or not a session comes of it; its dialog is then the last one.
  void invite(const std::optional<std::string>& offer, const std::string& user = "alice");

  FakeDialog& dialog() { return *legs.dialogs.back(); }
  FakeSound& sound() { return *audio.sounds.back(); }
  std::size_t sounds() const { return audio.sounds.size(); }
  FakeConversation& conversation() { return *chats.conversations.back(); }
  // The events since the last question, without those that only say that properties changed.
  std::string told();
  void forget() { events_.clear(); }

  void on_session_added(session::Session& session) override;
  void on_session_event(session::Session& session, const session::Event& event) override;
  void on_session_removed(const session::Session& session) override;

  FakeClock clock;
  FakeAudioFactory audio;
  FakeChatFactory chats;
  FakeLegFactory legs;
  FakeResolver resolver;
  TemporaryDirectory directory;
  config::GeneralSettings settings;
  account::Reach reach;
  account::AccountManager accounts;
  session::SessionManager manager;
  session::Session* last = nullptr;  // the last one that was added
  std::vector<std::uint64_t> added;
  std::vector<std::uint64_t> removed;

 private:
  std::vector<std::string> events_;
};

// The code with which the call is refused; nothing: it was not.
template <typename Call>
std::optional<base::Errc> refusal(Call call) {
  try {
    call();
  } catch (const base::Error& error) {
    return error.code();
  }
  return {};
}
