// SPDX-License-Identifier: LGPL-2.1-or-later
#include <boost/test/unit_test.hpp>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/bus/stories.h"
#include "tests/support/accounts.h"
#include "tests/support/notify_socket.h"
#include "tests/support/sipp.h"
#include "tests/support/wav.h"

// The daemon as a service of the system: how it starts, tells, ends and is replaced.
BOOST_AUTO_TEST_SUITE(service)

using namespace std::chrono_literals;
using test::IncomingCall;
using test::OutgoingCall;
using test::PeerCall;
using test::Sdp;
using test::SipMessage;
using test::SipPeer;
using test::Station;
using test::Story;

namespace {

std::vector<std::string> engine_story(const Station& station) {
  std::vector<std::string> story;
  for (const auto& entry : station.recorder.entries())
    if (entry.member.starts_with("SIPEngine")) story.push_back(entry.member);
  return story;
}

// It leaves within 3 s, and Stop answers within 5 s; a busy machine adds to that.
constexpr auto longest_end = 3s + 1s;
constexpr auto longest_stop = 5s + 500ms;

// An account that is registered there.
void register_at(SipPeer& registrar, Station& station) {
  const auto account = test::add_account(
      station, "bob@example.test", {{"enabled", true}, {"outbound_proxy", registrar.host()}, {"sip.outbound", false}});
  const SipMessage request = registrar.expect("REGISTER");
  PeerCall(registrar, request, station.port())
      .reply(request, 200, "OK", "", "Contact: " + request.header("Contact") + ";expires=600\r\n");
  test::registration_signal(station, account, "DidSucceed");
}

std::string program() { return std::getenv("SIPSESSIOND"); }

}  // namespace

BOOST_AUTO_TEST_CASE(it_tells_the_service_manager_that_it_is_ready_alive_and_ending) {
  const test::NotifySocket notify;
  const test::TemporaryDirectory directory;
  const test::PrivateBus bus;
  std::ofstream(directory.path() / "conf")
      << "local_ip = \"127.0.0.1\";\naudio: { input_device = \"none\"; output_device = \"none\"; };\n";
  test::Process process({program(), "--bus-address", bus.address(), "--config", directory.path() / "conf", "--data-dir",
                         directory.path() / "data"},
                        {{"NOTIFY_SOCKET", notify.path()}, {"WATCHDOG_USEC", "400000"}, {"HOME", directory.path()}});
  const std::string ready = notify.wait("READY=1");
  BOOST_CHECK(ready.find("STATUS=ready for calls") != std::string::npos);
  for (int i = 0; i < 5; ++i) notify.wait("WATCHDOG=1");
  process.signal(SIGTERM);
  BOOST_CHECK(notify.wait("STOPPING=1").find("STATUS=") != std::string::npos);
  BOOST_CHECK_EQUAL(process.wait(test::patience).value_or(-1), 0);
}

BOOST_AUTO_TEST_CASE(it_ends_all_calls_before_it_leaves) {
  Station bob;
  SipPeer caller;
  PeerCall ringing(caller, bob.uri(), bob.port());
  const SipMessage unanswered = ringing.invite(Sdp{}.text());
  bob.called();
  caller.expect(180);

  SipPeer callee;
  bob.call(callee.uri());
  const SipMessage invite = callee.expect("INVITE");
  PeerCall outgoing(callee, invite, bob.port());
  outgoing.reply(invite, 180, "Ringing");
  bob.recorder.wait([](const test::Entry& entry) { return entry.member == "SIPSessionGotRingIndication"; }, "ringing");

  OutgoingCall run(bob);
  bob.daemon.process().signal(SIGTERM);
  const auto start = std::chrono::steady_clock::now();
  const auto refusal = caller.receive();
  BOOST_REQUIRE(refusal);
  BOOST_CHECK_MESSAGE(refusal->code() == 480, refusal->text);
  ringing.acknowledge_refusal(unanswered, *refusal);
  outgoing.reply(callee.expect("CANCEL"), 200, "OK");
  outgoing.reply(invite, 487, "Request Terminated");
  run.call.reply(run.peer.expect("BYE"), 200, "OK");
  BOOST_CHECK_EQUAL(bob.daemon.process().wait(test::patience).value_or(-1), 0);
  BOOST_CHECK(std::chrono::steady_clock::now() - start < longest_end);
}

BOOST_AUTO_TEST_CASE(it_leaves_within_3_seconds_from_peers_that_do_not_answer) {
  Station bob;
  SipPeer callee;
  bob.call(callee.uri());
  callee.expect("INVITE");
  OutgoingCall run(bob);
  bob.daemon.process().signal(SIGTERM);
  const auto start = std::chrono::steady_clock::now();
  run.peer.expect("BYE");
  BOOST_CHECK_EQUAL(bob.daemon.process().wait(test::patience).value_or(-1), 0);
  BOOST_CHECK(std::chrono::steady_clock::now() - start < longest_end);
}

