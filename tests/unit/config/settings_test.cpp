// SPDX-License-Identifier: LGPL-2.1-or-later
#include "config/settings.h"

#include <algorithm>
#include <functional>

#include <boost/test/unit_test.hpp>

#include "config/account_settings.h"
#include "config/general_settings.h"

using namespace config;
using List = std::vector<std::string>;

namespace {

struct Fixture {
  Settings<GeneralSettings> general{general_rows(), {}, {}};
  Settings<AccountSettings> bonjour{bonjour_rows(), bonjour_defaults(), bonjour_defaults()};
};

// The sentence with which the call is refused.
std::string refusal_of(const std::function<void()>& call) {
  try {
    call();
  } catch (const base::Error& error) {
    BOOST_TEST((error.code() == base::Errc::invalid_argument));
    return error.what();
  }
  return "not refused";
}

template <typename Group>
void check_rows(const Rows<Group>& rows, const Group& defaults) {
  for (const Row<Group>& row : rows) {
    BOOST_TEST_CONTEXT(row.name) {
      Group group = defaults;
      BOOST_TEST(row.set(group, row.get(defaults)));
      BOOST_TEST((group == defaults));
      BOOST_TEST(row.documentation.ends_with("."));
      BOOST_TEST(row.documentation.find('\n') == std::string::npos);
      BOOST_TEST((row.nature.nillable || row.nature.write_once || !is_empty(row.get(defaults))));
      BOOST_TEST(std::count_if(rows.begin(), rows.end(), [&](const auto& other) { return other.name == row.name; }) ==
                 1);
    }
  }
}

struct Login {
  Text password;
};
const Rows<Login> login_rows = {
    row<Login, &Login::password>("password", "Secret.", {.nillable = true, .secret = true})};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(settings, Fixture)

BOOST_AUTO_TEST_CASE(every_row_takes_its_default_and_has_a_line_of_documentation) {
  check_rows(general_rows(), {});
  AccountSettings account;
  account.id = "alice@example.com";
  check_rows(account_rows(), account);
  check_rows(bonjour_rows(), bonjour_defaults());
}

BOOST_AUTO_TEST_CASE(a_set_value_acts_only_after_commit) {
  general.set("sessions.max", 5);
  BOOST_TEST(std::get<std::int32_t>(general.get("sessions.max")) == 5);
  BOOST_TEST(*general.saved().sessions.max == 64);
  BOOST_TEST((general.changes() == Changes{{"sessions.max", {64, 5}}}));
  general.commit();
  BOOST_TEST(*general.saved().sessions.max == 5);
  BOOST_TEST(general.changes().empty());
}

BOOST_AUTO_TEST_CASE(a_value_set_back_is_no_change) {
  general.set("rtp.local_ip", std::string("::1"));
  general.set("rtp.local_ip", std::string("auto"));
  BOOST_TEST(general.changes().empty());
}

BOOST_AUTO_TEST_CASE(a_refused_value_changes_nothing_and_names_setting_value_and_what_is_allowed) {
  BOOST_TEST(refusal_of([&] { general.set("audio.sample_rate", 44100); }) ==
             "audio.sample_rate cannot be 44100: allowed is one of 8000, 16000, 48000");
  BOOST_TEST(
      refusal_of([&] {
        general.set("audio.codec_list", List{"opus", "gsm"});
      }) ==
      "audio.codec_list cannot be [\"opus\", \"gsm\"]: allowed is a list of one or more of opus, G722, PCMU, PCMA, "
      "each once");
  BOOST_TEST(refusal_of([&] { general.set("sip.transports", List{}); }).starts_with("sip.transports cannot be []"));
  BOOST_TEST(refusal_of([&] { general.set("sessions.max", std::string("many")); }) ==
             "sessions.max cannot be \"many\": allowed is a number from 1 to 1000");
  BOOST_TEST(general.changes().empty());
}

BOOST_AUTO_TEST_CASE(an_unknown_name_is_refused) {
  BOOST_TEST(refusal_of([&] { general.set("audio.volume", 1); }) == "there is no setting \"audio.volume\"");
  BOOST_TEST(refusal_of([&] { general.get(""); }) == "there is no setting \"\"");
  BOOST_TEST(refusal_of([&] { general.reset("audio"); }) == "there is no setting \"audio\"");
}

BOOST_AUTO_TEST_CASE(a_nillable_setting_is_null_by_its_empty_value_and_only_of_its_own_shape) {
  bonjour.set("audio.codec_list", List{"pcma"});
  BOOST_TEST(*bonjour.current().audio.codec_list == List{"PCMA"}, boost::test_tools::per_element());
  bonjour.set("audio.codec_list", List{});
  BOOST_TEST(bonjour.current().audio.codec_list->empty());
  refusal_of([&] { bonjour.set("audio.codec_list", std::string()); });
  bonjour.set("display_name", std::string("Alice"));
  bonjour.set("display_name", std::string());
  BOOST_TEST(bonjour.changes().empty());
  BOOST_TEST(refusal_of([&] { bonjour.set("contact_user", std::string("a b")); }).ends_with("or empty for none"));
}

BOOST_AUTO_TEST_CASE(reset_brings_the_default_of_this_object_back) {
  bonjour.set("enabled", false);
  bonjour.commit();
  bonjour.reset("enabled");
  BOOST_TEST(*bonjour.current().enabled);
  BOOST_TEST(!*bonjour.saved().enabled);
}

BOOST_AUTO_TEST_CASE(the_id_is_read_but_never_written) {
  BOOST_TEST(std::get<std::string>(bonjour.get("id")) == "bonjour@local");
  BOOST_TEST(refusal_of([&] { bonjour.set("id", std::string("a@b")); }).starts_with("id cannot be changed"));
  BOOST_TEST(refusal_of([&] { bonjour.reset("id"); }).starts_with("id cannot be changed"));
}

BOOST_AUTO_TEST_CASE(all_and_describe_walk_every_row) {
  BOOST_TEST(general.all().size() == general_rows().size());
  BOOST_TEST(general.names().size() == general_rows().size());
  const auto descriptions = general.describe();
  const auto range = std::find_if(descriptions.begin(), descriptions.end(),
                                  [](const Description& one) { return one.name == "rtp.port_range"; });
  BOOST_TEST_REQUIRE((range != descriptions.end()));
  BOOST_TEST(range->signature == "(qq)");
  BOOST_TEST((range->default_value == Value(Ports{50000, 50400})));
  BOOST_TEST(!range->nillable);
}

BOOST_AUTO_TEST_CASE(the_bonjour_account_has_neither_password_nor_registration) {
  for (const char* name : {"password", "auth_username", "outbound_proxy", "registration.enabled", "msrp.relay"}) {
    BOOST_TEST(find_row(account_rows(), name));
    BOOST_TEST(!find_row(bonjour_rows(), name));
  }
  BOOST_TEST(!find_row(account_rows(), "transports"));
}

BOOST_AUTO_TEST_CASE(a_secret_goes_in_and_never_comes_out) {
  Settings<Login> login(login_rows, {}, {});
  login.set("password", std::string("hunter2"));
  BOOST_TEST(*login.current().password == "hunter2");
  BOOST_TEST(std::get<std::string>(login.get("password")).empty());
  BOOST_TEST(login.all().empty());
  BOOST_TEST((login.changes() == Changes{{"password", {std::string(), std::string()}}}));
  BOOST_TEST(refusal_of([&] { login.set("password", std::string("hunter\n2")); }).find("hunter") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
