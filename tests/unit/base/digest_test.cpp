// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/digest.h"

#include <boost/test/unit_test.hpp>

using base::DigestAnswers;
using base::DigestChallenge;
using base::DigestHash;

namespace {

using Parameters = std::vector<std::string_view>;

const std::string mufasa = "Mufasa";
constexpr base::DigestRequest get_index{"GET", "/dir/index.html"};

DigestChallenge challenge(const Parameters& parameters) {
  const auto result = DigestChallenge::from_parameters(parameters);
  BOOST_REQUIRE(result.has_value());
  return *result;
}

DigestChallenge simple(const std::string& nonce, bool stale = false, const std::string& algorithm = "MD5") {
  DigestChallenge result =
      challenge({R"(realm="r")", R"(nonce="x")", R"(qop="auth")", stale ? "stale=TRUE" : "stale=false"});
  result.nonce = nonce;
  if (algorithm == "SHA-256") result.hash = DigestHash::sha256;
  if (algorithm == "SHA-512-256") result.hash = DigestHash::sha512_256;
  return result;
}

std::string answer(DigestAnswers& answers) {
  static const std::string name = "alice";
  static const std::string password = "secret";
  return answers.answer({name, password}, {"REGISTER", "sip:example.com"}, "c");
}

std::string parameter(const std::string& text, const std::string& name) {
  auto at = text.find(name + "=");
  if (at == std::string::npos) return "";
  at += name.size() + 1;
  return base::unquoted(text.substr(at, text.find(',', at) - at));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(digest)

BOOST_AUTO_TEST_CASE(the_example_of_rfc_2617) {
  DigestAnswers answers;
  const std::string password = "Circle Of Life";
  answers.take(
      challenge({R"(realm="testrealm@host.com")", R"(qop="auth,auth-int")",
                 R"(nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093")", R"(opaque="5ccc069c403ebaf9f0171e9517f40e41")"}));
  const std::string text = answers.answer({mufasa, password}, get_index, "0a4f113b");
  BOOST_TEST(text == R"(username="Mufasa", realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", )"
                     R"(uri="/dir/index.html", response="6629fae49393a05397450978507c4ef1", )"
                     R"(opaque="5ccc069c403ebaf9f0171e9517f40e41", qop=auth, nc=00000001, cnonce="0a4f113b")");
}

BOOST_AUTO_TEST_CASE(a_server_of_rfc_2069_gets_no_count) {
  DigestAnswers answers;
  const std::string password = "Circle Of Life";
  answers.take(challenge({R"(realm="testrealm@host.com")", R"(nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093")"}));
  const std::string text = answers.answer({mufasa, password}, get_index, "0a4f113b");
  BOOST_TEST(parameter(text, "response") == "670fd8c2df070c60b045671b8b24ff02");
  BOOST_TEST(parameter(text, "nc") == "");
  BOOST_TEST(parameter(text, "qop") == "");
}

BOOST_AUTO_TEST_CASE(the_examples_of_rfc_7616) {
  const std::string password = "Circle of Life";
  for (const auto& [algorithm, response] :
       {std::pair{"algorithm=MD5", "8ca523f5e9506fed4657c9700eebdbec"},
        std::pair{"algorithm=SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"}}) {
    DigestAnswers answers;
    answers.take(challenge({R"(realm="http-auth@example.org")", R"(qop="auth, auth-int")", algorithm,
                            R"(nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v")"}));
    const std::string text =
        answers.answer({mufasa, password}, get_index, "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ");
    BOOST_TEST(parameter(text, "response") == response);
    BOOST_TEST("algorithm=" + parameter(text, "algorithm") == algorithm);
  }
}

BOOST_AUTO_TEST_CASE(the_example_of_rfc_7616_with_sha_512_256_as_its_erratum_4897_mends_it) {
  DigestAnswers answers;
  const std::string name = "J\u00e4s\u00f8n Doe";
  const std::string password = "Secret, or not?";
  answers.take(challenge({R"(realm="api@example.org")", R"(qop="auth")", "algorithm=SHA-512-256",
                          R"(nonce="5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK")"}));
  const std::string text =
      answers.answer({name, password}, {"GET", "/doe.json"}, "NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v");
  BOOST_TEST(parameter(text, "response") == "3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5");
}

BOOST_AUTO_TEST_CASE(the_session_algorithms_mix_both_nonces_into_the_secret) {
  DigestAnswers answers;
  answers.take(challenge({R"(realm="r")", R"(nonce="n")", "qop=auth", "algorithm=MD5-sess"}));
  // md5(md5(md5(alice:r:secret):n:c):n:00000001:c:auth:md5(REGISTER:sip:example.com))
  BOOST_TEST(parameter(answer(answers), "response") == "a02aea2481493342833ca6e7da519837");
}

BOOST_AUTO_TEST_CASE(what_cannot_be_answered_is_no_challenge) {
  const std::string long_nonce = "nonce=\"" + std::string(10240, 'n') + "\"";
  for (const Parameters& parameters :
       {Parameters{}, Parameters{R"(realm="r")"}, Parameters{R"(nonce="n")"}, Parameters{R"(realm="r")", R"(nonce="")"},
        Parameters{R"(realm="r")", R"(nonce="n")", "algorithm=SHA1"},
        Parameters{R"(realm="r")", R"(nonce="n")", R"(qop="auth-int")"},
        Parameters{R"(realm="r")", R"(nonce="n")", "algorithm=MD5-sess"}, Parameters{R"(realm="r")", long_nonce},
        Parameters{R"(realm="r)"
                   "\r\n"
                   R"(X: y")",
                   R"(nonce="n")"},
        Parameters{"realm=\"\xff\"", R"(nonce="n")"}, Parameters{"", "=", "realm", R"(nonce="n")"}})
    BOOST_TEST(!DigestChallenge::from_parameters(parameters).has_value());
}

BOOST_AUTO_TEST_CASE(names_are_quoted_and_no_case_matters) {
  DigestAnswers answers;
  answers.take(challenge({R"(REALM="a \"b\" \\ c")", R"(Nonce = "n")", "Algorithm=md5", "QOP=\"AUTH\""}));
  BOOST_TEST(answers.realm() == R"(a "b" \ c)");
  const std::string name = R"(al"ice)";
  const std::string password = "p";
  const std::string text = answers.answer({name, password}, {"A", "b"}, "c");
  BOOST_TEST(text.find(R"(username="al\"ice", realm="a \"b\" \\ c")") == 0u);
  BOOST_TEST(parameter(text, "algorithm") == "md5");
}

BOOST_AUTO_TEST_CASE(the_count_goes_up_and_starts_again_with_a_new_nonce) {
  DigestAnswers answers;
  answers.take(simple("one"));
  BOOST_TEST(parameter(answer(answers), "nc") == "00000001");
  BOOST_TEST(parameter(answer(answers), "nc") == "00000002");
  BOOST_TEST(answers.take(simple("two")));
  const std::string text = answer(answers);
  BOOST_TEST(parameter(text, "nonce") == "two");
  BOOST_TEST(parameter(text, "nc") == "00000001");
}

BOOST_AUTO_TEST_CASE(the_strongest_of_several_challenges_is_answered_whatever_their_order) {
  for (const auto& order : {std::vector<std::string>{"MD5", "SHA-512-256", "SHA-256"},
                            std::vector<std::string>{"SHA-512-256", "SHA-256", "MD5"}}) {
    DigestAnswers answers;
    for (const std::string& algorithm : order) BOOST_TEST(answers.take(simple(algorithm, false, algorithm)));
    BOOST_TEST(parameter(answer(answers), "nonce") == "SHA-512-256");
  }
}

BOOST_AUTO_TEST_CASE(an_answer_that_was_refused_is_given_again_only_when_the_nonce_was_stale_and_once) {
  DigestAnswers answers;
  BOOST_TEST(answers.take(simple("one")));
  answer(answers);
  BOOST_TEST(!answers.take(simple("two")));
  BOOST_TEST(answers.take(simple("three", true)));
  answer(answers);
  BOOST_TEST(!answers.take(simple("four", true)));
  BOOST_TEST(!answers.take(simple("five")));
}

BOOST_AUTO_TEST_CASE(a_nonce_that_was_good_for_long_may_be_replaced_by_a_server_that_says_nothing_of_stale) {
  DigestAnswers answers;
  answers.take(simple("one"));
  answer(answers);
  answer(answers);
  BOOST_TEST(answers.take(simple("two")));
  answer(answers);
  BOOST_TEST(!answers.take(simple("three")));
}

BOOST_AUTO_TEST_CASE(client_nonces_differ) {
  BOOST_TEST(base::new_client_nonce().size() == 32u);
  BOOST_TEST(base::new_client_nonce() != base::new_client_nonce());
}

BOOST_AUTO_TEST_SUITE_END()
