// SPDX-License-Identifier: LGPL-2.1-or-later
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/unit/session/calls.h"
#include "tests/unit/sip/sdp_text.h"

namespace data = boost::unit_test::data;
using namespace std::chrono_literals;
using namespace session;
using base::Errc;

namespace {

// The direction that our last description gives its audio.
std::string direction_of(const FakeDialog& dialog) {
  const auto read = sip::read_description(dialog.description);
  for (const sip::Medium& medium : read.description->media)
    if (medium.kind == "audio") return std::string(sip::to_text(medium.direction));
  return "";
}

std::uint64_t version_of(const FakeDialog& dialog) {
  return sip::read_description(dialog.description).description->version;
}

sip::Reanswered accepted(const std::string& direction = "") { return {200, "OK", peer_audio("0 101", direction)}; }

}  // namespace

BOOST_FIXTURE_TEST_SUITE(established_calls, Calls)

BOOST_AUTO_TEST_CASE(we_hold_and_unhold) {
  Session& session = outgoing_established();
  const std::uint64_t version = version_of(dialog());
  session.hold();
  BOOST_TEST(told() == "GotHoldRequest local");
  BOOST_TEST(dialog().last_call() == "reinvite");
  BOOST_TEST(direction_of(dialog()) == "sendonly");
  BOOST_TEST(version_of(dialog()) == version + 1);
  // Nobody is heard from the moment that we ask.
  BOOST_TEST(!sound().parameters.send);
  BOOST_TEST(!sound().parameters.receive);
  dialog().tell(accepted("recvonly"));
  BOOST_TEST(told() == "");
  BOOST_TEST(!sound().parameters.send);
  BOOST_TEST(shown(session).on_hold_by_local);
  BOOST_TEST(!shown(session).on_hold_by_remote);
  session.hold();
  BOOST_TEST(told() == "");
  session.unhold();
  BOOST_TEST(told() == "GotUnholdRequest local");
  BOOST_TEST(direction_of(dialog()) == "sendrecv");
  BOOST_TEST(version_of(dialog()) == version + 2);
  dialog().tell(accepted());
  BOOST_TEST(sound().parameters.send);
  BOOST_TEST(sound().parameters.receive);
  session.unhold();
  BOOST_TEST(told() == "");
  BOOST_TEST((session.state() == State::established));
}

BOOST_AUTO_TEST_CASE(a_hold_that_is_refused_is_taken_back) {
  Session& session = outgoing_established();
  session.hold();
  dialog().tell(sip::Reanswered{488, "Not Acceptable Here", {}});
  BOOST_TEST(told() == "GotHoldRequest local, GotUnholdRequest local");
  BOOST_TEST(!shown(session).on_hold_by_local);
  BOOST_TEST(sound().parameters.send);
  BOOST_TEST(sound().parameters.receive);
  session.hold();
  dialog().tell(accepted("recvonly"));
  session.unhold();
  dialog().tell(sip::Reanswered{408, "Timeout", {}});
  BOOST_TEST(told() == "GotHoldRequest local, GotUnholdRequest local, GotHoldRequest local");
  BOOST_TEST(shown(session).on_hold_by_local);
  BOOST_TEST(!sound().parameters.send);
}

BOOST_AUTO_TEST_CASE(an_unhold_that_is_refused_is_taken_back_where_audio_is_not_the_first_medium) {
  Session& session =
      incoming_established(description_with("m=video 9 RTP/AVP 31\r\nm=audio 4000 RTP/AVP 0\r\na=sendrecv\r\n"));
  const std::string answer = description_with("m=video 0 RTP/AVP 31\r\nm=audio 4000 RTP/AVP 0\r\na=recvonly\r\n");
  session.hold();
  dialog().tell(sip::Reanswered{200, "OK", answer});
  BOOST_TEST(direction_of(dialog()) == "sendonly");
  session.unhold();
  dialog().tell(sip::Reanswered{488, "No", {}});
  BOOST_TEST(told() == "GotHoldRequest local, GotUnholdRequest local, GotHoldRequest local");
  BOOST_TEST(shown(session).on_hold_by_local);
}

