// SPDX-License-Identifier: LGPL-2.1-or-later
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/unit/session/calls.h"

namespace data = boost::unit_test::data;
using namespace std::chrono_literals;
using namespace session;
using base::Errc;

namespace {

const std::vector<sip::Route> three_routes{
    {"192.0.2.11", 5060, "udp"}, {"192.0.2.12", 5062, "tcp"}, {"proxy.example", 0, ""}};
const sip::Route proxy{"192.0.2.13", 5060, "udp", "proxy.example"};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(outgoing_calls, Calls)

BOOST_AUTO_TEST_CASE(a_call_is_answered) {
  Session& session = outgoing();
  BOOST_TEST(told() == "NULL>CALLING, NewOutgoing audio");
  BOOST_TEST(dialog().invitation.target == "sip:bob@192.0.2.2");
  BOOST_TEST(dialog().invitation.contact_user == "alice");
  BOOST_TEST(dialog().invitation.local_uri == "sip:alice@192.0.2.1");
  BOOST_TEST((dialog().invitation.route == sip::Route{"192.0.2.2", 5060, "udp", "192.0.2.2"}));
  BOOST_TEST(shown(session).direction == "outgoing");
  BOOST_TEST((shown(session).proposed_streams == audio_only));
  dialog().tell(sip::Provisional{100, {}, {}});
  BOOST_TEST(told() == "");
  dialog().tell(sip::Provisional{180, {}, "Phone 1"});
  dialog().tell(sip::Provisional{180, {}, "Phone 1"});
  BOOST_TEST(told() == "GotRingIndication, GotRingIndication");
  dialog().tell(sip::Answered{peer_audio(), "Phone 1"});
  BOOST_TEST(told() == "WillStart, GotStreamUpdate audio, CALLING>ESTABLISHED, DidStart");
  BOOST_TEST(dialog().last_call() == "acknowledge");
  BOOST_TEST(shown(session).remote_user_agent == "Phone 1");
  BOOST_TEST(shown(session).audio_codec == "PCMU");
  BOOST_TEST(shown(session).audio_sample_rate == 8000u);
  BOOST_TEST(shown(session).audio_remote_rtp_port_sdp == 4000);
  BOOST_TEST((shown(session).start_time != Time{}));
  BOOST_TEST(shown(session).proposed_streams.empty());
}

struct Refusal {
  sip::Refused event;
  std::string end;
};
std::ostream& operator<<(std::ostream& out, const Refusal& row) {
  return out << row.event.code << ' ' << row.event.reason;
}

const std::vector<Refusal> refusals{
    {{486, "Busy Here", false, {}}, "CALLING>TERMINATED, DidFail remote 486 Busy Here, DidEnd remote"},
    {{302, "Moved", false, {}}, "CALLING>TERMINATED, DidFail remote 302 Moved, DidEnd remote"},
    {{407, "Proxy", false, {}}, "CALLING>TERMINATED, DidFail remote 407 Proxy, DidEnd remote"},
    {{503, "Full", false, {}}, "CALLING>TERMINATED, DidFail remote 503 Full, DidEnd remote"},
    {{603, "Decline (why)", false, {}}, "CALLING>TERMINATED, DidFail remote 603 Decline (why), DidEnd remote"},
    {{408, "Request Timeout", true, {}}, "CALLING>TERMINATED, DidFail local 408 Request Timeout, DidEnd local"},
    {{503, "No Route", true, {}}, "CALLING>TERMINATED, DidFail local 503 No Route, DidEnd local"},
    {{900, "Internal", true, {}}, "CALLING>TERMINATED, DidFail local 0 Internal, DidEnd local"},
};

BOOST_DATA_TEST_CASE_F(Calls, a_call_is_refused, data::make(refusals), row) {
  Session& session = outgoing();
  forget();
  dialog().tell(row.event);
  BOOST_TEST(told() == row.end);
  BOOST_TEST(!dialog().held);
  BOOST_TEST(!sound().exists);
  BOOST_TEST((shown(session).start_time == Time{}));
  BOOST_TEST((shown(session).stop_time == Time{}));
  BOOST_TEST(shown(session).end_reason.reason == row.event.reason);
  BOOST_TEST(legs.dialogs.size() == 1u);
}

BOOST_AUTO_TEST_CASE(early_media_start_the_stream) {
  Session& session = outgoing();
  forget();
  dialog().tell(sip::Provisional{183, peer_audio(), {}});
  BOOST_TEST(told() == "GotStreamUpdate audio");
  BOOST_TEST(sound().calls.back() == "apply");
  BOOST_TEST((session.state() == State::calling));
  dialog().tell(sip::Provisional{180, peer_audio(), {}});
  BOOST_TEST(told() == "GotRingIndication");
  dialog().tell(sip::Answered{{}, {}});
  BOOST_TEST(told() == "WillStart, CALLING>ESTABLISHED, DidStart");
}

BOOST_AUTO_TEST_CASE(the_answer_may_differ_from_early_media) {
  outgoing();
  dialog().tell(sip::Provisional{183, peer_audio("0 101", "sendonly"), {}});
  BOOST_TEST(told() == "NULL>CALLING, NewOutgoing audio, GotStreamUpdate audio, GotHoldRequest remote");
  dialog().tell(sip::Answered{peer_audio("8 101", "", "192.0.2.3", 4444), {}});
  BOOST_TEST(told() == "WillStart, GotUnholdRequest remote, CALLING>ESTABLISHED, DidStart");
  BOOST_TEST(sound().parameters.codec == "PCMA");
  BOOST_TEST(sound().parameters.remote_address == "192.0.2.3");
  BOOST_TEST(sound().parameters.remote_port == 4444);
}

BOOST_AUTO_TEST_CASE(unusable_early_media_decide_nothing) {
  outgoing();
  forget();
  for (const std::string& text : {std::string("nonsense"), peer_audio("3"), peer_audio("0", "", "192.0.2.2", 0)})
    dialog().tell(sip::Provisional{183, text, {}});
  BOOST_TEST(told() == "");
  dialog().tell(sip::Answered{peer_audio(), {}});
  BOOST_TEST(told() == "WillStart, GotStreamUpdate audio, CALLING>ESTABLISHED, DidStart");
}

const std::vector<std::optional<std::string>> unusable{{},
                                                       "",
                                                       "nonsense",
                                                       peer_audio("3"),
                                                       peer_audio("0", "", "192.0.2.2", 0),
                                                       peer_audio() + "m=video 9 RTP/AVP 31\r\n",
                                                       peer_audio("96"),
                                                       peer_audio("0", "", "host.example")};

BOOST_DATA_TEST_CASE_F(Calls, an_unusable_answer_is_acknowledged_and_ends_the_call, data::xrange(unusable.size()),
                       index) {
  outgoing();
  forget();
  dialog().tell(sip::Answered{unusable[index], {}});
  const std::string text = told();
  BOOST_TEST(text.starts_with("WillStart, CALLING>TERMINATED, DidFail local 488 "), text);
  BOOST_TEST(text.ends_with(", DidEnd local"), text);
  BOOST_TEST((dialog().calls == std::vector<std::string>{"invite", "acknowledge", "bye", "drop"}));
  BOOST_TEST((shown(*last).stop_time != Time{}));
}

BOOST_AUTO_TEST_CASE(we_cancel_the_call) {
  Session& session = outgoing();
  dialog().tell(sip::Provisional{180, {}, {}});
  forget();
  session.end(false);
  BOOST_TEST(told() == "CALLING>TERMINATING, WillEnd");
  BOOST_TEST(dialog().last_call() == "cancel");
  BOOST_TEST((refusal([&] { session.end(false); }) == Errc::invalid_state));
  dialog().tell(sip::Closed{});
  BOOST_TEST(told() == "TERMINATING>TERMINATED, DidEnd local");
  BOOST_TEST((shown(session).end_reason == EndReason{"local", 0, ""}));
  clock.advance(40s);
  BOOST_TEST(told() == "");
}

BOOST_AUTO_TEST_CASE(a_peer_that_answers_no_cancel_is_waited_for_one_second) {
  outgoing().end(false);
  forget();
  clock.advance(999ms);
  BOOST_TEST(told() == "");
  clock.advance(1ms);
  BOOST_TEST(told() == "TERMINATING>TERMINATED, DidEnd local");
  BOOST_TEST(!dialog().held);
}

BOOST_AUTO_TEST_CASE(an_answer_that_crosses_cancel_is_hung_up) {
  outgoing().end(false);
  forget();
  dialog().tell(sip::Provisional{180, {}, {}});
  dialog().tell(sip::Answered{peer_audio(), {}});
  BOOST_TEST(told() == "");
  BOOST_TEST(dialog().last_call() == "bye");
  dialog().tell(sip::Closed{});
  BOOST_TEST(told() == "TERMINATING>TERMINATED, DidEnd local");
}

BOOST_AUTO_TEST_CASE(a_refusal_that_crosses_cancel_is_no_failure) {
  outgoing({three_routes}).end(false);
  forget();
  dialog().tell(sip::Refused{503, "Full", false, {}});
  BOOST_TEST(told() == "");
  dialog().tell(sip::Closed{});
  BOOST_TEST(told() == "TERMINATING>TERMINATED, DidEnd local");
  BOOST_TEST(legs.dialogs.size() == 1u);
}

BOOST_AUTO_TEST_CASE(the_next_route_is_tried_after_503_and_after_a_transport_error) {
  Session& session = outgoing(three_routes);
  BOOST_TEST((shown(session).route == three_routes[0]));
  dialog().tell(sip::Provisional{100, {}, {}});
  dialog().tell(sip::Refused{503, "Full", false, {}});
  BOOST_TEST(!legs.dialogs[0]->held);
  BOOST_TEST((shown(session).route == three_routes[1]));
  BOOST_TEST((dialog().invitation.route == three_routes[1]));
  dialog().tell(sip::Refused{503, "Transport error", true, {}});
  BOOST_TEST(resolver.questions.at(0)->uri == "sip:proxy.example:5060;transport=udp");
  BOOST_TEST((shown(session).route == three_routes[1]));
  resolver.questions[0]->answer({proxy});
  BOOST_TEST((shown(session).route == proxy));
  BOOST_TEST((dialog().invitation.route == proxy));
  BOOST_TEST(legs.dialogs.size() == 3u);
  BOOST_TEST(audio.sounds.size() == 1u);
  BOOST_TEST(told() == "NULL>CALLING, NewOutgoing audio");
  dialog().tell(sip::Refused{503, "Full", false, {}});
  BOOST_TEST(told() == "CALLING>TERMINATED, DidFail remote 503 Full, DidEnd remote");
}

BOOST_AUTO_TEST_CASE(the_next_route_is_tried_after_five_seconds_of_silence) {
  outgoing(three_routes);
  clock.advance(4999ms);
  BOOST_TEST(legs.dialogs.size() == 1u);
  clock.advance(1ms);
  BOOST_TEST(legs.dialogs.size() == 2u);
  BOOST_TEST(!legs.dialogs[0]->held);
  clock.advance(5s);
  BOOST_TEST(legs.dialogs.size() == 2u);
  BOOST_TEST(legs.dialogs[1]->held);
  resolver.questions.at(0)->answer({proxy});
  BOOST_TEST(!legs.dialogs[1]->held);
  BOOST_TEST(legs.dialogs.size() == 3u);
  forget();
  clock.advance(22s - 1ms);
  BOOST_TEST(told() == "");
  clock.advance(1ms);
  BOOST_TEST(told() == "CALLING>TERMINATED, DidFail local 408 Request Timeout, DidEnd local");
}

BOOST_AUTO_TEST_CASE(a_route_that_answers_100_is_given_its_time) {
  outgoing(three_routes);
  dialog().tell(sip::Provisional{100, {}, {}});
  clock.advance(31s);
  BOOST_TEST(legs.dialogs.size() == 1u);
  forget();
  clock.advance(1s);
  BOOST_TEST(told() == "CALLING>TERMINATED, DidFail local 408 Request Timeout, DidEnd local");
}

BOOST_AUTO_TEST_CASE(no_route_is_tried_after_a_phone_rang) {
  outgoing(three_routes);
  dialog().tell(sip::Provisional{180, {}, {}});
  clock.advance(10min);
  BOOST_TEST(legs.dialogs.size() == 1u);
  forget();
  dialog().tell(sip::Refused{503, "Full", false, {}});
  BOOST_TEST(told() == "CALLING>TERMINATED, DidFail remote 503 Full, DidEnd remote");
  BOOST_TEST(legs.dialogs.size() == 1u);
}

BOOST_DATA_TEST_CASE_F(Calls, any_other_answer_ends_the_attempt, data::make({301, 404, 408, 486, 500, 504, 600}),
                       code) {
  outgoing(three_routes);
  forget();
  dialog().tell(sip::Refused{static_cast<unsigned>(code), "No", false, {}});
  BOOST_TEST(told() == "CALLING>TERMINATED, DidFail remote " + std::to_string(code) + " No, DidEnd remote");
  BOOST_TEST(legs.dialogs.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_leg_of_an_earlier_route_is_heard_no_more) {
  outgoing(three_routes);
  clock.advance(5s);
  forget();
  legs.dialogs[0]->tell(sip::Answered{peer_audio(), {}});
  BOOST_TEST(told() == "");
  dialog().tell(sip::Answered{peer_audio(), {}});
  BOOST_TEST(told() == "WillStart, GotStreamUpdate audio, CALLING>ESTABLISHED, DidStart");
}

BOOST_AUTO_TEST_CASE(a_name_that_is_looked_up_after_silence_is_not_needed_when_the_route_answers) {
  outgoing(three_routes);
  clock.advance(10s);
  BOOST_TEST(legs.dialogs.size() == 2u);
  BOOST_TEST(resolver.questions.at(0)->held);
  dialog().tell(sip::Provisional{180, {}, {}});
  BOOST_TEST(!resolver.questions[0]->held);
  resolver.questions[0]->answer({proxy});
  BOOST_TEST(legs.dialogs.size() == 2u);
  dialog().tell(sip::Answered{peer_audio(), {}});
  BOOST_TEST(told() ==
             "NULL>CALLING, NewOutgoing audio, GotRingIndication, WillStart, GotStreamUpdate audio, "
             "CALLING>ESTABLISHED, DidStart");
}

BOOST_AUTO_TEST_CASE(a_name_whose_turn_was_taken_back_is_looked_up_again) {
  outgoing(three_routes);
  clock.advance(10s);
  dialog().tell(sip::Provisional{100, {}, {}});
  dialog().tell(sip::Refused{503, "Full", false, {}});
  BOOST_TEST(resolver.questions.size() == 2u);
  resolver.questions[1]->answer({proxy});
  BOOST_TEST((dialog().invitation.route == proxy));
}

BOOST_AUTO_TEST_CASE(a_name_that_leads_nowhere_gives_way_to_the_next_route) {
  Session& session = outgoing({{"one.example", 0, ""}, {"two.example", 5070, "tcp"}, {"192.0.2.11", 0, ""}});
  resolver.questions.at(0)->fail("\"one.example\" does not exist");
  BOOST_TEST(resolver.questions.at(1)->uri == "sip:two.example:5070;transport=tcp");
  resolver.questions[1]->answer({{"192.0.2.21", 5070, "tcp"}, {"2001:db8::1", 5070, "tcp"}});
  BOOST_TEST((shown(session).route == sip::Route{"192.0.2.21", 5070, "tcp"}));
  dialog().tell(sip::Refused{503, "Full", false, {}});
  BOOST_TEST((shown(session).route == sip::Route{"2001:db8::1", 5070, "tcp"}));
  dialog().tell(sip::Refused{503, "Transport error", true, {}});
  BOOST_TEST((shown(session).route == sip::Route{"192.0.2.11", 5060, "udp"}));
}

BOOST_AUTO_TEST_CASE(a_last_name_that_leads_nowhere_ends_the_call) {
  outgoing(three_routes);
  dialog().tell(sip::Refused{503, "Full", false, {}});
  dialog().tell(sip::Refused{503, "Full", false, {}});
  forget();
  resolver.questions.at(0)->fail("\"proxy.example\" does not exist");
  BOOST_TEST(told() ==
             "CALLING>TERMINATED, DidFail local 0 DNS lookup failed: \"proxy.example\" does not exist, "
             "DidEnd local");
}

BOOST_AUTO_TEST_CASE(a_last_name_that_leads_nowhere_leaves_the_silent_route_its_time) {
  outgoing(three_routes);
  clock.advance(10s);
  resolver.questions.at(0)->fail("no name server answered");
  forget();
  dialog().tell(sip::Answered{peer_audio(), {}});
  BOOST_TEST(told() == "WillStart, GotStreamUpdate audio, CALLING>ESTABLISHED, DidStart");
}

BOOST_AUTO_TEST_CASE(the_routes_of_a_domain_are_looked_up) {
  settings.sip.transports = std::vector{config::Transport::tcp, config::Transport::udp};
  Session& session = manager.create_session(*accounts.default_account());
  session.connect("sip:bob@home.example", {}, audio_only);
  BOOST_TEST(told() == "NULL>CALLING, NewOutgoing audio");
  BOOST_TEST((shown(session).route == sip::Route{}));
  BOOST_TEST(legs.dialogs.empty());
  BOOST_TEST(resolver.questions.at(0)->uri == "sip:bob@home.example");
  BOOST_TEST(resolver.questions[0]->transports == (std::vector<std::string>{"tcp", "udp"}));
  resolver.questions[0]->answer({{"192.0.2.11", 5062, "tcp", "home.example"}, {"192.0.2.12", 5060, "udp"}});
  BOOST_TEST((shown(session).route == sip::Route{"192.0.2.11", 5062, "tcp", "home.example"}));
  BOOST_TEST(dialog().invitation.target == "sip:bob@home.example");
  dialog().tell(sip::Refused{503, "Transport error", true, {}});
  dialog().tell(sip::Answered{peer_audio(), {}});
  BOOST_TEST((shown(session).route == sip::Route{"192.0.2.12", 5060, "udp"}));
  BOOST_TEST(told() == "WillStart, GotStreamUpdate audio, CALLING>ESTABLISHED, DidStart");
  BOOST_TEST(audio.sounds.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_domain_without_routes_ends_the_call) {
  manager.call("bob@home.example", audio_only);
  forget();
  resolver.questions.at(0)->fail("\"home.example\" does not exist");
  BOOST_TEST(told() ==
             "CALLING>TERMINATED, DidFail local 0 DNS lookup failed: \"home.example\" does not exist, "
             "DidEnd local");
  BOOST_TEST(!sound().exists);
  BOOST_TEST(shown(*last).end_reason.reason == "DNS lookup failed: \"home.example\" does not exist");
}

BOOST_AUTO_TEST_CASE(a_call_is_ended_while_its_routes_are_looked_up) {
  Session& session = manager.call("bob@home.example", audio_only);
  forget();
  session.end(false);
  BOOST_TEST(told() == "CALLING>TERMINATING, WillEnd");
  BOOST_TEST(!resolver.questions.at(0)->held);
  clock.advance(1ms);
  BOOST_TEST(told() == "TERMINATING>TERMINATED, DidEnd local");
  BOOST_TEST((shown(session).end_reason == EndReason{"local", 0, ""}));
  BOOST_TEST(legs.dialogs.empty());
  BOOST_TEST(!sound().exists);
}

BOOST_AUTO_TEST_CASE(a_lookup_that_outlives_the_engine_ends_the_call) {
  manager.call("bob@home.example", audio_only);
  forget();
  manager.set_legs(nullptr);
  resolver.questions.at(0)->answer({proxy});
  BOOST_TEST(told() == "CALLING>TERMINATED, DidFail local 0 the Engine does not run, DidEnd local");
}

BOOST_AUTO_TEST_CASE(the_stream_follows_the_route_to_another_address_of_ours) {
  manager.call("bob@home.example", audio_only);
  legs.address = "2001:db8::9";
  resolver.questions.at(0)->answer({{"2001:db8::1", 5060, "udp"}, {"192.0.2.12", 5060, "udp"}});
  BOOST_TEST(shown(*last).audio_local_rtp_address == "2001:db8::9");
  BOOST_TEST(dialog().description.find("c=IN IP6 2001:db8::9") != std::string::npos);
  BOOST_TEST(dialog().invitation.local_address == "2001:db8::9");
  legs.address = "192.0.2.1";
  audio.exhausted = true;
  forget();
  dialog().tell(sip::Refused{503, "Full", false, {}});
  const std::string text = told();
  BOOST_TEST(text.starts_with("CALLING>TERMINATED, DidFail local 0 "), text);
}

BOOST_AUTO_TEST_CASE(an_offer_during_the_call_waits_for_the_answer) {
  outgoing();
  dialog().tell(sip::Provisional{183, {}, {}});
  forget();
  dialog().tell(sip::Reoffered{peer_audio()});
  BOOST_TEST(dialog().last_call() == "refuse_offer 491");
  dialog().tell(sip::Answered{peer_audio(), {}});
  BOOST_TEST(told() == "WillStart, GotStreamUpdate audio, CALLING>ESTABLISHED, DidStart");
}

BOOST_AUTO_TEST_CASE(connect_that_is_refused_changes_nothing) {
  Session& session = manager.create_session(*accounts.default_account());
  const std::string before = text_of(shown(session));
  const auto connecting = [&](const std::string& uri, const std::vector<sip::Route>& routes, Streams streams) {
    return refusal([&] { session.connect(uri, routes, streams); });
  };
  BOOST_TEST((connecting("sip:bob@h", {}, no_streams) == Errc::invalid_argument));
  chats.exhausted = true;
  BOOST_TEST((connecting("sip:bob@h", {}, {.audio = true, .chat = true}) == Errc::chat_failure));
  BOOST_TEST((connecting("bob", {}, audio_only) == Errc::invalid_uri));
  BOOST_TEST((connecting("sips:bob@h", {}, audio_only) == Errc::no_transport));
  BOOST_TEST((connecting("sip:bob@h", {{"bad host", 0, ""}}, audio_only) == Errc::invalid_argument));
  BOOST_TEST((connecting("sip:bob@h", {{"h", 0, "tls"}}, audio_only) == Errc::no_transport));
  audio.exhausted = true;
  BOOST_TEST((connecting("sip:bob@h", {}, audio_only) == Errc::media_failure));
  audio.exhausted = false;
  manager.set_legs(nullptr);
  BOOST_TEST((connecting("sip:bob@h", {}, audio_only) == Errc::engine_not_running));
  manager.set_legs(&legs);
  BOOST_TEST(text_of(shown(session)) == before);
  BOOST_TEST(told() == "");
  BOOST_TEST(legs.dialogs.empty());
  session.connect("sip:bob@h", {}, audio_only);
  BOOST_TEST(told() == "NULL>CALLING, NewOutgoing audio");
  BOOST_TEST((connecting("sip:bob@h", {}, audio_only) == Errc::invalid_state));
}

BOOST_AUTO_TEST_CASE(a_route_that_fails_after_the_engine_stopped_ends_the_call) {
  outgoing(three_routes);
  forget();
  manager.set_legs(nullptr);
  dialog().tell(sip::Refused{503, "Full", false, {}});
  BOOST_TEST(told() == "CALLING>TERMINATED, DidFail remote 503 Full, DidEnd remote");
}

BOOST_AUTO_TEST_SUITE_END()
