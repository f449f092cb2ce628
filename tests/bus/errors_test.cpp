// SPDX-License-Identifier: LGPL-2.1-or-later
#include <boost/test/unit_test.hpp>

#include "tests/bus/stories.h"

// What is refused, and by which name of error. Three names come with parts that are not there yet, and never before:
// AccountIncomplete, DnsFailure and ChatFailure; MediaFailure is for want of ports, and Failed for faults of ours.
BOOST_AUTO_TEST_SUITE(errors)

using test::Client;
using test::IncomingCall;
using test::PeerCall;
using test::Routes;
using test::Sdp;
using test::SipPeer;
using test::Station;

namespace {

using Names = std::vector<std::string>;
const Names audio{"audio"};

template <typename... Arguments>
std::string refusal(Station& station, const std::string& session, const std::string& method,
                    const Arguments&... arguments) {
  return Client::error_of([&] { station.act(session, method, arguments...); });
}

// Every method that is not legal in the state, by what it is called with.
void check_refused(Station& bob, const std::string& session, const Names& methods) {
  for (const std::string& method : methods) BOOST_TEST_CONTEXT(method << " in " << bob.client.state(session)) {
      std::string error;
      if (method == "Connect")
        error = refusal(bob, session, method, std::string("sip:a@127.0.0.1"), Routes{}, audio);
      else if (method == "Accept" || method == "AcceptProposal")
        error = refusal(bob, session, method, audio);
      else if (method == "Reject" || method == "End")
        error = refusal(bob, session, method, false);
      else if (method == "StartRecordingAudio" || method == "SendDtmf")
        error = refusal(bob, session, method, std::string("1"));
      else if (method == "SendMessage")
        error = refusal(bob, session, method, std::string("hello"), std::string(), std::string(), std::uint64_t{0});
      else if (method == "SendData")
        error = refusal(bob, session, method, std::vector<std::uint8_t>{1}, std::string("a/b"), std::string(),
                        std::uint64_t{0});
      else if (method == "SetComposing")
        error = refusal(bob, session, method, true, 60u);
      else
        error = refusal(bob, session, method);
      BOOST_CHECK_EQUAL(error, "InvalidState");
    }
}

const Names only_established{"Hold",        "Unhold",    "StartRecordingAudio", "StopRecordingAudio", "SendDtmf",
                             "SendMessage", "SendData",  "SetComposing",        "AddAudio",           "AddChat",
                             "RemoveAudio", "RemoveChat"};
const Names only_proposed{"AcceptProposal", "RejectProposal"};

Names operator+(Names first, const Names& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

}  // namespace

BOOST_AUTO_TEST_CASE(each_method_is_refused_outside_of_its_states) {
  Station bob;
  const std::string fresh = bob.client.create_session();
  check_refused(bob, fresh, only_established + only_proposed + Names{"Accept", "Reject", "End"});

  SipPeer peer;
  const std::string calling = bob.call(peer.uri());
  check_refused(bob, calling, only_established + only_proposed + Names{"Connect", "Accept", "Reject", "Release"});

  PeerCall call(peer, bob.uri(), bob.port());
  const auto invite = call.invite(Sdp{}.text());
  const std::string incoming = bob.called();
  check_refused(bob, incoming, only_established + only_proposed + Names{"Connect", "Release"});
  bob.accept(incoming);
  check_refused(bob, incoming, only_established + only_proposed + Names{"Connect", "Accept", "Reject", "Release"});
  bob.end(incoming);
  check_refused(bob, incoming,
                only_established + only_proposed + Names{"Connect", "Accept", "Reject", "End", "Release"});
  bob.wait(incoming, "DidEnd local");
  check_refused(bob, incoming, only_established + only_proposed + Names{"Connect", "Accept", "Reject", "End"});

  IncomingCall run(bob);
  check_refused(bob, run.session,
                only_proposed + Names{"Connect", "Accept", "Reject", "Release", "AddAudio", "RemoveAudio"});
}

BOOST_AUTO_TEST_CASE(streams_that_are_not_there_are_refused) {
  Station bob;
  IncomingCall run(bob);
  BOOST_CHECK_EQUAL(refusal(bob, run.session, "RemoveChat"), "NoSuchStream");
  BOOST_CHECK_NE(
      refusal(bob, run.session, "SendMessage", std::string("hello"), std::string(), std::string(), std::uint64_t{0}),
      "");
  BOOST_CHECK_EQUAL(refusal(bob, run.session, "StopRecordingAudio"), "InvalidState");
  CHECK_STORY(bob, run.session, test::called_and_accepted);
}

BOOST_AUTO_TEST_CASE(arguments_of_connect_and_accept_are_checked) {
  Station bob({.more = "sip: { transports = [\"udp\"]; };"});
  const std::string session = bob.client.create_session();
  const std::string uri = "sip:a@127.0.0.1";
  BOOST_CHECK_EQUAL(refusal(bob, session, "Connect", uri, Routes{}, Names{}), "InvalidArgument");
  BOOST_CHECK_EQUAL(refusal(bob, session, "Connect", uri, Routes{}, Names{"video"}), "InvalidArgument");
  BOOST_CHECK_EQUAL(refusal(bob, session, "Connect", uri, Routes{{"no host", 0, "udp"}}, audio), "InvalidArgument");
  BOOST_CHECK_EQUAL(refusal(bob, session, "Connect", uri, Routes{{"127.0.0.1", 0, "sctp"}}, audio), "InvalidArgument");
  BOOST_CHECK_EQUAL(refusal(bob, session, "Connect", uri, Routes{{"127.0.0.1", 0, "tcp"}}, audio), "NoTransport");
  BOOST_CHECK_EQUAL(refusal(bob, session, "Connect", uri, Routes{{"127.0.0.1", 0, "tls"}}, audio), "NoTransport");
  BOOST_CHECK_EQUAL(refusal(bob, session, "Connect", std::string("sips:a@127.0.0.1"), Routes{}, audio), "NoTransport");
  for (const char* wrong : {"", "bob", "http://a", "sip:", "sip:a@", "sip:a b@c", "sip:a@127.0.0.1\r\nX: y"})
    BOOST_CHECK_EQUAL(refusal(bob, session, "Connect", std::string(wrong), Routes{}, audio), "InvalidUri");
  BOOST_CHECK_EQUAL(refusal(bob, session, "Connect", uri, Routes(21, {"127.0.0.1", 0, "udp"}), audio), "LimitReached");
  BOOST_CHECK_EQUAL(bob.client.state(session), "NULL");

  SipPeer peer;
  PeerCall call(peer, bob.uri(), bob.port());
  call.invite(Sdp{}.text());
  const std::string incoming = bob.called();
  BOOST_CHECK_EQUAL(refusal(bob, incoming, "Accept", Names{}), "InvalidArgument");
  BOOST_CHECK_EQUAL(refusal(bob, incoming, "Accept", Names{"chat"}), "InvalidArgument");
  BOOST_CHECK_EQUAL(refusal(bob, incoming, "Accept", Names{"audio", "chat"}), "InvalidArgument");
  BOOST_CHECK_EQUAL(refusal(bob, incoming, "Accept", Names{"fax"}), "InvalidArgument");
  BOOST_CHECK_EQUAL(bob.client.state(incoming), "INCOMING");
}

BOOST_AUTO_TEST_CASE(the_one_line_call_completes_or_refuses_its_callee_and_leaves_nothing_behind) {
  Station bob;
  SipPeer peer;
  for (const char* wrong : {"alice", "+49 30 123", "tel:+49-30-123"})
    BOOST_CHECK_EQUAL(Client::error_of([&] { bob.client.call_out(wrong); }), "InvalidUri");
  BOOST_CHECK_EQUAL(Client::error_of([&] { bob.client.call_out(peer.uri(), {}); }), "InvalidArgument");
  bob.recorder.settle();
  bob.until(
      [&] {
        const auto objects = bob.client.managed_objects();
        return std::none_of(objects.begin(), objects.end(),
                            [](const auto& object) { return object.first.find("/session/") != std::string::npos; });
      },
      "no session");
  const std::string session = bob.client.call_out("alice@" + peer.host());
  BOOST_CHECK_EQUAL(peer.expect("INVITE").request_uri(), "sip:alice@" + peer.host());
  bob.end(session);
}

BOOST_AUTO_TEST_CASE(sessions_need_an_account_that_is_there_and_enabled) {
  Station bob;
  const auto create = [&](const std::string& account) {
    return Client::error_of([&] {
      bob.client.call<sdbus::ObjectPath>(test::session_manager_path, "SessionManager", "CreateSession",
                                         sdbus::ObjectPath(account));
    });
  };
  BOOST_CHECK_EQUAL(create("/org/sipsession1/account/nobody"), "NoSuchAccount");
  BOOST_CHECK_EQUAL(create("/org/sipsession1/Engine"), "NoSuchAccount");
  const auto account = bob.client.call<sdbus::ObjectPath>(test::account_manager_path, "AccountManager", "CreateAccount",
                                                          std::string("alice@example.com"));
  BOOST_CHECK_EQUAL(create(account), "AccountDisabled");
  bob.client.set(test::account_manager_path, "AccountManager", "DefaultAccount", sdbus::ObjectPath("/"));
  BOOST_CHECK_EQUAL(create("/"), "NoSuchAccount");
  BOOST_CHECK_EQUAL(Client::error_of([&] { bob.client.call_out("sip:a@127.0.0.1"); }), "NoSuchAccount");
}

BOOST_AUTO_TEST_CASE(a_stopped_engine_makes_no_calls) {
  Station bob;
  const std::string session = bob.client.create_session();
  bob.client.call(test::engine_path, "Engine", "Stop");
  BOOST_CHECK_EQUAL(refusal(bob, session, "Connect", std::string("sip:a@127.0.0.1"), Routes{}, audio),
                    "EngineNotRunning");
  bob.client.call(test::engine_path, "Engine", "Start");
  SipPeer peer;
  bob.act(session, "Connect", peer.uri(), Routes{}, audio);
  peer.expect("INVITE");
}

BOOST_AUTO_TEST_CASE(a_thousand_sessions_may_wait_and_no_more) {
  Station bob;
  for (int i = 0; i < 1000; ++i) bob.client.create_session();
  BOOST_CHECK_EQUAL(Client::error_of([&] { bob.client.create_session(); }), "LimitReached");
  bob.act("/org/sipsession1/session/500", "Release");
  bob.recorder.wait("/org/sipsession1", "InterfacesRemoved");
  bob.client.create_session();
}

BOOST_AUTO_TEST_CASE(ports_that_run_out_refuse_the_call) {
  Station bob({.more = "rtp: { port_range = \"49990:49991\"; };"});
  SipPeer peer;
  const std::string first = bob.call(peer.uri());
  const std::string second = bob.client.create_session();
  BOOST_CHECK_EQUAL(refusal(bob, second, "Connect", peer.uri(), Routes{}, audio), "MediaFailure");
  BOOST_CHECK_EQUAL(bob.client.state(second), "NULL");
  PeerCall call(peer, bob.uri(), bob.port());
  peer.expect("INVITE");
  call.invite(Sdp{}.text());
  const std::string incoming = bob.called();
  peer.expect(180);
  BOOST_CHECK_EQUAL(refusal(bob, incoming, "Accept", audio), "MediaFailure");
}

BOOST_AUTO_TEST_CASE(calls_with_wrong_types_get_the_standard_errors) {
  Station bob;
  const std::string session = bob.client.create_session();
  BOOST_CHECK_EQUAL(refusal(bob, session, "Connect", std::uint32_t{1}), "InvalidArgs");
  BOOST_CHECK_EQUAL(refusal(bob, session, "Dance"), "UnknownMethod");
  BOOST_CHECK_EQUAL(refusal(bob, "/org/sipsession1/session/77", "Hold"), "UnknownObject");
}

BOOST_AUTO_TEST_SUITE_END()