BOOST_DATA_TEST_CASE_F(Calls, glare_is_retried_once_after_a_random_time, data::make({true, false}), creator) {
  Session& session = outgoing_established();
  dialog().creator = creator;
  const std::size_t calls = dialog().calls.size();
  session.hold();
  dialog().tell(sip::Reanswered{491, "Request Pending", {}});
  BOOST_TEST(dialog().calls.size() == calls + 1);
  // RFC 3261, 14.1: 2.1 to 4 s, or 0 to 2 s for the other side; the watch over silence comes later than either.
  clock.advance(creator ? 2099ms : 0ms);
  if (creator) BOOST_TEST(dialog().calls.size() == calls + 1);
  clock.advance(creator ? 1901ms : 2000ms);
  BOOST_TEST(dialog().calls.size() == calls + 2);
  BOOST_TEST(direction_of(dialog()) == "sendonly");
  BOOST_TEST(told() == "GotHoldRequest local");
  dialog().tell(sip::Reanswered{491, "Request Pending", {}});
  BOOST_TEST(told() == "GotUnholdRequest local");
  clock.advance(4s);
  BOOST_TEST(dialog().calls.size() == calls + 2);
}

BOOST_AUTO_TEST_CASE(one_reinvite_at_a_time) {
  Session& session = outgoing_established();
  const std::size_t calls = dialog().calls.size();
  session.hold();
  session.unhold();
  session.hold();
  session.unhold();
  BOOST_TEST(told() == "GotHoldRequest local, GotUnholdRequest local, GotHoldRequest local, GotUnholdRequest local");
  BOOST_TEST(dialog().calls.size() == calls + 1);
  dialog().tell(accepted("recvonly"));
  BOOST_TEST(dialog().calls.size() == calls + 2);
  BOOST_TEST(direction_of(dialog()) == "sendrecv");
  dialog().tell(accepted());
  BOOST_TEST(dialog().calls.size() == calls + 2);
  BOOST_TEST(sound().parameters.send);
  BOOST_TEST(told() == "");
}

BOOST_AUTO_TEST_CASE(what_changes_during_a_refused_hold_is_asked_for_again) {
  Session& session = outgoing_established();
  session.hold();
  session.unhold();
  session.hold();
  dialog().tell(sip::Reanswered{500, "Later", {}});
  BOOST_TEST(direction_of(dialog()) == "sendonly");
  forget();
  dialog().tell(accepted("recvonly"));
  BOOST_TEST(shown(session).on_hold_by_local);
  BOOST_TEST(told() == "");
}

BOOST_AUTO_TEST_CASE(bashing_hold_ends_as_it_was_asked_last) {
  Session& session = outgoing_established();
  std::ptrdiff_t answered = 0;
  const auto answer = [&](const sip::Reanswered& event) {
    const auto& calls = dialog().calls;
    if (std::count(calls.begin(), calls.end(), "reinvite") == answered) return false;
    ++answered;
    dialog().tell(event);
    return true;
  };
  for (int i = 0; i < 100; ++i) {
    session.hold();
    if (i % 3 == 0) answer(accepted("recvonly"));
    session.unhold();
    if (i % 7 == 0) answer({491, "Request Pending", {}});
    if (i % 5 == 0) clock.advance(4s);
    if (i % 11 == 0) answer({500, "Later", {}});
  }
  clock.advance(4s);
  while (answer(accepted(direction_of(dialog()) == "sendonly" ? "recvonly" : ""))) {
  }
  BOOST_TEST(!shown(session).on_hold_by_local);
  BOOST_TEST(direction_of(dialog()) == "sendrecv");
  BOOST_TEST(sound().parameters.send);
}

