// SPDX-License-Identifier: LGPL-2.1-or-later
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>

#include <boost/test/unit_test.hpp>

#include "dbus/account_values.h"
#include "dbus/session_values.h"

namespace {

using Names = std::set<std::string>;

// The properties of the interface in the XML: name to type.
std::map<std::string, std::string> described(const std::string& interface) {
  std::ifstream file(std::string(std::getenv("DBUS_XML")) + "/org.sipsession1." + interface + ".xml");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const std::regex property("<property name=\"(\\w+)\" type=\"([^\"]+)\"");
  std::map<std::string, std::string> result;
  for (std::sregex_iterator match(text.begin(), text.end(), property), end; match != end; ++match)
    result.emplace((*match)[1], (*match)[2]);
  return result;
}

std::map<std::string, std::string> types(const dbus::Dictionary& values) {
  std::map<std::string, std::string> result;
  for (const auto& [name, value] : values) result.emplace(name, value.peekValueType());
  return result;
}

Names changed(const std::function<void(session::Properties&)>& change) {
  session::Properties before;
  session::Properties after;
  change(after);
  Names names;
  for (const auto& [name, value] :
       dbus::changes(dbus::session_table(), dbus::values_of(before), dbus::values_of(after)))
    names.insert(name);
  return names;
}

struct Row {
  std::function<void(session::Properties&)> change;
  Names names;
};
using P = session::Properties;

// Every member of session::Properties, and what a change of it shows.
const Row rows[] = {
    {[](P&) {}, {}},
    {[](P& p) { p.state = session::State::calling; }, {"State"}},
    {[](P& p) { p.account = "a@b"; }, {"Account"}},
    {[](P& p) { p.direction = "incoming"; }, {"Direction"}},
    {[](P& p) { p.start_time = std::chrono::system_clock::now(); }, {"StartTime"}},
    {[](P& p) { p.stop_time = std::chrono::system_clock::now(); }, {"StopTime"}},
    {[](P& p) { p.on_hold_by_local = true; }, {"OnHoldByLocal", "OnHold"}},
    {[](P& p) { p.on_hold_by_remote = true; }, {"OnHoldByRemote", "OnHold"}},
    {[](P& p) { p.remote_user_agent = "x"; }, {"RemoteUserAgent"}},
    {[](P& p) { p.local_uri = "x"; }, {"LocalUri"}},
    {[](P& p) { p.remote_uri = "x"; }, {"RemoteUri"}},
    {[](P& p) { p.caller_uri = "x"; }, {"CallerUri"}},
    {[](P& p) { p.callee_uri = "x"; }, {"CalleeUri"}},
    {[](P& p) { p.remote_display_name = "x"; }, {"RemoteDisplayName"}},
    {[](P& p) { p.route.port = 1; }, {"Route"}},
    {[](P& p) { p.streams.audio = true; }, {"HasAudio", "Streams"}},
    {[](P& p) { p.streams.chat = true; }, {"HasChat", "Streams"}},
    {[](P& p) { p.proposed_streams.chat = true; }, {"ProposedStreams"}},
    {[](P& p) { p.audio_sample_rate = 8000; }, {"AudioSampleRate"}},
    {[](P& p) { p.audio_codec = "x"; }, {"AudioCodec"}},
    {[](P& p) { p.audio_srtp_active = true; }, {"AudioSrtpActive"}},
    {[](P& p) { p.audio_local_rtp_address = "x"; }, {"AudioLocalRtpAddress"}},
    {[](P& p) { p.audio_local_rtp_port = 1; }, {"AudioLocalRtpPort"}},
    {[](P& p) { p.audio_remote_rtp_address_sdp = "x"; }, {"AudioRemoteRtpAddressSdp"}},
    {[](P& p) { p.audio_remote_rtp_port_sdp = 1; }, {"AudioRemoteRtpPortSdp"}},
    {[](P& p) { p.audio_remote_rtp_address_received = "x"; }, {"AudioRemoteRtpAddressReceived"}},
    {[](P& p) { p.audio_remote_rtp_port_received = 1; }, {"AudioRemoteRtpPortReceived"}},
    {[](P& p) { p.audio_recording_file_name = "x"; }, {"AudioRecordingFileName"}},
    {[](P& p) { p.end_reason.code = 486; }, {"EndReason"}},
    {[](P& p) { p.muted = true; }, {"Muted"}},
    {[](P& p) {
       p.streams.audio = true;
       p.audio_remote_rtp_address_received = "x";
     },
     {"HasAudio", "Streams", "AudioRemoteRtpAddressReceived", "AudioWasReceived"}},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(properties)

BOOST_AUTO_TEST_CASE(a_change_shows_in_exactly_its_properties) {
  Names all_changed;
  for (const Row& row : rows) {
    BOOST_TEST(changed(row.change) == row.names, boost::test_tools::per_element());
    all_changed.insert(row.names.begin(), row.names.end());
  }
  BOOST_TEST(all_changed.size() == dbus::session_table().size());
}

BOOST_AUTO_TEST_CASE(the_table_of_a_session_has_the_properties_of_the_xml) {
  auto expected = described("Session");
  BOOST_TEST(expected.erase("AudioTransport") + expected.erase("ChatTransport") == 2u);
  BOOST_TEST((types(dbus::all(dbus::session_table(), dbus::values_of(P()))) == expected));
}

BOOST_AUTO_TEST_CASE(the_tables_of_an_account_have_the_properties_of_the_xml) {
  auto shown = types(dbus::all(dbus::account_table(), dbus::AccountValues()));
  BOOST_TEST((shown == described("BonjourAccount")));
  shown.merge(types(dbus::all(dbus::registration_table(), dbus::RegistrationValues())));
  BOOST_TEST((shown == described("Account")));
}

BOOST_AUTO_TEST_SUITE_END()
