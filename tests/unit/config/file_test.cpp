// SPDX-License-Identifier: LGPL-2.1-or-later
#include "config/file.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>

#include <boost/test/unit_test.hpp>

using namespace config;
using List = std::vector<std::string>;

namespace {

const std::string whole = R"(# A comment with "quotes" and 99999999999.
local_ip = "192.0.2.7";
user_agent = "Test \"7\"";
audio: {
  sample_rate = 16000L;
  codec_list = ["pcma", "OPUS"];
  recording_layout = "stereo";
};
/* Another: @comment */
rtp = { port_range = "40000:40100"; timeout = 0; };
sip: { udp_port = 0x13C4; transports = ("tcp"); }; // the end
bonjour: { enabled = false; audio: { codec_list = []; }; contact_user = "alice"; };
)";

Loaded read(const std::string& text) { return read_text(text, "test.conf"); }

// The only problem of a text, as it is reported.
std::string problem_of(const std::string& text) {
  const Loaded loaded = read(text);
  BOOST_TEST((loaded.general == GeneralSettings()));
  BOOST_TEST((loaded.bonjour == bonjour_defaults()));
  BOOST_TEST_REQUIRE(loaded.problems.size() == 1u, text);
  return to_text(loaded.problems.front());
}

std::string sample() {
  const char* name = std::getenv("CONFIG_SAMPLE");
  BOOST_TEST_REQUIRE(name != nullptr);
  std::ifstream file(name);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string without_comments(const std::string& text) {
  std::string kept;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);)
    if (line.find("//") == std::string::npos) kept += line + "\n";
  return kept;
}

// The sample with all its settings switched on: a setting is behind one #, a comment behind //.
std::string switched_on(std::string text) {
  std::erase(text, '#');
  return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(file)

BOOST_AUTO_TEST_CASE(a_file_is_read_into_the_groups) {
  const Loaded loaded = read(whole);
  for (const Problem& problem : loaded.problems) BOOST_ERROR(to_text(problem));
  BOOST_TEST(*loaded.general.local_ip == "192.0.2.7");
  BOOST_TEST(*loaded.general.user_agent == "Test \"7\"");
  BOOST_TEST(*loaded.general.audio.sample_rate == 16000);
  BOOST_TEST(*loaded.general.audio.codec_list == (List{"PCMA", "opus"}), boost::test_tools::per_element());
  BOOST_TEST(*loaded.general.audio.recording_layout == RecordingLayout::stereo);
  BOOST_TEST((*loaded.general.rtp.port_range == Ports{40000, 40100}));
  BOOST_TEST(*loaded.general.rtp.timeout == 0);
  BOOST_TEST(*loaded.general.sip.udp_port == 5060);
  BOOST_TEST((*loaded.general.sip.transports == std::vector{Transport::tcp}));
  BOOST_TEST(!*loaded.bonjour.enabled);
  BOOST_TEST(*loaded.bonjour.contact_user == "alice");
  BOOST_TEST(*loaded.bonjour.id == "bonjour@local");
}

BOOST_AUTO_TEST_CASE(an_unknown_or_wrong_entry_is_reported_with_its_line_and_skipped) {
  const std::vector<std::pair<std::string, std::string>> table = {
      {"\n\nvolume = 3;", "test.conf:3: there is no setting \"volume\""},
      {"audio: {\n volume = 3; };", "test.conf:2: there is no setting \"audio.volume\""},
      {"chats: { a: { b = 1; }; };", "test.conf:1: there is no setting \"chats\""},
      {"audio = 3;", "test.conf:1: audio is not a setting but a group of them: audio: { … }"},
      {"bonjour = [];", "test.conf:1: bonjour is not a setting but a group of them: bonjour: { … }"},
      {"bonjour: {\n\nid = \"a@b\"; };", "test.conf:3: id cannot be set here"},
      {"sessions: { max = 0; };", "test.conf:1: sessions.max cannot be 0: allowed is a number from 1 to 1000"},
      {"sessions: { max = 4294967297; };",
       "test.conf:1: sessions.max has a value of a wrong kind: allowed is a number from 1 to 1000"},
      {"sessions: { max = 0x100000001; };",
       "test.conf:1: sessions.max has a value of a wrong kind: allowed is a number from 1 to 1000"},
      {"sessions: { max = 1.5; };",
       "test.conf:1: sessions.max has a value of a wrong kind: allowed is a number from 1 to 1000"},
      {"sessions: { max: { a = 1; }; };",
       "test.conf:1: sessions.max has a value of a wrong kind: allowed is a number from 1 to 1000"},
      {"audio: { codec_list = [1, 2]; };",
       "test.conf:1: audio.codec_list has a value of a wrong kind: allowed is a list of one or more of opus, G722, "
       "PCMU, "
       "PCMA, each once"},
      {"rtp: { port_range = \"2:1\"; };",
       "test.conf:1: rtp.port_range cannot be 2:1: allowed is two ports from 1 to 65535, the first not above the "
       "second"},
      {"accounts = ( { id = \"a@b\"; } );",
       "test.conf:1: accounts is not a setting but a group of them: accounts: { … }"},
  };
  for (const auto& [text, problem] : table) BOOST_TEST(problem_of(text) == problem);
}

BOOST_AUTO_TEST_CASE(the_entries_around_a_wrong_one_are_read) {
  const Loaded loaded = read("sessions: { linger = 7;\n max = 0; };\nlocal_ip = \"::1\";");
  BOOST_TEST(loaded.problems.size() == 1u);
  BOOST_TEST(*loaded.general.sessions.linger == 7);
  BOOST_TEST(*loaded.general.local_ip == "::1");
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_parsed_gives_the_defaults_and_one_problem) {
  BOOST_TEST(problem_of("local_ip = \"::1\";\naudio: {") == "test.conf:2: the file is not used: syntax error");
  BOOST_TEST(problem_of("local_ip = \"::1\";\nlocal_ip = \"::1\";") ==
             "test.conf:2: the file is not used: duplicate setting name");
  BOOST_TEST(problem_of(std::string("local_ip\n\0", 10)) == "test.conf:2: the file is not used: it holds a NUL byte");
  BOOST_TEST(problem_of(std::string(longest_file + 1, ' ')) ==
             "test.conf: the file is not used: it is larger than 4 MiB");
}

BOOST_AUTO_TEST_CASE(an_include_is_refused_before_anything_is_opened) {
  for (const char* text :
       {"@include \"/etc/passwd\"\n", "\n \t@include \"a\"", "a = (\n@include \"a\"\n", "\n@include"})
    BOOST_TEST(problem_of(text).ends_with("the file is not used: @include is not allowed"));
  BOOST_TEST(read("user_agent = \"@include\";").problems.empty());
}

BOOST_AUTO_TEST_CASE(a_text_cut_at_any_byte_never_does_more_than_report) {
  for (const std::string& text : {whole, without_comments(switched_on(sample()))})
    for (std::size_t length = 0; length <= text.size(); ++length) {
      const Loaded loaded = read(text.substr(0, length));
      BOOST_TEST(loaded.problems.size() <= 1u);
    }
}

BOOST_AUTO_TEST_CASE(a_text_with_a_byte_replaced_never_does_more_than_report) {
  const std::string others = "\"\\\xff";
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string text = whole;
    text[at] = others[at % others.size()];
    BOOST_TEST(read(text).problems.size() <= 10u);
  }
}

