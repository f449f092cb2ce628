// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/unit/session/chats.h"
#include "tests/unit/sip/sdp_text.h"

namespace data = boost::unit_test::data;
using namespace std::chrono_literals;
using namespace session;
using base::Errc;

BOOST_FIXTURE_TEST_SUITE(chats_of_a_session, Chats)

BOOST_AUTO_TEST_CASE(audio_and_chat_are_offered_and_the_chat_is_there_when_it_is_bound) {
  Session& session = calling(both);
  BOOST_TEST(told() == "NULL>CALLING, NewOutgoing audio+chat");
  const sip::Medium line = our("message");
  BOOST_TEST(line.port == 2856);
  BOOST_TEST(line.protocol == "TCP/MSRP");
  BOOST_TEST(line.message->path == "msrp://192.0.2.1:2856/session1;tcp");
  BOOST_TEST(line.message->accept_types == "message/cpim text/*");
  BOOST_TEST(line.message->max_size.value() == 10000u);
  BOOST_TEST(line.message->setup == "actpass");
  BOOST_TEST(dialog().description.find("m=audio") < dialog().description.find("m=message"));
  dialog().tell(sip::Answered{peer_audio_and_chat("a=setup:passive\r\na=max-size:77\r\n"), {}});
  BOOST_TEST(told() == "WillStart, GotStreamUpdate audio, CALLING>ESTABLISHED, DidStart");
  BOOST_TEST((shown(session).proposed_streams == chat_only));
  BOOST_TEST(conversation().calls.back() == "start active");
  BOOST_TEST(conversation().remote->path.front().session_id == "peer");
  BOOST_TEST(conversation().remote->max_size.value() == 77u);
  conversation().tell(msrp::DidBind{});
  BOOST_TEST(told() == "GotStreamUpdate audio+chat");
  BOOST_TEST(shown(session).proposed_streams.empty());
}

struct Setup {
  std::string offered, answered;
  bool active;
};
std::ostream& operator<<(std::ostream& out, const Setup& row) { return out << row.offered << "/" << row.answered; }

BOOST_DATA_TEST_CASE_F(Chats, who_connects_when_we_are_called,
                       data::make(std::vector<Setup>{{"", "passive", false},
                                                     {"a=setup:active\r\n", "passive", false},
                                                     {"a=setup:passive\r\n", "active", true},
                                                     {"a=setup:actpass\r\n", "passive", false}}),
                       row) {
  incoming(peer_chat(row.offered)).accept(chat_only);
  BOOST_TEST(our("message").message->setup == row.answered);
  BOOST_TEST(conversation().calls.back() == (row.active ? "start active" : "start passive"));
}

BOOST_AUTO_TEST_CASE(who_calls_from_behind_a_relay_is_connected_to) {
  std::string offer = peer_chat("a=setup:actpass\r\n");
  offer.replace(offer.find("a=path:"), 7, "a=path:msrp://192.0.2.9:2855/relay;tcp ");
  incoming(offer).accept(chat_only);
  BOOST_TEST(our("message").message->setup == "active");
  BOOST_TEST(conversation().calls.back() == "start active");
}

BOOST_DATA_TEST_CASE_F(Chats, who_connects_when_we_call,
                       data::make(std::vector<Setup>{
                           {"", "", true}, {"a=setup:active\r\n", "", false}, {"a=setup:passive\r\n", "", true}}),
                       row) {
  calling(chat_only);
  dialog().tell(sip::Answered{peer_chat(row.offered), {}});
  BOOST_TEST(conversation().calls.back() == (row.active ? "start active" : "start passive"));
}

BOOST_AUTO_TEST_CASE(a_chat_comes_in) {
  Session& session = incoming(peer_audio_and_chat());
  BOOST_TEST(told() == "NULL>INCOMING, NewIncoming audio+chat");
  session.accept(chat_only);
  BOOST_TEST(told() == "INCOMING>ACCEPTING, WillStart");
  BOOST_TEST(our("audio").port == 0);
  BOOST_TEST(our("message").port != 0);
  BOOST_TEST(sounds() == 0u);
  BOOST_TEST((shown(session).proposed_streams == chat_only));
  dialog().tell(sip::Confirmed{});
  conversation().tell(msrp::DidBind{});
  BOOST_TEST(told() == "ACCEPTING>ESTABLISHED, DidStart, GotStreamUpdate chat");
}

