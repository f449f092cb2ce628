// SPDX-License-Identifier: LGPL-2.1-or-later
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/unit/session/calls.h"
#include "tests/unit/sip/sdp_text.h"

namespace data = boost::unit_test::data;
using namespace std::chrono_literals;
using namespace session;
using base::Errc;

BOOST_FIXTURE_TEST_SUITE(incoming_calls, Calls)

BOOST_AUTO_TEST_CASE(a_call_is_taken) {
  Session& session = incoming();
  BOOST_TEST(told() == "NULL>INCOMING, NewIncoming audio");
  BOOST_TEST(dialog().last_call() == "ring");
  BOOST_TEST(dialog().contact_user == "alice");
  BOOST_TEST(shown(session).direction == "incoming");
  BOOST_TEST(shown(session).remote_uri == "sip:bob@192.0.2.2");
  BOOST_TEST(shown(session).caller_uri == "sip:bob@192.0.2.2");
  BOOST_TEST(shown(session).callee_uri == "sip:alice@192.0.2.1");
  BOOST_TEST(shown(session).remote_display_name == "Bob");
  BOOST_TEST(shown(session).remote_user_agent == "Phone 1");
  BOOST_TEST((shown(session).proposed_streams == audio_only));
  BOOST_TEST(audio.sounds.empty());
  session.accept(audio_only);
  BOOST_TEST(told() == "INCOMING>ACCEPTING, GotStreamUpdate audio, WillStart");
  BOOST_TEST(dialog().last_call() == "accept");
  BOOST_TEST((shown(session).start_time != Time{}));
  dialog().tell(sip::Confirmed{});
  BOOST_TEST(told() == "ACCEPTING>ESTABLISHED, DidStart");
}

BOOST_AUTO_TEST_CASE(a_call_without_offer_gets_ours) {
  Session& session = incoming(std::nullopt);
  BOOST_TEST(told() == "NULL>INCOMING, NewIncoming audio");
  session.accept(audio_only);
  BOOST_TEST(told() == "INCOMING>ACCEPTING, WillStart");
  BOOST_TEST(sip::read_description(dialog().description).description->media.at(0).formats.size() > 2u);
  dialog().tell(sip::Confirmed{peer_audio("0")});
  BOOST_TEST(told() == "GotStreamUpdate audio, ACCEPTING>ESTABLISHED, DidStart");
}

const std::vector<std::optional<std::string>> unusable{
    {}, "", "nonsense", peer_audio("3"), peer_audio("0", "", "192.0.2.2", 0)};

BOOST_DATA_TEST_CASE_F(Calls, an_ack_without_a_usable_answer_ends_the_call, data::xrange(unusable.size()), index) {
  incoming(std::nullopt).accept(audio_only);
  forget();
  dialog().tell(sip::Confirmed{unusable[index]});
  const std::string text = told();
  BOOST_TEST(text.starts_with("ACCEPTING>TERMINATED, DidFail local 488 "), text);
  BOOST_TEST((dialog().calls == std::vector<std::string>{"ring", "accept", "bye", "drop"}));
}