BOOST_DATA_TEST_CASE_F(Calls, the_peer_holds_and_unholds, data::make({"sendonly", "inactive"}), direction) {
  Session& session = incoming_established();
  dialog().tell(sip::Reoffered{peer_audio("0 101", direction)});
  BOOST_TEST(told() == "GotHoldRequest remote");
  BOOST_TEST(shown(session).on_hold_by_remote);
  BOOST_TEST(direction_of(dialog()) == (std::string(direction) == "sendonly" ? "recvonly" : "inactive"));
  BOOST_TEST(!sound().parameters.send);
  dialog().tell(sip::Reoffered{peer_audio("0 101", direction)});
  BOOST_TEST(told() == "");
  dialog().tell(sip::Reoffered{peer_audio()});
  BOOST_TEST(told() == "GotUnholdRequest remote");
  BOOST_TEST(sound().parameters.send);
}

BOOST_AUTO_TEST_CASE(a_null_address_is_a_hold) {
  incoming_established();
  dialog().tell(sip::Reoffered{peer_audio("0 101", "", "0.0.0.0")});
  BOOST_TEST(told() == "GotHoldRequest remote");
  BOOST_TEST(!sound().parameters.send);
}

BOOST_AUTO_TEST_CASE(our_hold_survives_an_offer_of_the_peer) {
  Session& session = outgoing_established();
  session.hold();
  dialog().tell(accepted("recvonly"));
  forget();
  dialog().tell(sip::Reoffered{peer_audio()});
  BOOST_TEST(direction_of(dialog()) == "sendonly");
  BOOST_TEST(told() == "");
  dialog().tell(sip::Reoffered{peer_audio("0", "sendonly")});
  BOOST_TEST(told() == "GotHoldRequest remote");
  BOOST_TEST(direction_of(dialog()) == "inactive");
  session.unhold();
  dialog().tell(accepted("inactive"));
  BOOST_TEST(told() == "GotUnholdRequest local");
  BOOST_TEST(shown(session).on_hold());
  BOOST_TEST(!sound().parameters.send);
}

BOOST_AUTO_TEST_CASE(an_offer_that_crosses_ours_is_refused) {
  Session& session = outgoing_established();
  session.hold();
  forget();
  dialog().tell(sip::Reoffered{peer_audio("0", "sendonly")});
  BOOST_TEST(dialog().last_call() == "refuse_offer 491");
  BOOST_TEST(told() == "");
  dialog().tell(accepted("recvonly"));
  BOOST_TEST(!shown(session).on_hold_by_remote);
}

BOOST_AUTO_TEST_CASE(a_new_address_and_codec_of_the_peer_are_taken) {
  Session& session = incoming_established();
  dialog().tell(sip::Reoffered{peer_audio("8", "", "192.0.2.77", 7777)});
  BOOST_TEST(dialog().last_call() == "answer");
  BOOST_TEST(sound().parameters.codec == "PCMA");
  BOOST_TEST(sound().parameters.remote_address == "192.0.2.77");
  BOOST_TEST(shown(session).audio_remote_rtp_port_sdp == 7777);
  BOOST_TEST(shown(session).audio_codec == "PCMA");
  BOOST_TEST(told() == "");
}

struct BadOffer {
  std::string text;
  std::string call;
};
std::ostream& operator<<(std::ostream& out, const BadOffer& row) { return out << row.text; }

const std::vector<BadOffer> bad_offers{
    {"nonsense", "refuse_offer 488"},
    {description_with(""), "refuse_offer 488"},
    {description_with("m=video 9 RTP/AVP 31\r\n"), "refuse_offer 488"},
    {description_with("m=audio 4000 RTP/AVP 3\r\n"), "refuse_offer 488"},
};

BOOST_DATA_TEST_CASE_F(Calls, an_offer_that_cannot_be_taken_changes_nothing, data::make(bad_offers), row) {
  Session& session = incoming_established();
  const std::string before = text_of(shown(session));
  const std::size_t calls = sound().calls.size();
  dialog().tell(sip::Reoffered{row.text});
  BOOST_TEST(dialog().last_call() == row.call);
  BOOST_TEST(dialog().warning != "");
  BOOST_TEST(text_of(shown(session)) == before);
  BOOST_TEST(sound().calls.size() == calls);
  BOOST_TEST(told() == "");
}