BOOST_AUTO_TEST_CASE(it_asks_a_silent_registrar_to_forget_it_and_closes_recordings_before_it_leaves) {
  Station bob;
  OutgoingCall run(bob);
  SipPeer registrar;
  register_at(registrar, bob);
  bob.act(run.session, "StartRecordingAudio", std::string("last.wav"));
  const auto started = bob.recorder.wait(
      [](const test::Entry& entry) { return entry.member == "SIPSessionDidStartRecordingAudio"; }, "it records");
  const std::string file = started.arguments.at(1).text;
  bob.until([&] { return std::filesystem::file_size(file) > 44 /* its header */; }, "something is recorded");
  bob.daemon.process().signal(SIGTERM);
  const auto start = std::chrono::steady_clock::now();
  run.peer.expect("BYE");
  BOOST_CHECK_EQUAL(registrar.expect("REGISTER").header("Expires"), "0");
  BOOST_CHECK_EQUAL(bob.daemon.process().wait(test::patience).value_or(-1), 0);
  BOOST_CHECK(std::chrono::steady_clock::now() - start < longest_end);
  BOOST_CHECK_GT(test::read_wav(file).seconds(), 0);
}

BOOST_AUTO_TEST_CASE(it_leaves_within_3_seconds_while_a_codec_is_loaded_from_a_slow_disk) {
  const char* slow_disk = std::getenv("SLOW_DISK");
  // A sanitizer wants to be the first library that is loaded.
  if (std::getenv("SANITIZED") || !slow_disk) return;
  Station bob({.audio = "codec_list = [\"G722\"];", .environment = {{"LD_PRELOAD", slow_disk}}});
  OutgoingCall run(bob, Sdp{.media = "m=audio 40000 RTP/AVP 9\r\n"}.text());
  bob.recorder.settle();
  bob.daemon.process().signal(SIGTERM);
  const auto start = std::chrono::steady_clock::now();
  run.call.reply(run.peer.expect("BYE"), 200, "OK");
  BOOST_CHECK_EQUAL(bob.daemon.process().wait(test::patience).value_or(-1), 0);
  BOOST_CHECK(std::chrono::steady_clock::now() - start < longest_end);
}

// The limits of all its steps together: for the answers to BYE, to REGISTER, and for the library.
BOOST_AUTO_TEST_CASE(stop_answers_within_5_seconds_when_nobody_else_answers) {
  Station bob;
  SipPeer callee;
  bob.call(callee.uri());
  callee.expect("INVITE");
  OutgoingCall run(bob);
  SipPeer registrar;
  register_at(registrar, bob);
  const auto start = std::chrono::steady_clock::now();
  bob.recorder.send(test::engine_path, "org.sipsession1.Engine", "Stop");
  run.peer.expect("BYE");
  BOOST_CHECK_EQUAL(registrar.expect("REGISTER").header("Expires"), "0");
  bob.recorder.wait(test::engine_path, "reply Stop");
  BOOST_CHECK(std::chrono::steady_clock::now() - start < longest_stop);
}

BOOST_AUTO_TEST_CASE(a_bus_that_goes_away_is_told_once_and_ends_it) {
  const test::OutputFile log;
  Station bob({.errors = log.descriptor()});
  OutgoingCall run(bob);
  bob.bus.stop();
  run.call.reply(run.peer.expect("BYE"), 200, "OK");
  BOOST_CHECK_EQUAL(bob.daemon.process().wait(test::patience).value_or(-1), 4);
  const std::string text = log.text();
  std::size_t lines = 0;
  for (const char* level : {" warning: ", " error: "})
    for (auto at = text.find(level); at != text.npos; at = text.find(level, at + 1)) ++lines;
  BOOST_CHECK_MESSAGE(lines == 1 && text.find("the connection to the bus is lost") != text.npos, text);
}

BOOST_AUTO_TEST_CASE(a_second_daemon_on_the_bus_says_so_and_leaves) {
  Station bob;
  const test::TemporaryDirectory directory;
  const test::OutputFile errors;
  test::Process second({program(), "--bus-address", bob.bus.address(), "--config", bob.daemon.config_file(),
                        "--data-dir", directory.path() / "data"},
                       {{"HOME", directory.path()}}, -1, errors.descriptor());
  const int code = second.wait(test::patience).value_or(-1);
  BOOST_CHECK_MESSAGE(code == 1, code << ": " << errors.text());
  BOOST_CHECK_MESSAGE(errors.text().find("org.sipsession1") != std::string::npos, errors.text());
}