BOOST_AUTO_TEST_CASE(the_peer_takes_one_of_two) {
  Session& session = calling(both);
  dialog().tell(sip::Answered{peer_audio() + chat_line("", "TCP/MSRP", 0), {}});
  BOOST_TEST(shown(session).proposed_streams.empty());
  BOOST_TEST(!conversation().exists);
  BOOST_TEST((refusal([&] { session.send_message(hello()); }) == Errc::no_such_stream));
  calling(both);
  dialog().tell(sip::Answered{peer_audio("0", "", "192.0.2.2", 0) + chat_line(), {}});
  BOOST_TEST(conversation().calls.back() == "start active");
  BOOST_TEST(!sound().exists);
}

BOOST_AUTO_TEST_CASE(what_is_no_chat_that_we_take) {
  invite(description_with(chat_line("a=file-selector:name:\"x\"\r\n")));
  BOOST_TEST(dialog().calls.front() == "refuse 488");
  invite(description_with(chat_line("", "TCP/WSS/MSRP")));
  BOOST_TEST(dialog().calls.front() == "refuse 488");
  invite(description_with("m=message 9000 TCP/MSRP *\r\na=accept-types:*\r\n"));
  BOOST_TEST(dialog().calls.front() == "refuse 488");
}

BOOST_AUTO_TEST_CASE(the_transport_follows_the_offer) {
  incoming(description_with(chat_line("a=fingerprint:sha-256 AA:BB\r\n", "TCP/TLS/MSRP")));
  chats.secure = true;
  last->accept(chat_only);
  BOOST_TEST(conversation().request.secure.value());
  BOOST_TEST(conversation().remote->secure);
  BOOST_TEST(conversation().remote->fingerprints.front() == "sha-256 AA:BB");
  BOOST_TEST(our("message").protocol == "TCP/TLS/MSRP");
}

BOOST_AUTO_TEST_CASE(a_relay_is_waited_for) {
  chats.slow = true;
  Session& session = calling(chat_only);
  BOOST_TEST(told() == "NULL>CALLING, NewOutgoing chat");
  BOOST_TEST(legs.dialogs.size() == 0u);
  conversation().local = chats.local_chat("198.51.100.1");
  conversation().tell(msrp::ChatPrepared{});
  BOOST_TEST(dialog().last_call() == "invite");
  BOOST_TEST(our("message").message->path == "msrp://198.51.100.1:2856/session1;tcp");
  session.end(false);

  incoming(peer_chat()).accept(chat_only);
  BOOST_TEST(dialog().last_call() == "ring");
  conversation().local = chats.local_chat("198.51.100.1");
  conversation().tell(msrp::ChatPrepared{});
  BOOST_TEST(dialog().last_call() == "accept");
}

BOOST_AUTO_TEST_CASE(a_relay_that_refuses_ends_the_call_before_it_began) {
  chats.slow = true;
  calling(chat_only);
  forget();
  conversation().tell(msrp::ChatFailed{401, "the relay refuses us"});
  BOOST_TEST(told() == "CALLING>TERMINATED, DidFail local 0 the relay refuses us, DidEnd local");
  incoming(peer_chat()).accept(chat_only);
  forget();
  conversation().tell(msrp::ChatFailed{401, "the relay refuses us"});
  BOOST_TEST(dialog().calls.end()[-2] == "refuse 500");
  BOOST_TEST(told() == "ACCEPTING>TERMINATED, DidFail local 0 the relay refuses us, DidEnd local");
}

BOOST_AUTO_TEST_CASE(each_message_gets_its_verdict) {
  Session& session = chatting();
  const std::string first = session.send_message(hello());
  OutgoingMessage second = hello();
  second.content_type = "text/html";
  second.to_uri = "sip:carol@h";
  const std::string other = session.send_message(second);
  BOOST_TEST(conversation().letters[0].content_type == "text/plain");
  BOOST_TEST(conversation().letters[0].to.uri == "sip:bob@192.0.2.2");
  BOOST_TEST(!conversation().letters[0].to_another);
  BOOST_TEST(conversation().letters[1].to.uri == "sip:carol@h");
  BOOST_TEST(conversation().letters[1].to_another);
  conversation().tell(msrp::Verdict{first, true, 200, "OK", {}});
  conversation().tell(msrp::Verdict{other, false, 415, "No", {}});
  BOOST_TEST(told() == "DidSend message1, DidSend message2, DidDeliver message1, DidNotDeliver message2 415");
  second.to_uri = "no uri";
  BOOST_TEST((refusal([&] { session.send_message(second); }) == Errc::invalid_uri));
}

