// SPDX-License-Identifier: LGPL-2.1-or-later
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <set>

#include "tests/bus/stories.h"
#include "tests/support/process_figures.h"
#include "tests/support/sipp.h"
#include "tests/support/stream_peer.h"

// Messages that nobody should send.
BOOST_AUTO_TEST_SUITE(hostile)

using namespace std::chrono_literals;
using test::IncomingCall;
using test::PeerCall;
using test::Sdp;
using test::SipMessage;
using test::SipPeer;
using test::Station;
using test::Story;

namespace {

constexpr int most_waits = 200;
constexpr long most_growth = 8 * 1024;  // KiB, for a description that costs gigabytes

std::vector<std::filesystem::path> torture_messages() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(test::data_file("rfc4475")))
    files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

// Whether OPTIONS are answered within so many waits of 10 ms, all of them in vain. Waits are counted, not time: while
// the machine stands still neither the daemon nor this can do anything. What else comes meanwhile is passed over.
bool awake(SipPeer& peer, Station& station) {
  PeerCall call(peer, station.uri(), station.port());
  call.send("OPTIONS");
  for (int waits = 0; waits < most_waits;) {
    const auto message = peer.receive(10ms);
    if (!message)
      ++waits;
    else if (message->code() == 200 && message->method() == "OPTIONS")
      return true;
  }
  return false;
}

void end_all(Station& station) {
  for (const auto& session :
       station.client.get<std::vector<sdbus::ObjectPath>>(test::session_manager_path, "SessionManager", "Sessions"))
    test::Client::error_of([&] { station.end(session); });
}

// Each makes a description that is wrong, or right and strange.
const std::vector<std::string> bombs{
    "m=message 9 TCP/MSRP @\r\n",
    "m=message 9 TCP/TLS/MSRP @@@\r\n",
    "m=audio 40000 udp @\r\n",
    "m=audio 40000 RTP/SAVPF \"\r\n",
    "m=audio 40000 UDP/TLS/RTP/SAVPF (0)\r\n",
    "m=application 9 UDP/BFCP ,\r\n",
    "m=\r\n",
    "m=audio\r\n",
    "m=audio 40000\r\n",
    "m=audio 40000 RTP/AVP\r\n",
    "m=audio 40000 RTP/AVP \r\n",
    "m=audio -1 RTP/AVP 0\r\n",
    "m=audio 65536 RTP/AVP 0\r\n",
    "m=audio 4294967296 RTP/AVP 0\r\n",
    "m=audio 40000/4294967295 RTP/AVP 0\r\n",
    "m=audio 40000 RTP/AVP 4294967296\r\n",
    "m=audio 40000 RTP/AVP -1 256 128 0\r\n",
    "m=audio 40000 RTP/AVP 0\r\na=rtpmap:\r\n",
    "m=audio 40000 RTP/AVP 96\r\na=rtpmap:96\r\n",
    "m=audio 40000 RTP/AVP 96\r\na=rtpmap:96 /\r\n",
    "m=audio 40000 RTP/AVP 96\r\na=rtpmap:96 PCMU/0\r\n",
    "m=audio 40000 RTP/AVP 96\r\na=rtpmap:96 PCMU/99999999999999999999\r\n",
    "m=audio 40000 RTP/AVP 96\r\na=rtpmap:96 opus/48000/4294967297\r\n",
    "m=audio 40000 RTP/AVP 0\r\na=fmtp:0\r\na=fmtp:\r\na=fmtp:999 x\r\n",
    "m=audio 40000 RTP/AVP 0\r\na=fmtp:0 " + std::string(10000, ';') + "\r\n",
    "m=audio 40000 RTP/AVP 0\r\na=ptime:-1\r\na=maxptime:0\r\n",
    "m=audio 40000 RTP/AVP 0\r\na=ptime:99999999999\r\n",
    "m=audio 40000 RTP/AVP 0\r\nc=IN IP4\r\n",
    "m=audio 40000 RTP/AVP 0\r\nc=IN IP4 999.1.1.1\r\n",
    "m=audio 40000 RTP/AVP 0\r\nc=IN IP4 224.2.1.1/127/4294967295\r\n",
    "m=audio 40000 RTP/AVP 0\r\nc=IN IP6 ::1\r\n",
    "m=audio 40000 RTP/AVP 0\r\nc=XX YY ZZ\r\n",
    "m=audio 40000 RTP/AVP 0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:@\r\n",
    "m=audio 40000 RTP/AVP 0\r\na=rtcp:99999999\r\n",
    "m=audio 40000 RTP/AVP 0\r\nb=AS:99999999999999999999\r\nk=clear:x\r\ni=\r\n",
    std::string("m=audio 40000 RTP/AVP 0\r\na=\0\0\r\n", 29),
    "m=audio 40000 RTP/AVP 0\r\na=" + std::string(20000, 'x') + "\r\n",
    "=\r\n==\r\nm=audio 40000 RTP/AVP 0\r\nz\r\n",
    "m=audio 40000 RTP/AVP" +
        [] {
          std::string types;
          for (int i = 0; i < 5000; ++i) types += " 0";
          return types;
        }() +
        "\r\n",
    [] {
      std::string media;
      for (int i = 0; i < 500; ++i) media += "m=message 9 TCP/MSRP @\r\n";
      return media;
    }(),
};