BOOST_AUTO_TEST_CASE(deep_nesting_is_reported) {
  std::string text;
  for (int i = 0; i < 100000; ++i) text += "a:{";
  BOOST_TEST(problem_of(text).find("the file is not used") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_sample_says_the_defaults) {
  for (const std::string& text : {sample(), switched_on(sample())}) {
    const Loaded loaded = read(text);
    for (const Problem& problem : loaded.problems) BOOST_ERROR(to_text(problem));
    BOOST_TEST((loaded.general == GeneralSettings()));
    BOOST_TEST((loaded.bonjour == bonjour_defaults()));
  }
}

BOOST_AUTO_TEST_CASE(accounts_are_read_in_their_order) {
  const Loaded loaded = read(R"(default_account = "bob@example.com";
accounts: {
  password_store = "file";
  list = (
    { id = "alice@Example.com"; password = "secret"; registration: { interval = 300; }; },
    { enabled = true; id = "bob@example.com"; outbound_proxy = "p.example.com:5070;transport=tcp"; }
  );
};)");
  for (const Problem& problem : loaded.problems) BOOST_ERROR(to_text(problem));
  BOOST_TEST_REQUIRE(loaded.accounts.size() == 2u);
  BOOST_TEST(*loaded.accounts[0].id == "alice@example.com");
  BOOST_TEST(*loaded.accounts[0].password == "secret");
  BOOST_TEST(!*loaded.accounts[0].enabled);
  BOOST_TEST(*loaded.accounts[0].registration.interval == 300);
  BOOST_TEST(*loaded.accounts[1].enabled);
  BOOST_TEST(loaded.accounts[1].outbound_proxy->port == 5070u);
  BOOST_TEST((*loaded.general.accounts.password_store == PasswordPlace::file));
  BOOST_TEST(loaded.names_default_account);
  BOOST_TEST(!read("").names_default_account);
}

BOOST_AUTO_TEST_CASE(what_is_no_account_is_reported_and_the_others_are_read) {
  const std::vector<std::pair<std::string, std::string>> table = {
      {"3", "test.conf:2: an account is a group: { id = \"user@domain\"; … }"},
      {"{ enabled = true; }", "test.conf:2: an account needs an id: { id = \"user@domain\"; … }"},
      {"{ id = (); }", "test.conf:2: the id [] is not a SIP address, user@domain"},
      {"{ id = { a = 1; }; }", "test.conf:2: an account needs an id: { id = \"user@domain\"; … }"},
      {"{ id = \"a\"; }", "test.conf:2: the id \"a\" is not a SIP address, user@domain"},
      {"{ id = \"c@D\"; }", "test.conf:2: there is an account \"c@d\" already"},
      {"{ id = \"bonjour@local\"; }", "test.conf:2: there is an account \"bonjour@local\" already"},
      {"{ id = \"b@d\"; volume = 3; }", "test.conf:2: there is no setting \"volume\""},
      {"{ id = \"b@d\"; password = 3; }",
       "test.conf:2: password cannot be this: allowed is a text of 1 to 255 bytes without control characters, or empty "
       "for none"},
  };
  for (const auto& [element, problem] : table) {
    const Loaded loaded = read("accounts: { list = ( { id = \"c@d\"; },\n" + element + " ); };");
    BOOST_TEST_REQUIRE(loaded.problems.size() == 1u, element);
    BOOST_TEST(to_text(loaded.problems.front()) == problem);
    BOOST_TEST(*loaded.accounts.at(0).id == "c@d");
  }
  BOOST_TEST(problem_of("accounts: { list = { id = \"a@b\"; }; };") ==
             "test.conf:1: accounts.list is not a list of accounts: list = ( { id = \"user@domain\"; … } )");
}

BOOST_AUTO_TEST_SUITE_END()