BOOST_AUTO_TEST_CASE(messages_come_with_their_wrapper) {
  Session& session = chatting();
  msrp::Cpim wrapper;
  wrapper.from = msrp::Address{"Bob", "sip:bob@192.0.2.2"};
  conversation().tell(msrp::GotMessage{{}, "text/plain", "hi", wrapper});
  BOOST_TEST(told() == "GotMessage text/plain hi");
  wrapper.from = msrp::Address{"Mallory", "sip:mallory@192.0.2.2"};
  conversation().tell(msrp::GotMessage{{}, "text/plain", "hi", wrapper});
  BOOST_TEST(told() == "GotMessage text/plain hi foreign");
  conversation().tell(
      msrp::GotComposing{{.active = true, .content_type = "text/plain", .refresh = 60, .last_active = ""}, {}});
  BOOST_TEST(told() == "Composing active");
  session.set_composing(true, 60);
  BOOST_TEST(conversation().calls.back() == "active from sip:alice@192.0.2.1 to sip:bob@192.0.2.2");
}

BOOST_AUTO_TEST_CASE(what_was_not_delivered_is_told_before_the_end) {
  Session& session = chatting();
  session.send_message(hello());
  forget();
  session.end(false);
  BOOST_TEST(told() == "ESTABLISHED>TERMINATING, WillEnd, DidNotDeliver message1 0, GotStreamUpdate");
  BOOST_TEST(conversation().exists);  // its connection: the peer shall hear of the end by SIP first
  dialog().tell(sip::Closed{});
  BOOST_TEST(told() == "TERMINATING>TERMINATED, DidEnd local");
  BOOST_TEST(!conversation().exists);

  chatting().send_message(hello());
  forget();
  dialog().tell(sip::Ended{0, {}});
  BOOST_TEST(told() == "DidNotDeliver message1 0, GotStreamUpdate, ESTABLISHED>TERMINATED, DidEnd remote");
}

BOOST_AUTO_TEST_CASE(a_chat_that_is_lost_ends_a_session_that_has_nothing_else) {
  chatting();
  conversation().tell(msrp::ChatFailed{0, "the connection was lost"});
  BOOST_TEST(told() ==
             "StreamDidFail chat the connection was lost, GotStreamUpdate, ESTABLISHED>TERMINATED, "
             "DidFail local 0 the connection was lost, DidEnd local");
  BOOST_TEST(dialog().calls.end()[-2] == "bye");
}

BOOST_AUTO_TEST_CASE(a_chat_over_an_address_that_is_gone_ends) {
  chatting();
  manager.lose_address("192.0.2.7");
  BOOST_TEST(told() == "");
  manager.lose_address("192.0.2.1");
  BOOST_TEST(told().ends_with("DidEnd local"));
}

BOOST_AUTO_TEST_CASE(a_chat_that_is_lost_is_removed_from_a_call) {
  Session& session = talking();
  conversation().tell(msrp::ChatFailed{0, "the connection was lost"});
  BOOST_TEST(told() == "StreamDidFail chat the connection was lost, GotStreamUpdate audio");
  BOOST_TEST(dialog().last_call() == "reinvite");
  BOOST_TEST(our("message").port == 0);
  BOOST_TEST(our("audio").port == sound().port);
  dialog().tell(sip::Reanswered{200, "OK", peer_audio() + chat_line("", "TCP/MSRP", 0)});
  BOOST_TEST((shown(session).streams == audio_only));
  BOOST_TEST(!conversation().exists);
}

BOOST_AUTO_TEST_CASE(a_chat_that_fails_before_the_ack_is_removed_after_it) {
  Session& session = incoming(peer_audio_and_chat());
  session.accept(both);
  conversation().tell(msrp::ChatFailed{0, "no"});
  BOOST_TEST(dialog().last_call() == "accept");
  dialog().tell(sip::Confirmed{});
  BOOST_TEST(dialog().last_call() == "reinvite");
  BOOST_TEST(our("message").port == 0);
}