// Runs all bombs, and checks that none made the daemon deaf, large or busy.
template <typename Throw>
void check_bombs(Throw throw_one) {
  Station bob({.more = "sessions: { linger = 0; };"});
  SipPeer probe;
  BOOST_REQUIRE(awake(probe, bob));
  throw_one(bob, "m=audio 40000 RTP/AVP 0\r\n");
  const pid_t daemon = bob.daemon.process().number();
  const auto memory = [daemon] { return test::kilobytes_of(daemon, "VmHWM"); };
  const long memory_before = memory();
  const test::Milliseconds time_before = test::cpu_of(daemon);
  for (const std::string& bomb : bombs) BOOST_TEST_CONTEXT(bomb.substr(0, 80)) {
      throw_one(bob, bomb);
      BOOST_REQUIRE(awake(probe, bob));
    }
  // A build that watches its memory needs more of everything.
  if (std::getenv("SANITIZED")) return;
  BOOST_CHECK_LT(memory() - memory_before, most_growth);
  // Three hundredths of a second for each is plenty.
  BOOST_CHECK_LT((test::cpu_of(daemon) - time_before).count(), 30.0 * static_cast<double>(bombs.size()));
}

constexpr unsigned nothing = 0;
constexpr unsigned rings = 180;

// What each message of RFC 4475 gets, and why. We are no registrar: a REGISTER that can be read gets 405, and so does a
// MESSAGE out of dialog. Of what is valid (RFC 4475, 3.1.1) only intmeth is not taken.
struct Outcome {
  const char* name;
  unsigned answer;
};
const std::vector<Outcome> outcomes{
    // Valid.
    {"wsinv", 481},        // it has a tag of ours that we never gave
    {"intmeth", nothing},  // a NUL in a quoted string, where the library ends: it should be 501
    {"esc01", 404},
    {"escnull", 405},
    {"esc02", 501},
    {"lwsdisp", 200},
    {"longreq", rings},
    {"dblreq", 405},
    {"semiuri", 200},
    {"transports", 200},
    {"mpart01", 405},
    {"unreason", nothing},  // responses to nothing
    {"noreason", nothing},
    {"cparam01", 405},
    {"cparam02", 405},
    {"regescrt", 405},
    {"inv2543", 404},
    {"zeromf", 200},  // RFC 3261, 16.3: only who passes on counts
    {"sdp01", 406},
    {"invut", 415},
    {"novelsc", 416},
    {"unkscm", 416},
    {"unksm2", 405},
    {"regaut01", 405},
    {"bext01", 420},
    // Invalid.
    {"badinv01", 400},
    {"clerr", 400},
    {"ncl", 400},
    {"scalar02", 400},
    {"scalarlg", nothing},
    {"quotbal", 400},
    {"ltgtruri", 400},
    {"lwsruri", nothing},  // nothing that can be answered is left of its first line
    {"escruri", 400},
    {"baddn", 400},
    {"badvers", 505},
    {"mismatch01", 400},
    {"mismatch02", 400},
    {"bigcode", nothing},
    {"insuf", 400},
    {"multi01", 400},
    {"mcl01", 400},
    {"regbadct", 400},
    {"bcast", nothing},
    {"test", nothing},  // not of the RFC: a request without a version
    // Invalid, and clear enough to be taken: the RFC allows it.
    {"lwsstart", rings},
    {"trws", 200},
    {"baddate", rings},
    {"badaspec", 200},
    {"badbranch", 200},
};

