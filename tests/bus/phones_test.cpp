// SPDX-License-Identifier: LGPL-2.1-or-later
#include <boost/test/unit_test.hpp>

#include "tests/bus/stories.h"
#include "tests/support/baresip.h"
#include "tests/support/listening.h"

// Calls with a real telephone of another make.
BOOST_AUTO_TEST_SUITE(phones)

using test::Baresip;
using test::read_wav;
using test::Station;
using test::Story;

namespace {

constexpr unsigned ours = 660;
constexpr unsigned its = 440;

// Both hear the other: it is recorded here and there.
struct Listening {
  Station bob{{.input = "tone:660", .audio = "recording_layout = \"stereo\";"}};
  std::string file;

  void record(const std::string& session, const Baresip& phone) {
    bob.act(session, "StartRecordingAudio", std::string("heard.wav"));
    file = bob.recorder.wait(session, "SIPSessionDidStartRecordingAudio").arguments.at(1).text;
    test::wait_for_tone(bob, file, {ours, 0}, 0.8);
    test::wait_for_tone(bob, file, {its, 1}, 0.8);
    test::wait_for_tone(bob, phone.heard_file(), {ours}, 0.8);
  }
  // The phone writes what it heard to its end when it ends itself.
  void check(Baresip& phone) const {
    const auto here = read_wav(file);
    BOOST_CHECK_GE(here.seconds_of_tone(ours, 0), 0.8);
    BOOST_CHECK_GE(here.seconds_of_tone(its, 1), 0.8);
    phone.quit();
    BOOST_CHECK_GE(read_wav(phone.heard_file()).seconds_of_tone(ours), 0.8);
  }
  Story recorded() const { return {"WillStartRecordingAudio " + file, "DidStartRecordingAudio " + file}; }
  Story stopped() const { return {"WillStopRecordingAudio " + file, "DidStopRecordingAudio " + file}; }
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_phone_takes_our_call_both_hear_each_other_and_it_hangs_up) {
  for (const std::string codec : {"PCMU", "PCMA"}) {
    BOOST_TEST_CONTEXT(codec) {
      Baresip phone(its, codec);
      Listening listening;
      Station& bob = listening.bob;
      const auto session = bob.call(phone.uri());
      phone.wait("CALL_INCOMING");
      bob.wait(session, "GotRingIndication");
      phone.command("accept");
      bob.wait(session, "DidStart");
      BOOST_CHECK_EQUAL(bob.property<std::string>(session, "AudioCodec"), codec);
      listening.record(session, phone);
      phone.command("hangup");
      CHECK_STORY(bob, session,
                  test::ringing + test::answered + listening.recorded() + listening.stopped() + test::ended_by_peer);
      listening.check(phone);
    }
  }
}

BOOST_AUTO_TEST_CASE(we_take_the_call_of_a_phone_both_hear_each_other_and_we_hang_up) {
  Baresip phone(its, "PCMU");
  Listening listening;
  Station& bob = listening.bob;
  phone.command("dial", bob.uri());
  const auto session = bob.called();
  phone.wait("CALL_RINGING");
  bob.accept(session);
  phone.wait("CALL_ESTABLISHED");
  bob.wait(session, "DidStart");
  listening.record(session, phone);
  bob.end(session);
  phone.wait("CALL_CLOSED");
  bob.wait(session, "DidEnd local");
  listening.check(phone);
}

BOOST_AUTO_TEST_CASE(digits_pass_both_ways) {
  Baresip phone(its, "PCMU");
  Station bob;
  phone.command("dial", bob.uri());
  const auto session = bob.called();
  bob.accept(session);
  phone.wait("CALL_ESTABLISHED");
  bob.wait(session, "DidStart");
  phone.command("sndcode", "1*#");
  CHECK_STORY(bob, session, test::called_and_accepted + Story{"GotDTMF 1", "GotDTMF *", "GotDTMF #"});
  for (const std::string digit : {"0", "A", "9"}) {
    bob.act(session, "SendDtmf", digit);
    BOOST_CHECK_NE(phone.wait("CALL_DTMF_START").find("\"param\":\"" + digit + "\""), std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(holds_pass_both_ways) {
  Baresip phone(its, "PCMU");
  Station bob({.input = "tone:660"});
  phone.command("dial", bob.uri());
  const auto session = bob.called();
  bob.accept(session);
  phone.wait("CALL_ESTABLISHED");
  bob.wait(session, "DidStart");
  phone.command("hold");
  bob.wait(session, "GotHoldRequest remote");
  phone.command("resume");
  bob.wait(session, "GotUnholdRequest remote");
  bob.act(session, "Hold");
  bob.act(session, "Unhold");
  bob.wait(session, "GotUnholdRequest local");
  phone.command("hangup");
  CHECK_STORY(
      bob, session,
      test::called_and_accepted +
          Story{"GotHoldRequest remote", "GotUnholdRequest remote", "GotHoldRequest local", "GotUnholdRequest local"} +
          test::ended_by_peer);
}

BOOST_AUTO_TEST_CASE(a_phone_gives_up_and_a_phone_is_given_up) {
  Baresip phone(its, "PCMU");
  Station bob;
  phone.command("dial", bob.uri());
  const auto missed = bob.called();
  phone.wait("CALL_RINGING");
  phone.command("hangup");
  CHECK_STORY(bob, missed,
              Story{"ChangedState NULL INCOMING", "NewIncoming audio", "ChangedState INCOMING TERMINATED",
                    "DidFail remote 487 Request cancelled", "DidEnd remote"});
  const auto given_up = bob.call(phone.uri());
  phone.wait("CALL_INCOMING");
  bob.wait(given_up, "GotRingIndication");
  bob.end(given_up);
  phone.wait("CALL_CLOSED");
  CHECK_STORY(bob, given_up,
              test::ringing + Story{"ChangedState CALLING TERMINATING", "WillEnd",
                                    "ChangedState TERMINATING TERMINATED", "DidEnd local"});
}

BOOST_AUTO_TEST_SUITE_END()