BOOST_AUTO_TEST_CASE(audio_that_is_lost_leaves_the_chat) {
  Session& session = talking();
  sound().tell(media::StreamFailed{"no more ports"});
  BOOST_TEST(told() == "StreamDidFail audio no more ports, GotStreamUpdate chat");
  BOOST_TEST(our("audio").port == 0);
  BOOST_TEST(our("message").port != 0);
  dialog().tell(sip::Reanswered{200, "OK", peer_audio("0", "", "192.0.2.2", 0) + chat_line("a=setup:passive\r\n")});
  BOOST_TEST((shown(session).streams == chat_only));
  session.hold();
  BOOST_TEST(told() == "GotHoldRequest local");
}

BOOST_AUTO_TEST_CASE(holding_does_not_touch_the_chat) {
  Session& session = talking();
  session.hold();
  BOOST_TEST(our("message").message->setup == "active");
  BOOST_TEST(our("message").message->path == "msrp://192.0.2.1:2856/session1;tcp");
  BOOST_TEST((our("audio").direction == sip::Direction::sendonly));
  dialog().tell(sip::Reanswered{200, "OK", peer_audio("0", "recvonly") + chat_line("a=setup:passive\r\n")});
  BOOST_TEST(conversation().calls.size() == 1u);
  session.send_message(hello());
  BOOST_TEST(conversation().calls.back() == "send text/plain hello");
}

BOOST_AUTO_TEST_CASE(to_hold_a_chat_alone_is_nothing_to_the_peer_until_there_is_audio) {
  Session& session = chatting();
  const std::size_t calls = dialog().calls.size();
  session.hold();
  BOOST_TEST(told() == "GotHoldRequest local");
  BOOST_TEST(dialog().calls.size() == calls);
  dialog().tell(sip::Reoffered{peer_chat() + "m=audio 4000 RTP/AVP 0\r\na=sendrecv\r\n"});
  session.accept_proposal(audio_only);
  BOOST_TEST((our("audio").direction == sip::Direction::sendonly));
  session.unhold();
  BOOST_TEST((our("audio").direction == sip::Direction::sendrecv));
}

BOOST_AUTO_TEST_CASE(a_stream_is_removed) {
  Session& session = talking();
  session.send_message(hello());
  forget();
  session.remove_stream(chat_only);
  BOOST_TEST(told() == "DidNotDeliver message1 0, GotStreamUpdate audio");
  BOOST_TEST(our("message").port == 0);
  BOOST_TEST((refusal([&] { session.send_message(hello()); }) == Errc::no_such_stream));
  BOOST_TEST((refusal([&] { session.remove_stream(audio_only); }) == Errc::invalid_state));
  dialog().tell(sip::Reanswered{488, "No", {}});
  BOOST_TEST((shown(session).streams == audio_only));

  Session& other = talking();
  other.remove_stream(audio_only);
  BOOST_TEST(told() == "GotStreamUpdate chat");
  BOOST_TEST(our("audio").port == 0);
  BOOST_TEST(our("message").port != 0);
}

BOOST_AUTO_TEST_CASE(the_connection_of_a_removed_chat_stays_until_the_peer_has_heard) {
  Session& session = talking();
  session.hold();
  session.remove_stream(chat_only);
  dialog().tell(sip::Reanswered{200, "OK", peer_audio("0", "recvonly") + chat_line("a=setup:passive\r\n")});
  BOOST_TEST(our("message").port == 0);
  BOOST_TEST(conversation().exists);
  dialog().tell(sip::Reanswered{491, "Request Pending", {}});
  BOOST_TEST(conversation().exists);
  clock.advance(4s);
  BOOST_TEST(dialog().last_call() == "reinvite");
  BOOST_TEST(conversation().exists);
  dialog().tell(sip::Reanswered{200, "OK", peer_audio("0", "recvonly") + chat_line("", "TCP/MSRP", 0)});
  BOOST_TEST(!conversation().exists);

  // The peer removes it where we asked for its offer, and where it answers ours.
  Session& other = talking();
  dialog().tell(sip::Reoffered{std::nullopt});
  dialog().tell(sip::OfferAcknowledged{peer_audio() + chat_line("", "TCP/MSRP", 0)});
  BOOST_TEST((shown(other).streams == audio_only));
  BOOST_TEST(!conversation().exists);
  Session& third = talking();
  third.hold();
  dialog().tell(sip::Reanswered{200, "OK", peer_audio("0", "recvonly") + chat_line("", "TCP/MSRP", 0)});
  BOOST_TEST((shown(third).streams == audio_only));
  BOOST_TEST(!conversation().exists);
}