// The first answer that is no 100, or nothing: an answer to OPTIONS sent after it comes, and no 100 did.
unsigned first_answer(SipPeer& peer, const Station& station) {
  PeerCall later(peer, station.uri(), station.port());
  const std::string call_id = later.send("OPTIONS").header("Call-ID");
  for (bool passed = false, working = false; !passed || working;) {
    const auto message = peer.receive();
    BOOST_REQUIRE_MESSAGE(message, "neither an answer nor one to OPTIONS");
    if (message->header("Call-ID") == call_id)
      passed = true;
    else if (message->code() > 100)
      return message->code();
    else
      working = true;
  }
  return nothing;
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_torture_messages_of_rfc_4475_over_udp) {
  Station bob;
  SipPeer peer;
  SipPeer probe;
  for (const auto& file : torture_messages()) BOOST_TEST_CONTEXT(file.filename()) {
      peer.send(test::read_file(file), bob.port());
      BOOST_REQUIRE(awake(probe, bob));
      end_all(bob);
    }
  BOOST_CHECK_EQUAL(bob.daemon.stop(), 0);
}

BOOST_AUTO_TEST_CASE(the_torture_messages_of_rfc_4475_over_tcp) {
  Station bob;
  SipPeer probe;
  for (const auto& file : torture_messages()) BOOST_TEST_CONTEXT(file.filename()) {
      test::StreamPeer peer(bob.port("tcp"));
      peer.send(test::read_file(file));
      BOOST_REQUIRE(awake(probe, bob));
    }
  BOOST_CHECK_EQUAL(bob.daemon.stop(), 0);
}

BOOST_AUTO_TEST_CASE(each_torture_message_gets_the_answer_that_it_should) {
  Station bob({.user = "user"});
  std::set<std::string> left;
  for (const auto& file : torture_messages()) left.insert(file.stem());
  for (const Outcome& row : outcomes) BOOST_TEST_CONTEXT(row.name) {
      BOOST_REQUIRE_EQUAL(left.erase(row.name), 1);
      SipPeer peer;
      // As a proxy of ours would pass it on, with a Via that leads back here.
      std::string text = test::read_file(test::data_file(std::string("rfc4475/") + row.name + ".dat"));
      text.insert(text.find("\r\n") + 2,
                  "Via: SIP/2.0/UDP " + peer.host() + ";rport;branch=z9hG4bK" + row.name + "\r\n");
      peer.send(text, bob.port());
      BOOST_CHECK_EQUAL(first_answer(peer, bob), row.answer);
      if (row.answer == rings) bob.end(bob.called());
    }
  BOOST_CHECK_MESSAGE(left.empty(), "no outcome is stated for " << *left.begin());
  const auto told = bob.recorder.members();
  const auto calls = [](const Outcome& row) { return row.answer == rings; };
  BOOST_CHECK_EQUAL(std::count(told.begin(), told.end(), "SIPSessionNewIncoming"),
                    std::count_if(outcomes.begin(), outcomes.end(), calls));
  BOOST_CHECK_EQUAL(bob.daemon.stop(), 0);
}

BOOST_AUTO_TEST_CASE(descriptions_of_strangers_do_no_harm_in_an_invite) {
  check_bombs([](Station& bob, const std::string& media) {
    SipPeer peer;
    PeerCall call(peer, bob.uri(), bob.port());
    call.invite(Sdp{.media = media}.text());
    const auto response = peer.receive();
    BOOST_REQUIRE(response);
    end_all(bob);
  });
}

BOOST_AUTO_TEST_CASE(descriptions_of_the_called_do_no_harm_in_a_183) {
  check_bombs([](Station& bob, const std::string& media) {
    SipPeer peer;
    const auto session = bob.call(peer.uri());
    const SipMessage invite = peer.expect("INVITE");
    PeerCall call(peer, invite, bob.port());
    call.reply(invite, 183, "Session Progress", Sdp{.media = media}.text());
    call.reply(invite, 183, "Session Progress", Sdp{.version = 2, .media = media}.text());
    call.reply(invite, 486, "Busy Here");
    peer.expect("ACK");
    bob.wait(session, "DidEnd remote");
  });
}

BOOST_AUTO_TEST_CASE(descriptions_of_the_called_do_no_harm_in_a_200) {
  check_bombs([](Station& bob, const std::string& media) {
    SipPeer peer;
    const auto session = bob.call(peer.uri());
    const SipMessage invite = peer.expect("INVITE");
    PeerCall call(peer, invite, bob.port());
    call.answer(invite, Sdp{.media = media}.text());
    bob.recorder.wait(
        [&](const test::Entry& entry) {
          return entry.path == session && (entry.member == "SIPSessionDidStart" || entry.member == "SIPSessionDidEnd");
        },
        "DidStart or DidEnd");
    end_all(bob);
  });
}