BOOST_AUTO_TEST_CASE(the_codec_that_will_be_agreed_is_made_ready_while_it_rings) {
  incoming(peer_audio("9 0 101"));
  incoming(std::nullopt);
  BOOST_TEST(audio.expected == std::vector<std::string>{"G722"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_caller_that_holds_from_the_start) {
  incoming(peer_audio("0", "sendonly")).accept(audio_only);
  BOOST_TEST(
      told() ==
      "NULL>INCOMING, NewIncoming audio, INCOMING>ACCEPTING, GotStreamUpdate audio, GotHoldRequest remote, WillStart");
}

BOOST_DATA_TEST_CASE_F(Calls, a_call_is_declined, data::make({false, true}) * data::make({false, true}), is_busy,
                       by_end) {
  Session& session = incoming();
  forget();
  by_end ? session.end(is_busy) : session.reject(is_busy);
  BOOST_TEST(told() == "INCOMING>TERMINATING, WillEnd");
  BOOST_TEST(dialog().last_call() == (is_busy ? "refuse 486" : "refuse 603"));
  dialog().tell(sip::Closed{});
  BOOST_TEST(told() == "TERMINATING>TERMINATED, DidEnd local");
  BOOST_TEST(
      (shown(session).end_reason == EndReason{"local", is_busy ? 486u : 603u, is_busy ? "Busy Here" : "Decline"}));
  BOOST_TEST((shown(session).stop_time == Time{}));
}

BOOST_AUTO_TEST_CASE(a_call_is_missed) {
  incoming();
  forget();
  dialog().tell(sip::Cancelled{});
  BOOST_TEST(told() == "INCOMING>TERMINATED, DidFail remote 487 Request cancelled, DidEnd remote");
  dialog().tell(sip::Cancelled{});
  BOOST_TEST(told() == "");
}

BOOST_AUTO_TEST_CASE(no_ack_comes) {
  incoming().accept(audio_only);
  forget();
  dialog().tell(sip::Unconfirmed{});
  BOOST_TEST(told() == "GotStreamUpdate, ACCEPTING>TERMINATED, DidFail local 408 No ACK received, DidEnd local");
}

BOOST_AUTO_TEST_CASE(the_caller_hangs_up_before_its_ack) {
  incoming().accept(audio_only);
  forget();
  dialog().tell(sip::Ended{0, {}});
  BOOST_TEST(told() == "GotStreamUpdate, ACCEPTING>TERMINATED, DidFail remote 0 , DidEnd remote");
}

BOOST_AUTO_TEST_CASE(we_hang_up_before_the_ack) {
  Session& session = incoming();
  session.accept(audio_only);
  forget();
  session.end(true);
  BOOST_TEST(dialog().last_call() == "bye");
  BOOST_TEST(told() == "ACCEPTING>TERMINATING, WillEnd, GotStreamUpdate");
  // An ACK that crosses changes nothing, and neither does one that never comes.
  dialog().tell(sip::Confirmed{});
  BOOST_TEST(told() == "");
  dialog().tell(sip::Unconfirmed{});
  BOOST_TEST(told() == "TERMINATING>TERMINATED, DidEnd local");
}

BOOST_AUTO_TEST_CASE(accept_that_is_refused_changes_nothing) {
  Session& session = incoming();
  forget();
  const std::string before = text_of(shown(session));
  BOOST_TEST((refusal([&] { session.accept(no_streams); }) == Errc::invalid_argument));
  BOOST_TEST((refusal([&] { session.accept({.audio = true, .chat = true}); }) == Errc::invalid_argument));
  audio.exhausted = true;
  BOOST_TEST((refusal([&] { session.accept(audio_only); }) == Errc::media_failure));
  audio.exhausted = false;
  BOOST_TEST(text_of(shown(session)) == before);
  BOOST_TEST(told() == "");
  BOOST_TEST(dialog().last_call() == "ring");
  session.accept(audio_only);
  BOOST_TEST(dialog().last_call() == "accept");
}

BOOST_AUTO_TEST_CASE(an_invite_for_nobody_or_for_no_stream_of_ours_is_refused) {
  invite(peer_audio(), "stranger");
  BOOST_TEST(dialog().calls.front() == "refuse 404");
  invite("nonsense");
  BOOST_TEST(dialog().calls.front() == "refuse 488");
  BOOST_TEST(dialog().warning != "");
  for (const char* media : {"", "m=video 9 RTP/AVP 31\r\n", "m=audio 4000 RTP/AVP 3\r\n", "m=audio 0 RTP/AVP 0\r\n",
                            "m=message 2855 TCP/MSRP *\r\n", "m=message 9 TCP/MSRP @\r\n"}) {
    invite(description_with(media));
    BOOST_TEST(dialog().calls.front() == "refuse 488", media);
  }
  BOOST_TEST(added.empty());
  BOOST_TEST(told() == "");
}

BOOST_AUTO_TEST_CASE(the_codecs_of_the_account_decide) {
  accounts.default_account()->settings().set("audio.codec_list", std::vector<std::string>{"PCMA"});
  accounts.default_account()->settings().commit();
  invite(peer_audio("0"));
  BOOST_TEST(dialog().calls.front() == "refuse 488");
  incoming(peer_audio("0 8")).accept(audio_only);
  BOOST_TEST(sound().parameters.codec == "PCMA");
}

BOOST_AUTO_TEST_CASE(media_that_are_not_ours_are_refused_in_their_places) {
  Session& session =
      incoming(description_with("m=video 9 RTP/AVP 31\r\nm=audio 4000 RTP/AVP 0\r\nm=message 9 TCP/MSRP @\r\n"));
  session.accept(audio_only);
  const auto answer = sip::read_description(dialog().description).description;
  BOOST_REQUIRE(answer->media.size() == 3u);
  BOOST_TEST(answer->media[0].kind == "video");
  BOOST_TEST(answer->media[0].port == 0);
  BOOST_TEST(answer->media[1].port == sound().port);
  BOOST_TEST(answer->media[2].formats_text == "@");
  BOOST_TEST(answer->media[2].port == 0);
}

// Every verb that is not allowed in a state is refused there, and changes nothing.
struct Moment {
  const char* name;
  Session& (*make)(Calls&);
  std::vector<std::string> allowed;
};
std::ostream& operator<<(std::ostream& out, const Moment& row) { return out << row.name; }

const std::vector<Moment> moments{
    {"NULL", [](Calls& c) -> Session& { return c.manager.create_session(*c.accounts.default_account()); }, {"connect"}},
    {"CALLING", [](Calls& c) -> Session& { return c.outgoing(); }, {"end"}},
    {"INCOMING", [](Calls& c) -> Session& { return c.incoming(); }, {"accept", "reject", "end"}},
    {"ACCEPTING", [](Calls& c) -> Session& { return c.incoming().accept(audio_only), *c.last; }, {"end"}},
    {"ESTABLISHED",
     [](Calls& c) -> Session& { return c.incoming_established(); },
     {"hold", "unhold", "start_recording", "send_dtmf", "add_chat", "end"}},
    {"PROPOSING",
     [](Calls& c) -> Session& { return c.incoming_established().add_stream({.chat = true}), *c.last; },
     {"end"}},
    {"PROPOSED",
     [](Calls& c) -> Session& {
       c.incoming_established();
       c.dialog().tell(sip::Reoffered{peer_audio_and_chat()});
       return *c.last;
     },
     {"accept_chat", "reject_proposal", "end"}},
    {"TERMINATING", [](Calls& c) -> Session& { return c.incoming().end(true), *c.last; }, {}},
    {"TERMINATED", [](Calls& c) -> Session& { return c.incoming(), c.dialog().tell(sip::Cancelled{}), *c.last; }, {}},
};

const std::vector<std::pair<std::string, void (*)(Session&)>> verbs{
    {"connect", [](Session& s) { s.connect("sip:bob@h", {}, audio_only); }},
    {"accept", [](Session& s) { s.accept(audio_only); }},
    {"reject", [](Session& s) { s.reject(true); }},
    {"hold", [](Session& s) { s.hold(); }},
    {"unhold", [](Session& s) { s.unhold(); }},
    {"start_recording", [](Session& s) { s.start_recording_audio(""); }},
    {"stop_recording", [](Session& s) { s.stop_recording_audio(); }},
    {"send_dtmf", [](Session& s) { s.send_dtmf("1"); }},
    {"add_chat", [](Session& s) { s.add_stream({.chat = true}); }},
    {"add_audio", [](Session& s) { s.add_stream({.audio = true}); }},
    {"remove_audio", [](Session& s) { s.remove_stream({.audio = true}); }},
    {"remove_chat", [](Session& s) { s.remove_stream({.chat = true}); }},
    {"accept_proposal", [](Session& s) { s.accept_proposal(audio_only); }},
    {"accept_chat", [](Session& s) { s.accept_proposal({.chat = true}); }},
    {"send_message", [](Session& s) { s.send_message({.content = "hello", .content_type = {}, .to_uri = {}}); }},
    {"set_composing", [](Session& s) { s.set_composing(true, 60); }},
    {"reject_proposal", [](Session& s) { s.reject_proposal(); }},
    {"end", [](Session& s) { s.end(false); }},
};

BOOST_DATA_TEST_CASE(a_verb_that_is_refused_changes_nothing, data::make(moments) * data::xrange(verbs.size()), moment,
                     index) {
  const auto& name = std::get<0>(verbs[index]);
  const auto& verb = std::get<1>(verbs[index]);
  Calls calls;
  Session& session = moment.make(calls);
  BOOST_TEST(to_text(session.state()) == moment.name);
  calls.forget();
  const std::string before = text_of(shown(session));
  const std::size_t said = calls.legs.dialogs.empty() ? 0 : calls.dialog().calls.size();
  const bool allowed = std::find(moment.allowed.begin(), moment.allowed.end(), name) != moment.allowed.end();
  BOOST_TEST(!refusal([&] { verb(session); }).has_value() == allowed, name);
  if (allowed) return;
  BOOST_TEST(text_of(shown(session)) == before, name);
  BOOST_TEST(calls.told() == "", name);
  BOOST_TEST((calls.legs.dialogs.empty() ? 0 : calls.dialog().calls.size()) == said, name);
}

BOOST_AUTO_TEST_SUITE_END()
