// SPDX-License-Identifier: LGPL-2.1-or-later
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <csignal>

#include "tests/bus/stories.h"

// The messages of the bus as they come, one by one: reply, then properties, then signal.
BOOST_AUTO_TEST_SUITE(order)

using test::PeerCall;
using test::Sdp;
using test::SipMessage;
using test::SipPeer;
using test::Station;

namespace {

constexpr const char* session_interface = "org.sipsession1.Session";

// The members of all that came of this path, in order, after the reply.
std::vector<std::string> after_reply(Station& station, const std::string& path, const std::string& method) {
  station.recorder.settle();
  const auto all = station.recorder.members(path);
  BOOST_REQUIRE(!all.empty());
  BOOST_CHECK_EQUAL(all.front(), "reply " + method);
  return {all.begin() + (all.empty() ? 0 : 1), all.end()};
}

void check(const std::vector<std::string>& came, const std::vector<std::string>& expected) {
  BOOST_CHECK_EQUAL_COLLECTIONS(came.begin(), came.end(), expected.begin(), expected.end());
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_reply_leaves_first_and_each_property_before_the_signal_that_tells_of_it) {
  Station bob;
  SipPeer peer;
  test::Recorder& recorder = bob.recorder;
  const std::string session = bob.client.create_session();

  recorder.clear();
  recorder.send(session, session_interface, "Connect", peer.uri(), test::Routes{}, std::vector<std::string>{"audio"});
  const SipMessage invite = peer.expect("INVITE");
  PeerCall call(peer, invite, bob.port());
  check(after_reply(bob, session, "Connect"), {"PropertiesChanged", "SIPSessionChangedState", "SIPSessionNewOutgoing"});

  call.answer(invite, Sdp{}.text());
  bob.wait(session, "DidStart");
  recorder.clear();
  recorder.send(session, session_interface, "Hold");
  call.answer(peer.expect("INVITE"), Sdp{.direction = "recvonly", .version = 2}.text());
  check(after_reply(bob, session, "Hold"), {"PropertiesChanged", "SIPSessionGotHoldRequest"});

  recorder.clear();
  recorder.set_property(session, session_interface, "Muted", sdbus::Variant(true));
  check(after_reply(bob, session, "Set"), {"PropertiesChanged"});

  recorder.clear();
  recorder.send(session, session_interface, "End", false);
  call.reply(peer.expect("BYE"), 200, "OK");
  bob.wait(session, "DidEnd local");
  check(after_reply(bob, session, "End"),
        {"PropertiesChanged", "SIPSessionChangedState", "SIPSessionWillEnd", "PropertiesChanged",
         "SIPSessionGotStreamUpdate", "PropertiesChanged", "SIPSessionChangedState", "SIPSessionDidEnd"});

  recorder.clear();
  recorder.send(session, session_interface, "Release");
  recorder.wait("/org/sipsession1", "InterfacesRemoved");
  check(recorder.members(session), {"reply Release"});
  check(recorder.members(), {"reply Release", "InterfacesRemoved"});
}

BOOST_AUTO_TEST_CASE(a_new_call_is_announced_with_what_it_is_before_it_speaks) {
  Station bob;
  SipPeer peer;
  PeerCall call(peer, bob.uri(), bob.port());
  call.invite(Sdp{}.text());
  const std::string session = bob.called();
  const auto& entries = bob.recorder.entries();
  const auto added = std::find_if(entries.begin(), entries.end(),
                                  [&](const test::Entry& entry) { return entry.member == "InterfacesAdded"; });
  BOOST_REQUIRE(added != entries.end());
  for (const char* property : {"\"State\": \"INCOMING\"", "\"Direction\": \"incoming\"",
                               "\"ProposedStreams\": [\"audio\"]", "\"Account\": \"/org/sipsession1/account/"})
    BOOST_CHECK_MESSAGE(added->text().find(property) != std::string::npos, property << " is not in " << added->text());
  BOOST_CHECK(added->text().find("\"RemoteUri\": \"" + peer.uri()) != std::string::npos);
  std::vector<std::string> members;
  for (auto at = added; at != entries.end(); ++at) members.push_back(at->member);
  if (members.size() == 4) members.erase(members.begin() + 1);  // SessionManager's Sessions
  check(members, {"InterfacesAdded", "SIPSessionChangedState", "SIPSessionNewIncoming"});
}

BOOST_AUTO_TEST_CASE(each_signal_begins_with_its_time) {
  Station bob;
  test::IncomingCall run(bob);
  bob.act(run.session, "StartRecordingAudio", std::string("times.wav"));
  bob.act(run.session, "StopRecordingAudio");
  bob.recorder.wait(run.session, "SIPSessionDidStopRecordingAudio");
  for (const char* method : {"Hold", "Unhold"}) {
    bob.act(run.session, method);
    run.call.answer(run.peer.expect("INVITE"), Sdp{}.text());
  }
  bob.daemon.process().signal(SIGTERM);  // and no answer to the BYE
  bob.recorder.wait(run.session, "SIPSessionDidEnd");
  for (const char* name :
       {"SIPSessionChangedState", "SIPSessionNewIncoming", "SIPSessionWillStart", "SIPSessionDidStart",
        "SIPSessionGotStreamUpdate", "SIPSessionWillStartRecordingAudio", "SIPSessionDidStartRecordingAudio",
        "SIPSessionWillStopRecordingAudio", "SIPSessionDidStopRecordingAudio", "SIPSessionGotHoldRequest",
        "SIPSessionGotUnholdRequest", "SIPSessionWillEnd", "SIPSessionDidEnd"}) {
    const test::Entry& entry = bob.recorder.wait(run.session, name);
    BOOST_REQUIRE_MESSAGE(!entry.arguments.empty(), name);
    BOOST_CHECK_EQUAL(entry.arguments.front().type, 't');
    BOOST_CHECK_GT(std::stoull(entry.arguments.front().text), 1'700'000'000'000'000ull);
  }
}

BOOST_AUTO_TEST_CASE(a_refused_call_of_a_method_changes_and_tells_nothing) {
  Station bob;
  const std::string session = bob.client.create_session();
  bob.recorder.settle();
  bob.recorder.clear();
  bob.recorder.send(session, session_interface, "Connect", std::string("sip:a@127.0.0.1"), test::Routes{},
                    std::vector<std::string>{});
  bob.recorder.settle();
  check(bob.recorder.members(), {"error Connect"});
}

BOOST_AUTO_TEST_SUITE_END()