BOOST_DATA_TEST_CASE_F(Chats, a_removal_that_is_refused_is_told_again, data::make({491u, 500u}), code) {
  const auto offers = [&] { return std::ranges::count(dialog().calls, "reinvite"); };
  const auto refuse = [&] {
    const auto before = offers();
    dialog().tell(sip::Reanswered{code, "Not now", {}});
    BOOST_TEST(conversation().exists);
    clock.advance(4s);
    BOOST_REQUIRE(offers() == before + 1);
    BOOST_TEST(our("message").port == 0);
  };
  talking().remove_stream(chat_only);
  for (int i = 0; i < 4; ++i) refuse();
  dialog().tell(sip::Reanswered{200, "OK", peer_audio() + chat_line("", "TCP/MSRP", 0)});
  BOOST_TEST(!conversation().exists);
  clock.advance(4s);
  BOOST_TEST(offers() == 5);

  // Not for ever, but with the next offer once more.
  Session& session = talking();
  session.remove_stream(chat_only);
  const int most = code == 491 ? 9 : 4;
  for (int i = 0; i < most; ++i) refuse();
  dialog().tell(sip::Reanswered{code, "Not now", {}});
  BOOST_TEST(!conversation().exists);
  clock.advance(4s);
  BOOST_TEST(offers() == most + 1);
  session.hold();
  BOOST_TEST(our("message").port == 0);
  dialog().tell(sip::Reanswered{488, "Not so", {}});
  clock.advance(4s);
  BOOST_TEST(offers() == most + 3);
  BOOST_TEST(our("message").port == 0);
  BOOST_TEST(!shown(session).on_hold_by_local);
}

BOOST_AUTO_TEST_CASE(the_peer_removes_a_stream) {
  Session& session = talking();
  dialog().tell(sip::Reoffered{peer_audio() + chat_line("", "TCP/MSRP", 0)});
  BOOST_TEST(told() == "GotStreamUpdate audio");
  BOOST_TEST(dialog().last_call() == "answer");
  BOOST_TEST(our("message").port == 0);
  BOOST_TEST((shown(session).streams == audio_only));
}

BOOST_AUTO_TEST_CASE(what_is_removed_is_not_proposed_by_a_peer_that_has_not_heard_of_it) {
  Session& session = talking();
  session.remove_stream(chat_only);
  dialog().tell(sip::Reanswered{491, "Request Pending", {}});
  forget();
  dialog().tell(sip::Reoffered{peer_audio("0", "sendonly") + chat_line()});
  BOOST_TEST(told() == "GotHoldRequest remote");
  BOOST_TEST(dialog().last_call() == "answer");
  BOOST_TEST(our("message").port == 0);
  BOOST_TEST(conversation().exists);  // the answer may come later than the end of the connection
  // Now it has, and may.
  clock.advance(4s);
  dialog().tell(sip::Reanswered{200, "OK", peer_audio("0", "sendonly") + chat_line("", "TCP/MSRP", 0)});
  BOOST_TEST(!conversation().exists);
  dialog().tell(sip::Reoffered{peer_audio("0", "sendonly") + chat_line("", "TCP/MSRP", 9000, "another")});
  BOOST_TEST(told() == "ESTABLISHED>PROPOSED, Proposal remote chat");

  talking();
  sound().tell(media::StreamFailed{"no more ports"});
  dialog().tell(sip::Reanswered{491, "Request Pending", {}});
  forget();
  dialog().tell(sip::Reoffered{peer_audio() + chat_line("", "TCP/MSRP", 0)});
  BOOST_TEST(told() == "GotStreamUpdate");
  BOOST_TEST(dialog().last_call() == "answer");
}

BOOST_AUTO_TEST_SUITE_END()
