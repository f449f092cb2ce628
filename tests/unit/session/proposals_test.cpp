// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <functional>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "tests/unit/session/calls.h"
#include "tests/unit/sip/sdp_text.h"

using namespace std::chrono_literals;
using namespace session;
using base::Errc;

namespace {

constexpr Streams both{.audio = true, .chat = true};
constexpr Streams chat_only{.chat = true};

sip::Medium medium_of(const FakeDialog& dialog, std::size_t index) {
  return sip::read_description(dialog.description).description->media.at(index);
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(proposals, Calls)

BOOST_AUTO_TEST_CASE(we_add_a_chat) {
  Session& session = outgoing_established();
  session.add_stream(chat_only);
  BOOST_TEST(told() == "ESTABLISHED>PROPOSING, Proposal local chat");
  BOOST_TEST((shown(session).proposed_streams == chat_only));
  BOOST_TEST(dialog().last_call() == "reinvite");
  BOOST_TEST(medium_of(dialog(), 0).kind == "audio");
  BOOST_TEST(medium_of(dialog(), 1).message->setup == "actpass");
  dialog().tell(sip::Reanswered{200, "OK", peer_audio_and_chat("a=setup:active\r\n")});
  BOOST_TEST(told() == "PROPOSING>ESTABLISHED, Accepted local");
  BOOST_TEST(conversation().calls.back() == "start passive");
  BOOST_TEST((shown(session).proposed_streams == chat_only));
  session.send_message({.content = "early", .content_type = {}, .to_uri = {}});
  conversation().tell(msrp::DidBind{});
  BOOST_TEST(told() == "DidSend message1, GotStreamUpdate audio+chat");
  // The time for the proposal is over, and nothing comes of it.
  clock.advance(90s);
  BOOST_TEST(told().find("Rejected") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(we_add_audio_to_a_chat) {
  Session& session = manager.create_session(*accounts.default_account());
  session.connect("sip:bob@192.0.2.2", {}, chat_only);
  dialog().tell(sip::Answered{peer_chat(), {}});
  conversation().tell(msrp::DidBind{});
  forget();
  session.add_stream(audio_only);
  dialog().tell(sip::Reanswered{200, "OK", description_with(chat_line() + "m=audio 4000 RTP/AVP 0\r\na=sendrecv\r\n")});
  BOOST_TEST(told() ==
             "ESTABLISHED>PROPOSING, Proposal local audio, GotStreamUpdate audio+chat, PROPOSING>ESTABLISHED, Accepted "
             "local");
  clock.advance(5s);
  BOOST_TEST(told() == "GotNoAudio any");
}

BOOST_AUTO_TEST_CASE(the_peer_refuses_the_stream_or_the_offer) {
  Session& session = outgoing_established();
  session.add_stream(chat_only);
  forget();
  dialog().tell(sip::Reanswered{200, "OK", peer_audio() + chat_line("", "TCP/MSRP", 0)});
  BOOST_TEST(told() == "PROPOSING>ESTABLISHED, Rejected local SDP negotiation failed: the stream was refused");
  BOOST_TEST(!conversation().exists);
  BOOST_TEST(shown(session).proposed_streams.empty());

  session.add_stream(chat_only);
  BOOST_TEST(medium_of(dialog(), 1).port != 0);  // the place of the one before
  forget();
  dialog().tell(sip::Reanswered{488, "Not Acceptable Here", {}});
  BOOST_TEST(told() == "PROPOSING>ESTABLISHED, Rejected local Proposal rejected with: 488 Not Acceptable Here");
  session.hold();
  BOOST_TEST(medium_of(dialog(), 1).port == 0);
}

BOOST_AUTO_TEST_CASE(a_proposal_is_retried_once_after_glare) {
  Session& session = outgoing_established();
  session.add_stream(chat_only);
  forget();
  dialog().tell(sip::Reanswered{491, "Request Pending", {}});
  BOOST_TEST(told() == "");
  const std::size_t calls = dialog().calls.size();
  clock.advance(4s);
  BOOST_TEST(dialog().calls.size() == calls + 1);
  dialog().tell(sip::Reanswered{491, "Request Pending", {}});
  BOOST_TEST(told() == "PROPOSING>ESTABLISHED, Rejected local Proposal rejected with: 491 Request Pending");
  BOOST_TEST((session.state() == State::established));
}

BOOST_AUTO_TEST_CASE(the_peer_asks_again_first_after_glare) {
  Session& session = outgoing_established();
  session.add_stream(chat_only);
  dialog().tell(sip::Reanswered{491, "Request Pending", {}});
  forget();
  dialog().tell(sip::Reoffered{peer_audio_and_chat()});
  BOOST_TEST(told() == "PROPOSING>PROPOSED, Rejected local the peer proposed at the same time, Proposal remote chat");
  BOOST_TEST(!conversation().exists);
  session.accept_proposal(chat_only);
  BOOST_TEST(told() == "PROPOSED>ESTABLISHED, Accepted remote");
  const std::size_t calls = dialog().calls.size();
  clock.advance(4s);
  BOOST_TEST(dialog().calls.size() == calls);
}

BOOST_AUTO_TEST_CASE(nobody_answers_our_proposal) {
  Session& session = outgoing_established();
  session.add_stream(chat_only);
  forget();
  clock.advance(4999ms);
  sound().statistics.packets_received = 1;
  clock.advance(85s);
  sound().statistics.packets_received = 2;
  forget();
  clock.advance(1ms);
  BOOST_TEST(dialog().last_call() == "cancel_offer");
  BOOST_TEST(told().starts_with("PROPOSING>ESTABLISHED, Rejected local 408"));
  // The peer's yes crosses: it is undone.
  dialog().tell(sip::Reanswered{200, "OK", peer_audio_and_chat()});
  BOOST_TEST(dialog().last_call() == "reinvite");
  BOOST_TEST(medium_of(dialog(), 1).port == 0);
  BOOST_TEST((session.state() == State::established));
}

BOOST_AUTO_TEST_CASE(the_peer_adds_a_chat) {
  Session& session = outgoing_established();
  dialog().tell(sip::Reoffered{peer_audio_and_chat()});
  BOOST_TEST(told() == "ESTABLISHED>PROPOSED, Proposal remote chat");
  BOOST_TEST((shown(session).proposed_streams == chat_only));
  BOOST_TEST(dialog().last_call() == "acknowledge");
  BOOST_TEST((refusal([&] { session.accept_proposal(both); }) == Errc::invalid_argument));
  BOOST_TEST((refusal([&] { session.accept_proposal({}); }) == Errc::invalid_argument));
  session.accept_proposal(chat_only);
  BOOST_TEST(dialog().last_call() == "answer");
  BOOST_TEST(medium_of(dialog(), 1).port != 0);
  BOOST_TEST(told() == "PROPOSED>ESTABLISHED, Accepted remote");
  BOOST_TEST(conversation().calls.back() == "start passive");
  conversation().tell(msrp::DidBind{});
  BOOST_TEST(told() == "GotStreamUpdate audio+chat");
}

BOOST_AUTO_TEST_CASE(a_proposal_of_the_peer_is_rejected_or_taken_back) {
  Session& session = outgoing_established();
  dialog().tell(sip::Reoffered{peer_audio_and_chat()});
  forget();
  session.reject_proposal();
  BOOST_TEST(told() == "PROPOSED>ESTABLISHED, Rejected remote Rejected by user");
  BOOST_TEST(dialog().last_call() == "refuse_offer 488");
  BOOST_TEST(shown(session).proposed_streams.empty());

  dialog().tell(sip::Reoffered{peer_audio_and_chat()});
  forget();
  dialog().tell(sip::ReofferCancelled{});
  BOOST_TEST(told() == "PROPOSED>ESTABLISHED, Rejected remote Cancelled by remote");
  BOOST_TEST((refusal([&] { session.accept_proposal(chat_only); }) == Errc::invalid_state));

  dialog().tell(sip::Reoffered{peer_audio_and_chat()});
  forget();
  sound().statistics.packets_received = 1;
  clock.advance(90s);
  BOOST_TEST(told().find("PROPOSED>ESTABLISHED, Rejected remote nobody decided in time") != std::string::npos);
  BOOST_TEST(dialog().last_call() == "refuse_offer 488");
}

BOOST_AUTO_TEST_CASE(an_update_cannot_wait_for_anybody) {
  outgoing_established();
  dialog().tell(sip::Reoffered{peer_audio_and_chat(), true});
  BOOST_TEST(dialog().last_call() == "refuse_offer 504");
  BOOST_TEST(told() == "");
}

BOOST_AUTO_TEST_CASE(one_stream_for_another_is_refused) {
  outgoing_established();
  dialog().tell(sip::Reoffered{peer_audio("0", "", "192.0.2.2", 0) + chat_line()});
  BOOST_TEST(dialog().last_call() == "refuse_offer 488");
}

BOOST_AUTO_TEST_CASE(a_relay_fails_while_a_proposal_waits_for_it) {
  chats.slow = true;
  Session& session = outgoing_established();
  session.add_stream(chat_only);
  forget();
  conversation().tell(msrp::ChatFailed{0, "the relay is gone"});
  BOOST_TEST(told() == "PROPOSING>ESTABLISHED, Rejected local the relay is gone");

  dialog().tell(sip::Reoffered{peer_audio_and_chat()});
  session.accept_proposal(chat_only);
  BOOST_TEST((refusal([&] { session.accept_proposal(chat_only); }) == Errc::invalid_state));
  forget();
  conversation().tell(msrp::ChatFailed{0, "the relay is gone"});
  BOOST_TEST(dialog().last_call() == "refuse_offer 500");
  BOOST_TEST(told() == "PROPOSED>ESTABLISHED, Rejected remote the relay is gone");
}

BOOST_AUTO_TEST_CASE(proposals_wait_for_the_relay) {
  chats.slow = true;
  Session& session = outgoing_established();
  const auto grant = [&] {
    conversation().local = chats.local_chat("198.51.100.1");
    conversation().tell(msrp::ChatPrepared{});
  };
  session.add_stream(chat_only);
  BOOST_TEST(dialog().last_call() == "acknowledge");
  grant();
  BOOST_TEST(dialog().last_call() == "reinvite");
  BOOST_TEST(medium_of(dialog(), 1).message->path.starts_with("msrp://198.51.100.1:"));
  dialog().tell(sip::Reanswered{488, "Not Acceptable Here", {}});
  forget();

  dialog().tell(sip::Reoffered{peer_audio_and_chat()});
  session.accept_proposal(chat_only);
  BOOST_TEST(told() == "ESTABLISHED>PROPOSED, Proposal remote chat");
  BOOST_TEST(dialog().last_call() == "reinvite");
  // The peer does not wait as long.
  dialog().tell(sip::ReofferCancelled{});
  BOOST_TEST(told() == "PROPOSED>ESTABLISHED, Rejected remote Cancelled by remote");
  BOOST_TEST(!conversation().exists);

  dialog().tell(sip::Reoffered{peer_audio_and_chat()});
  session.accept_proposal(chat_only);
  forget();
  grant();
  BOOST_TEST(dialog().last_call() == "answer");
  BOOST_TEST(medium_of(dialog(), 1).message->path.starts_with("msrp://198.51.100.1:"));
  BOOST_TEST(told() == "PROPOSED>ESTABLISHED, Accepted remote");
}

BOOST_AUTO_TEST_CASE(of_two_proposed_streams_one_may_be_taken) {
  Session& session = outgoing_established();
  dialog().tell(sip::Reoffered{peer_audio("0", "", "192.0.2.2", 0)});
  forget();
  dialog().tell(sip::Reoffered{peer_audio_and_chat()});
  BOOST_TEST(told() == "ESTABLISHED>PROPOSED, Proposal remote audio+chat");
  BOOST_TEST((shown(session).proposed_streams == both));
  session.accept_proposal(chat_only);
  BOOST_TEST(told() == "PROPOSED>ESTABLISHED, Accepted remote");
  BOOST_TEST(medium_of(dialog(), 0).port == 0);
  BOOST_TEST(medium_of(dialog(), 1).port != 0);
  BOOST_TEST((shown(session).proposed_streams == chat_only));
  conversation().tell(msrp::DidBind{});
  BOOST_TEST(told() == "GotStreamUpdate chat");
  BOOST_TEST(shown(session).proposed_streams.empty());
}

BOOST_AUTO_TEST_CASE(a_hold_under_way_goes_before_the_proposal) {
  Session& session = outgoing_established();
  session.hold();
  session.add_stream(chat_only);
  const std::size_t calls = dialog().calls.size();
  dialog().tell(sip::Reanswered{200, "OK", peer_audio("0", "recvonly")});
  BOOST_TEST(dialog().calls.size() == calls + 1);
  BOOST_TEST(conversation().exists);
  BOOST_TEST(medium_of(dialog(), 1).port != 0);
  BOOST_TEST((session.state() == State::proposing));
  dialog().tell(sip::Reanswered{200, "OK", peer_audio("0", "recvonly") + chat_line()});
  BOOST_TEST((session.state() == State::established));
  BOOST_TEST(conversation().calls.back() == "start active");
}

// What the peer has not heard of when a proposal comes in between.
BOOST_AUTO_TEST_CASE(a_hold_that_met_another_offer_is_told_when_the_proposal_is_over) {
  chats.slow = true;
  const std::vector<std::function<void(Session&)>> ends{
      [&](Session&) { dialog().tell(sip::ReofferCancelled{}); },
      [&](Session& session) { session.reject_proposal(); },
      [&](Session& session) {
        session.accept_proposal(chat_only);
        conversation().tell(msrp::ChatFailed{0, "the relay is gone"});
      },
      [&](Session&) {
        sound().statistics.packets_received = 1;
        clock.advance(90s);
      },
  };
  for (const auto& end : ends) {
    Session& session = outgoing_established();
    session.hold();
    dialog().tell(sip::Reanswered{491, "Request Pending", {}});
    dialog().tell(sip::Reoffered{peer_audio_and_chat()});
    clock.advance(4s);
    const auto offers = std::ranges::count(dialog().calls, "reinvite");
    BOOST_TEST(offers == 1);
    end(session);
    BOOST_TEST(dialog().last_call() == "reinvite");
    BOOST_TEST(std::ranges::count(dialog().calls, "reinvite") == offers + 1);
    BOOST_TEST((medium_of(dialog(), 0).direction == sip::Direction::sendonly));
  }
}

BOOST_AUTO_TEST_CASE(a_hold_that_met_another_offer_is_told_when_the_relay_for_our_proposal_failed) {
  chats.slow = true;
  Session& session = outgoing_established();
  session.hold();
  dialog().tell(sip::Reanswered{491, "Request Pending", {}});
  session.add_stream(chat_only);
  clock.advance(4s);
  BOOST_TEST(std::ranges::count(dialog().calls, "reinvite") == 1);
  conversation().tell(msrp::ChatFailed{0, "the relay is gone"});
  BOOST_TEST(std::ranges::count(dialog().calls, "reinvite") == 2);
  BOOST_TEST((medium_of(dialog(), 0).direction == sip::Direction::sendonly));
  BOOST_TEST((session.state() == State::established));
}

BOOST_AUTO_TEST_CASE(the_end_of_a_hold_that_met_another_offer_is_told_when_the_time_for_our_proposal_is_over) {
  settings.sessions.proposal_timeout = 1;
  Session& session = outgoing_established();
  session.hold();
  session.unhold();
  session.add_stream(chat_only);
  dialog().tell(sip::Reanswered{200, "OK", peer_audio("0", "recvonly")});
  dialog().tell(sip::Reanswered{491, "Request Pending", {}});
  clock.advance(1s);
  BOOST_TEST((session.state() == State::established));
  clock.advance(4s);
  BOOST_TEST(std::ranges::count(dialog().calls, "reinvite") == 3);
  BOOST_TEST((medium_of(dialog(), 0).direction == sip::Direction::sendrecv));
}

// The new chat took the place of the old one in the offer, so that the peer has heard of neither.
BOOST_AUTO_TEST_CASE(a_removal_is_told_when_the_chat_that_was_to_come_after_it_is_refused) {
  Session& session = outgoing_established();
  session.add_stream(chat_only);
  dialog().tell(sip::Reanswered{200, "OK", peer_audio_and_chat()});
  session.remove_stream(chat_only);
  dialog().tell(sip::Reanswered{491, "Request Pending", {}});
  session.add_stream(chat_only);
  clock.advance(4s);
  BOOST_TEST(medium_of(dialog(), 1).port != 0);
  dialog().tell(sip::Reanswered{488, "Not Acceptable Here", {}});
  BOOST_TEST((session.state() == State::established));
  clock.advance(4s);
  BOOST_TEST(medium_of(dialog(), 1).port == 0);
}

BOOST_AUTO_TEST_CASE(the_end_of_a_session_ends_its_proposal) {
  Session& session = outgoing_established();
  session.add_stream(chat_only);
  forget();
  session.end(false);
  dialog().tell(sip::Reanswered{200, "OK", peer_audio_and_chat()});
  dialog().tell(sip::Closed{});
  clock.advance(40s);
  BOOST_TEST(told() == "PROPOSING>TERMINATING, WillEnd, GotStreamUpdate, TERMINATING>TERMINATED, DidEnd local");
  BOOST_TEST(!conversation().exists);
}

BOOST_AUTO_TEST_SUITE_END()