BOOST_AUTO_TEST_CASE(a_taken_port_fails_the_engine_by_its_name_and_another_start_tries_again) {
  std::optional<SipPeer> other(std::in_place);
  const std::string port = std::to_string(other->port());
  Station bob({.more = "sip: { udp_port = " + port + "; };"});
  BOOST_CHECK(!bob.client.get<bool>(test::engine_path, "Engine", "IsRunning"));
  bob.client.call(test::engine_path, "Engine", "Start");
  const auto& failure = bob.recorder.wait(test::engine_path, "SIPEngineDidFail");
  BOOST_CHECK_MESSAGE(failure.arguments.at(1).text.find(port) != std::string::npos, failure.text());
  other.reset();
  bob.client.call(test::engine_path, "Engine", "Start");
  bob.recorder.wait(test::engine_path, "SIPEngineDidStart");
  const Story expected{"SIPEngineWillStart", "SIPEngineDidFail", "SIPEngineWillStart", "SIPEngineDidStart"};
  BOOST_CHECK(engine_story(bob) == expected.lines);
  BOOST_CHECK(bob.client.get<bool>(test::engine_path, "Engine", "IsRunning"));
}

BOOST_AUTO_TEST_CASE(the_engine_stops_with_its_sessions_and_starts_again) {
  Station bob;
  OutgoingCall run(bob);
  bob.recorder.send(test::engine_path, "org.sipsession1.Engine", "Stop");
  run.call.reply(run.peer.expect("BYE"), 200, "OK");
  bob.recorder.wait(test::engine_path, "reply Stop");
  CHECK_STORY(bob, run.session, test::calling + test::answered + test::ended_by_us);
  BOOST_CHECK(!bob.client.get<bool>(test::engine_path, "Engine", "IsRunning"));
  BOOST_CHECK(bob.client.get<std::vector<std::string>>(test::engine_path, "Engine", "LocalUris").empty());
  bob.client.call(test::engine_path, "Engine", "Stop");
  bob.client.call(test::engine_path, "Engine", "Start");
  const Story expected{"SIPEngineWillEnd", "SIPEngineDidEnd", "SIPEngineWillStart", "SIPEngineDidStart"};
  bob.recorder.settle();
  BOOST_CHECK(engine_story(bob) == expected.lines);
  const auto uris = bob.client.get<std::vector<std::string>>(test::engine_path, "Engine", "LocalUris");
  BOOST_CHECK_EQUAL(uris.size(), 3);
}

BOOST_AUTO_TEST_CASE(the_bus_starts_it_when_somebody_calls) {
  const test::TemporaryDirectory directory;
  const std::string services = directory.path() / "services";
  std::filesystem::create_directory(services);
  std::ofstream(directory.path() / "conf")
      << "local_ip = \"127.0.0.1\";\naudio: { input_device = \"none\"; output_device = \"none\"; };\n";
  // The installed file, with the program of this build.
  std::string text = test::read_file(std::getenv("SERVICE_FILE"));
  const auto start = text.find("Exec=") + 5;
  text.replace(
      start, text.find('\n', start) - start,
      program() + " --config " + (directory.path() / "conf").string() + " --data-dir " + directory.path().string());
  std::ofstream(services + "/org.sipsession1.service") << text;
  const test::PrivateBus bus(services);
  const auto connection = bus.connect();
  test::Client client(*connection);
  BOOST_CHECK(client.get<bool>(test::engine_path, "Engine", "IsRunning"));
  BOOST_CHECK_EQUAL(client.get<std::vector<std::string>>(test::engine_path, "Engine", "LocalUris").size(), 3);
}

BOOST_AUTO_TEST_CASE(ended_sessions_linger_as_they_are_told_to_and_can_be_released) {
  Station bob({.more = "sessions: { linger = 1; };"});
  OutgoingCall run(bob);
  run.call.send("BYE");
  run.peer.expect(200, "BYE");
  bob.wait(run.session, "DidEnd remote");
  BOOST_CHECK_EQUAL(bob.client.state(run.session), "TERMINATED");
  BOOST_CHECK_GT(bob.property<std::uint64_t>(run.session, "StopTime"),
                 bob.property<std::uint64_t>(run.session, "StartTime"));
  const auto& removed = bob.recorder.wait("/org/sipsession1", "InterfacesRemoved");
  BOOST_CHECK_EQUAL(removed.arguments.at(0).text, run.session);
  BOOST_CHECK_EQUAL(test::Client::error_of([&] { bob.client.state(run.session); }), "UnknownObject");

  const std::string fresh = bob.client.create_session();
  BOOST_CHECK_EQUAL(fresh, "/org/sipsession1/session/2");
  bob.act(fresh, "Release");
  bob.recorder.wait(
      [&](const test::Entry& entry) {
        return entry.member == "InterfacesRemoved" && entry.arguments.at(0).text == fresh;
      },
      "InterfacesRemoved");
}

BOOST_AUTO_TEST_SUITE_END()