BOOST_AUTO_TEST_CASE(an_offer_without_description_gets_ours) {
  Session& session = incoming_established();
  const std::uint64_t version = version_of(dialog());
  dialog().tell(sip::Reoffered{});
  BOOST_TEST(dialog().last_call() == "answer");
  BOOST_TEST(version_of(dialog()) == version + 1);
  BOOST_TEST(direction_of(dialog()) == "sendrecv");
  dialog().tell(sip::OfferAcknowledged{peer_audio("0", "sendonly")});
  BOOST_TEST(told() == "GotHoldRequest remote");
  dialog().tell(sip::Reoffered{});
  dialog().tell(sip::OfferAcknowledged{"nonsense"});
  dialog().tell(sip::Reoffered{});
  dialog().tell(sip::OfferAcknowledged{});
  BOOST_TEST(told() == "");
  BOOST_TEST((session.state() == State::established));
}

BOOST_AUTO_TEST_CASE(the_peer_removes_the_stream) {
  Session& session = incoming_established();
  session.start_recording_audio("");
  forget();
  dialog().tell(sip::Reoffered{peer_audio("0", "", "192.0.2.2", 0)});
  BOOST_TEST(dialog().last_call() == "answer");
  BOOST_TEST(told() == "WillStopRecording");
  sound().tell(media::RecordingStopped{});
  BOOST_TEST(told() == "DidStopRecording, GotStreamUpdate");
  BOOST_TEST((session.state() == State::established));
  BOOST_TEST(shown(session).streams.empty());
  BOOST_TEST(shown(session).audio_codec == "");
  BOOST_TEST(shown(session).audio_local_rtp_port == 0);
  BOOST_TEST(!sound().exists);
  BOOST_TEST((refusal([&] { session.send_dtmf("1"); }) == Errc::no_such_stream));
  BOOST_TEST((refusal([&] { session.start_recording_audio(""); }) == Errc::no_such_stream));
  // Hold is a flag of the session, with nothing to say to the peer.
  const std::size_t calls = dialog().calls.size();
  session.hold();
  BOOST_TEST(told() == "GotHoldRequest local");
  BOOST_TEST(dialog().calls.size() == calls);
  // Adding it again is a proposal like any other.
  dialog().tell(sip::Reoffered{peer_audio()});
  BOOST_TEST(told() == "ESTABLISHED>PROPOSED, Proposal remote audio");
  session.accept_proposal(audio_only);
  BOOST_TEST(dialog().last_call() == "answer");
  BOOST_TEST(direction_of(dialog()) == "sendonly");
  BOOST_TEST(told() == "PROPOSED>ESTABLISHED, Accepted remote, GotStreamUpdate audio");
  dialog().tell(sip::Ended{0, {}});
  BOOST_TEST(told() == "GotStreamUpdate, ESTABLISHED>TERMINATED, DidEnd remote");
}

BOOST_AUTO_TEST_CASE(the_answer_to_our_hold_removes_the_stream) {
  Session& session = outgoing_established();
  session.hold();
  forget();
  dialog().tell(sip::Reanswered{200, "OK", peer_audio("0", "", "192.0.2.2", 0)});
  BOOST_TEST(told() == "GotStreamUpdate");
  BOOST_TEST((session.state() == State::established));
  session.unhold();
  BOOST_TEST(told() == "GotUnholdRequest local");
}

BOOST_AUTO_TEST_CASE(an_unusable_answer_to_our_hold_keeps_the_call) {
  Session& session = outgoing_established();
  session.hold();
  forget();
  dialog().tell(sip::Reanswered{200, "OK", "nonsense"});
  dialog().tell(sip::Reanswered{200, "OK", {}});
  BOOST_TEST(told() == "");
  BOOST_TEST((session.state() == State::established));
}

BOOST_AUTO_TEST_SUITE_END()
