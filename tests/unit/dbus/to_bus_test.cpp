// SPDX-License-Identifier: LGPL-2.1-or-later
#include "dbus/to_bus.h"

#include <boost/test/unit_test.hpp>

#include "base/error.h"

namespace {

using namespace std::chrono_literals;
using base::Errc;

template <typename Call>
void check_error(Errc code, Call call) {
  BOOST_CHECK_EXCEPTION(call(), base::Error, [code](const base::Error& error) { return error.code() == code; });
}

struct Shape {
  config::Value value;
  const char* type;
};
const Shape shapes[] = {
    {true, "b"},
    {std::int32_t{-7}, "i"},
    {std::uint16_t{5060}, "q"},
    {std::string("bob"), "s"},
    {std::string(), "s"},
    {std::vector<std::string>{"opus", "PCMU"}, "as"},
    {std::vector<std::string>{}, "as"},
    {config::Ports{50000, 50400}, "(qq)"},
    {config::Sound{"/ring.wav", 80}, "(su)"},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(to_bus)

BOOST_AUTO_TEST_CASE(a_setting_has_its_exact_type_and_comes_back_as_it_was) {
  for (const Shape& shape : shapes) {
    const sdbus::Variant variant = dbus::to_bus(shape.value);
    BOOST_TEST(variant.peekValueType() == shape.type);
    BOOST_TEST((dbus::from_bus(variant) == shape.value), shape.type);
  }
}

BOOST_AUTO_TEST_CASE(a_type_that_no_setting_has_is_refused) {
  check_error(Errc::invalid_argument, [] { dbus::from_bus(sdbus::Variant(3.5)); });
  check_error(Errc::invalid_argument, [] { dbus::from_bus(sdbus::Variant(std::vector<int32_t>{1})); });
}

BOOST_AUTO_TEST_CASE(texts_end_at_4_kib) {
  const std::string longest(4096, 'x');
  const std::string longer = longest + "x";
  BOOST_TEST(dbus::checked(longest) == longest);
  check_error(Errc::limit_reached, [&] { dbus::checked(longer); });
  check_error(Errc::limit_reached, [&] { dbus::from_bus(sdbus::Variant(longer)); });
  check_error(Errc::limit_reached, [&] { dbus::from_bus(sdbus::Variant(std::vector{longest, longer})); });
  check_error(Errc::limit_reached, [&] { dbus::from_bus(std::vector{dbus::Route(longer, 1, "udp")}); });
  check_error(Errc::limit_reached, [&] { dbus::from_bus(std::vector<dbus::Route>(101)); });
}

BOOST_AUTO_TEST_CASE(times_are_microseconds_and_the_epoch_is_none) {
  BOOST_TEST(dbus::to_bus(session::Time()) == 0u);
  BOOST_TEST(dbus::to_bus(session::Time(1234567us)) == 1234567u);
  BOOST_TEST(dbus::to_bus(session::Time(-5s)) == 0u);
}

BOOST_AUTO_TEST_CASE(routes_and_reasons_are_structs) {
  BOOST_TEST((dbus::to_bus(sip::Route{"192.0.2.1", 5060, "udp"}) == dbus::Route("192.0.2.1", 5060, "udp")));
  BOOST_TEST((dbus::to_bus(sip::Route()) == dbus::Route("", 0, "")));
  const auto reason = dbus::to_bus(session::EndReason{"remote", 486, "Busy\r\n\xff"});
  BOOST_TEST((reason == dbus::EndReason("remote", 486, "Busy\xef\xbf\xbd")));
  const auto routes = dbus::from_bus(std::vector{dbus::Route("a", 1, ""), dbus::Route("b", 2, "tcp")});
  BOOST_TEST((routes == std::vector<sip::Route>{{"a", 1, ""}, {"b", 2, "tcp"}}));
}

BOOST_AUTO_TEST_CASE(changes_are_pairs_of_old_and_new) {
  const auto modified = dbus::to_bus(config::Changes{{"enabled", {false, true}}});
  BOOST_TEST(modified.at("enabled").get<0>().get<bool>() == false);
  BOOST_TEST(modified.at("enabled").get<1>().get<bool>() == true);
}

BOOST_AUTO_TEST_CASE(diagnostics_are_empty_without_a_stream) {
  BOOST_TEST(dbus::to_bus(std::nullopt, std::nullopt).empty());
  BOOST_TEST(dbus::to_bus(media::AudioStatistics(), std::nullopt).empty());
}

BOOST_AUTO_TEST_CASE(diagnostics_have_their_types) {
  media::AudioStatistics statistics;
  statistics.packets_sent = 7;
  statistics.jitter_ms = 1.5;
  media::AudioParameters parameters;
  parameters.codec = "opus";
  parameters.dtmf_payload_type = 101;
  const auto transport = dbus::to_bus(statistics, parameters);
  BOOST_TEST(transport.at("packets_sent").get<std::uint64_t>() == 7u);
  BOOST_TEST(transport.at("jitter").get<double>() == 1.5);
  BOOST_TEST(transport.at("codec").get<std::string>() == "opus");
  BOOST_TEST(transport.at("dtmf_payload_type").get<std::uint8_t>() == 101);
  BOOST_TEST(!transport.contains("receive_dtmf_payload_type"));
}

BOOST_AUTO_TEST_SUITE_END()