BOOST_AUTO_TEST_CASE(descriptions_of_the_caller_do_no_harm_in_an_ack) {
  check_bombs([](Station& bob, const std::string& media) {
    SipPeer peer;
    PeerCall call(peer, bob.uri(), bob.port());
    const SipMessage invite = call.invite("");
    const auto session = bob.called();
    bob.accept(session);
    peer.expect(180);
    call.learn(peer.expect(200, "INVITE"));
    call.acknowledge(invite, Sdp{.media = media}.text());
    bob.recorder.wait(
        [&](const test::Entry& entry) {
          return entry.path == session && (entry.member == "SIPSessionDidStart" || entry.member == "SIPSessionDidEnd");
        },
        "DidStart or DidEnd");
    end_all(bob);
  });
}

BOOST_AUTO_TEST_CASE(descriptions_of_the_peer_do_no_harm_in_an_update_and_a_reinvite) {
  check_bombs([](Station& bob, const std::string& media) {
    IncomingCall run(bob);
    run.call.send("UPDATE", Sdp{.version = 2, .media = media}.text());
    BOOST_REQUIRE(run.peer.receive());
    const SipMessage invite = run.call.invite(Sdp{.version = 3, .media = media}.text());
    const auto response = run.peer.receive();
    BOOST_REQUIRE(response);
    if (response->code() >= 300)
      run.call.acknowledge_refusal(invite, *response);
    else
      run.call.acknowledge(invite);
    run.call.send("BYE");
    bob.wait(run.session, "DidEnd remote");
  });
}

BOOST_AUTO_TEST_CASE(names_of_strangers_reach_the_bus_as_text) {
  Station bob;
  SipPeer peer;
  PeerCall call(peer, bob.uri(), bob.port());
  std::string text = call.invite(Sdp{}.text(), "User-Agent: agent\xff\xfe\r\n").text;
  bob.end(bob.called());
  const auto from = text.find("From: ") + 6;
  text.insert(from,
              "\"\xe2\x80\xae"
              "evil\x07\xff\" ");
  text.replace(text.find("Call-ID: ") + 9, 3, "two");
  text.replace(text.find("branch=z9hG4bK"), 14, "branch=z9hG4bKtwo");
  peer.send(text, bob.port());
  const auto session = bob.called();
  const auto name = bob.property<std::string>(session, "RemoteDisplayName");
  BOOST_CHECK_EQUAL(name, "evil\xef\xbf\xbd");
  bob.end(session);
  BOOST_CHECK(awake(peer, bob));
}

BOOST_AUTO_TEST_CASE(messages_that_belong_to_nothing_change_nothing) {
  Station bob;
  IncomingCall run(bob);
  SipPeer stranger;
  PeerCall call(stranger, bob.uri(), bob.port());
  const SipMessage options = call.send("OPTIONS");
  stranger.expect(200);
  std::string other = options.text;
  call.cancel(SipMessage{other.replace(other.find("z9hG4bK"), 7, "z9hG4bKother")});
  stranger.expect(481, "CANCEL");
  call.acknowledge(options);
  call.reply(run.invite, 200, "OK", Sdp{}.text());
  call.reply(run.invite, 699, "What", Sdp{}.text());
  call.send("PRACK", "", "RAck: 1 1 INVITE\r\n");
  stranger.expect(481, "PRACK");
  call.send("UPDATE", Sdp{}.text());
  stranger.expect(481, "UPDATE");
  BOOST_CHECK(awake(stranger, bob));
  CHECK_STORY(bob, run.session, test::called_and_accepted);
}

BOOST_AUTO_TEST_CASE(an_old_request_of_a_call_is_refused) {
  Station bob;
  IncomingCall run(bob);
  run.call.send("OPTIONS");
  run.peer.expect(200, "OPTIONS");
  PeerCall replay = run.call;
  run.call.send("OPTIONS");
  run.peer.expect(200, "OPTIONS");
  run.call.send("OPTIONS");
  run.peer.expect(200, "OPTIONS");
  replay.send("BYE");
  run.peer.expect(500, "BYE");
  CHECK_STORY(bob, run.session, test::called_and_accepted);
}

BOOST_AUTO_TEST_SUITE_END()
