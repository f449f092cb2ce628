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

namespace {

// A peer that begins another chat by its path (RFC 4975, 8.4).
class Paths : public Chats {
 public:
  std::ptrdiff_t offers() { return std::ranges::count(dialog().calls, "reinvite"); }
  // The answer to our hold.
  sip::Reanswered moved(const std::string& id) const {
    return {200, "OK", peer_audio("0", "recvonly") + chat_line("a=setup:passive\r\n", "TCP/MSRP", 9000, id)};
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(paths_of_a_chat, Paths)

BOOST_AUTO_TEST_CASE(a_path_that_changes_is_another_chat_in_the_place_of_ours) {
  Session& session = talking();
  session.send_message(hello());
  forget();
  const std::string moved =
      peer_audio("0", "", "192.0.2.9") + chat_line("a=setup:actpass\r\n", "TCP/MSRP", 9000, "other");
  dialog().tell(sip::Reoffered{moved});
  BOOST_TEST(dialog().last_call() == "answer");
  BOOST_TEST(told() == "DidNotDeliver message1 0, GotStreamUpdate audio");
  BOOST_TEST(sound().parameters.remote_address == "192.0.2.9");
  BOOST_TEST(chats.conversations.size() == 2u);
  BOOST_TEST(!chats.conversations.front()->exists);
  BOOST_TEST(our("message").message->path == "msrp://192.0.2.1:2857/session2;tcp");
  BOOST_TEST(conversation().calls.back() == "start passive");
  BOOST_TEST(conversation().remote->path.front().session_id == "other");
  BOOST_TEST((shown(session).proposed_streams == chat_only));
  session.send_message(hello());
  conversation().tell(msrp::DidBind{});
  BOOST_TEST(told() == "DidSend message1, GotStreamUpdate audio+chat");
  // The same again is nothing.
  dialog().tell(sip::Reoffered{moved});
  BOOST_TEST(told() == "");
}

BOOST_AUTO_TEST_CASE(another_chat_that_comes_with_a_proposal_begins_when_that_is_taken) {
  Session& session = chatting();
  const std::string offer =
      description_with(chat_line("", "TCP/MSRP", 9000, "other") + "m=audio 4000 RTP/AVP 0\r\na=sendrecv\r\n");
  dialog().tell(sip::Reoffered{offer});
  BOOST_TEST(told() == "ESTABLISHED>PROPOSED, Proposal remote audio");
  session.reject_proposal();
  BOOST_TEST(chats.conversations.size() == 1u);
  BOOST_TEST(conversation().exists);
  dialog().tell(sip::Reoffered{offer});
  forget();
  session.accept_proposal(audio_only);
  BOOST_TEST(told() == "GotStreamUpdate, PROPOSED>ESTABLISHED, Accepted remote, GotStreamUpdate audio");
  BOOST_TEST(conversation().remote->path.front().session_id == "other");
  BOOST_TEST((shown(session).proposed_streams == chat_only));
}

BOOST_AUTO_TEST_CASE(another_chat_that_cannot_begin_leaves_the_rest) {
  Session& session = talking();
  chats.exhausted = true;
  dialog().tell(sip::Reoffered{peer_audio() + chat_line("", "TCP/MSRP", 9000, "other")});
  BOOST_TEST(told() == "GotStreamUpdate audio, StreamDidFail chat no port can be listened on");
  BOOST_TEST(our("message").port == 0);
  BOOST_TEST(our("audio").port != 0);
  BOOST_TEST((refusal([&] { session.send_message(hello()); }) == Errc::no_such_stream));

  chats.exhausted = false;
  talking();
  chats.slow = true;
  dialog().tell(sip::Reoffered{peer_audio() + chat_line("", "TCP/MSRP", 9000, "other")});
  BOOST_TEST(told() == "GotStreamUpdate audio, StreamDidFail chat the peer began another chat");
  BOOST_TEST(our("message").port == 0);
  BOOST_TEST(!conversation().exists);
}

BOOST_AUTO_TEST_CASE(the_path_of_a_running_chat_stays) {
  talking();
  dialog().tell(sip::Reoffered{peer_audio() + chat_line("a=setup:actpass\r\n")});
  BOOST_TEST(our("message").message->setup == "active");
  BOOST_TEST(told() == "");
}

// Hold asks, and the peer answers with another path.
BOOST_AUTO_TEST_CASE(a_path_that_changes_in_an_answer_is_another_chat_and_our_side_of_it_is_offered) {
  Session& session = talking();
  session.send_message(hello());
  session.hold();
  forget();
  BOOST_TEST(our("message").message->path == "msrp://192.0.2.1:2856/session1;tcp");
  dialog().tell(moved("other"));
  BOOST_TEST(told() == "DidNotDeliver message1 0, GotStreamUpdate audio");
  BOOST_TEST((shown(session).proposed_streams == chat_only));
  BOOST_TEST(offers() == 2);
  BOOST_TEST(our("message").message->path == "msrp://192.0.2.1:2857/session2;tcp");
  BOOST_TEST(our("message").message->setup == "actpass");
  BOOST_TEST((our("audio").direction == sip::Direction::sendonly));
  BOOST_TEST(chats.conversations.front()->exists);  // until the peer has heard
  // Yet another one: it decides now.
  dialog().tell(moved("last"));
  BOOST_TEST(offers() == 2);
  BOOST_TEST(chats.conversations.size() == 2u);
  BOOST_TEST(!chats.conversations.front()->exists);
  BOOST_TEST(conversation().calls.back() == "start active");
  BOOST_TEST(conversation().remote->path.front().session_id == "last");
  conversation().tell(msrp::DidBind{});
  BOOST_TEST(told() == "GotStreamUpdate audio+chat");
  BOOST_TEST(shown(session).proposed_streams.empty());
  session.unhold();
  dialog().tell(sip::Reanswered{200, "OK", peer_audio() + chat_line("", "TCP/MSRP", 9000, "last")});
  BOOST_TEST(told() == "GotUnholdRequest local");
  BOOST_TEST(offers() == 3);
}

BOOST_AUTO_TEST_CASE(our_side_of_another_chat_meets_another_offer) {
  Session& session = talking();
  session.hold();
  dialog().tell(moved("other"));
  dialog().tell(sip::Reanswered{491, "Request Pending", {}});
  clock.advance(4s);
  BOOST_TEST(offers() == 3);
  BOOST_TEST(our("message").message->path == "msrp://192.0.2.1:2857/session2;tcp");
  dialog().tell(moved("other"));
  BOOST_TEST(conversation().calls.back() == "start active");

  // The peer comes first: with an offer, and asking for ours.
  Session& second = talking();
  second.hold();
  dialog().tell(moved("other"));
  dialog().tell(sip::Reanswered{491, "Request Pending", {}});
  forget();
  dialog().tell(sip::Reoffered{peer_audio() + chat_line("a=setup:actpass\r\n", "TCP/MSRP", 9000, "other")});
  BOOST_TEST(dialog().last_call() == "answer");
  BOOST_TEST(our("message").port != 0);
  BOOST_TEST(conversation().calls.back() == "start passive");
  BOOST_TEST(told() == "");

  Session& third = talking();
  third.hold();
  dialog().tell(moved("other"));
  dialog().tell(sip::Reanswered{491, "Request Pending", {}});
  dialog().tell(sip::Reoffered{std::nullopt});
  BOOST_TEST(our("message").port != 0);
  dialog().tell(sip::OfferAcknowledged{moved("other").description});
  BOOST_TEST(conversation().calls.back() == "start active");
  // And the other way round: it moves by that answer.
  clock.advance(4s);
  dialog().tell(moved("other"));
  dialog().tell(sip::Reoffered{std::nullopt});
  dialog().tell(sip::OfferAcknowledged{moved("again").description});
  BOOST_TEST(dialog().last_call() == "reinvite");
  BOOST_TEST(conversation().calls.empty());
  dialog().tell(moved("again"));
  BOOST_TEST(conversation().calls.back() == "start active");
}

BOOST_DATA_TEST_CASE_F(Paths, our_side_of_another_chat_is_refused, data::make({200u, 488u, 491u}), code) {
  Session& session = talking();
  session.hold();
  dialog().tell(moved("other"));
  forget();
  if (code == 491) {
    dialog().tell(sip::Reanswered{code, "Request Pending", {}});
    BOOST_TEST(told() == "");
    clock.advance(4s);
  }
  std::optional<std::string> answer;
  if (code == 200) answer = peer_audio("0", "recvonly") + chat_line("", "TCP/MSRP", 0);
  dialog().tell(sip::Reanswered{code, "No", answer});
  BOOST_TEST(told() == "StreamDidFail chat the peer began another chat and did not take ours");
  BOOST_TEST(shown(session).proposed_streams.empty());
  BOOST_TEST(shown(session).on_hold_by_local);
  BOOST_TEST((refusal([&] { session.send_message(hello()); }) == Errc::no_such_stream));
  // Whoever still believes in it is told.
  const auto before = offers();
  clock.advance(4s);
  BOOST_TEST(offers() == before + (code == 200 ? 0 : 1));
  if (code != 200) {
    BOOST_TEST(our("message").port == 0);
    dialog().tell(sip::Reanswered{200, "OK", peer_audio("0", "recvonly") + chat_line("", "TCP/MSRP", 0)});
  }
  for (const auto& one : chats.conversations) BOOST_TEST(!one->exists);
}

BOOST_AUTO_TEST_CASE(another_chat_is_removed_before_our_side_of_it_is_answered) {
  // By us.
  Session& session = talking();
  session.hold();
  dialog().tell(moved("other"));
  forget();
  BOOST_TEST((refusal([&] { session.add_stream(chat_only); }) == Errc::invalid_state));
  session.remove_stream(chat_only);
  BOOST_TEST((refusal([&] { session.remove_stream(chat_only); }) == Errc::no_such_stream));
  BOOST_TEST(offers() == 2);
  dialog().tell(moved("other"));
  BOOST_TEST(offers() == 3);
  BOOST_TEST(our("message").port == 0);
  dialog().tell(sip::Reanswered{200, "OK", peer_audio("0", "recvonly") + chat_line("", "TCP/MSRP", 0)});
  BOOST_TEST(told() == "");
  BOOST_TEST(shown(session).proposed_streams.empty());
  BOOST_TEST(!conversation().exists);

  // By the peer, after its 491.
  Session& other = talking();
  other.hold();
  dialog().tell(moved("other"));
  dialog().tell(sip::Reanswered{491, "Request Pending", {}});
  dialog().tell(sip::Reoffered{peer_audio() + chat_line("", "TCP/MSRP", 0)});
  BOOST_TEST(our("message").port == 0);
  BOOST_TEST(shown(other).proposed_streams.empty());
  clock.advance(4s);
  BOOST_TEST(our("message").port == 0);
}

BOOST_DATA_TEST_CASE_F(Paths, our_side_of_another_chat_cannot_be_made, data::make({true, false}), relay) {
  Session& session = talking();
  session.hold();
  forget();
  (relay ? chats.slow : chats.exhausted) = true;
  dialog().tell(moved("other"));
  BOOST_TEST(told() == std::string("GotStreamUpdate audio, StreamDidFail chat ") +
                           (relay ? "the peer began another chat" : "no port can be listened on"));
  BOOST_TEST(offers() == 2);
  BOOST_TEST(our("message").port == 0);
  BOOST_TEST((our("audio").direction == sip::Direction::sendonly));
}

BOOST_AUTO_TEST_CASE(another_chat_in_the_answer_to_a_proposal_begins_beside_it) {
  Session& session = chatting();
  session.add_stream(audio_only);
  forget();
  dialog().tell(sip::Reanswered{
      200, "OK",
      description_with(chat_line("", "TCP/MSRP", 9000, "other") + "m=audio 4000 RTP/AVP 0\r\na=sendrecv\r\n")});
  BOOST_TEST(told() == "GotStreamUpdate audio+chat, GotStreamUpdate audio, PROPOSING>ESTABLISHED, Accepted local");
  BOOST_TEST(offers() == 2);
  BOOST_TEST((shown(session).proposed_streams == chat_only));
}

BOOST_AUTO_TEST_SUITE_END()
