// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/certificate.h"

#include <boost/test/unit_test.hpp>

#include <openssl/pem.h>
#include <openssl/x509_vfy.h>

#include "base/handle.h"
#include "tests/support/authority.h"

namespace {

using Certificate = base::Handle<X509, X509_free>;

Certificate parsed(const std::string& text) {
  const base::Handle<BIO, BIO_free_all> memory(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  return Certificate(PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(certificate)

BOOST_AUTO_TEST_CASE(what_we_make_is_a_certificate_with_its_key_for_the_name) {
  const std::string text = base::make_certificate("desk.example.test");
  BOOST_TEST(base::fault_of_identity(text, text) == "");
  BOOST_TEST(base::fault_of_authorities(text) == "");
  const Certificate one = parsed(text);
  BOOST_REQUIRE(one);
  BOOST_TEST(base::names_of_certificate(one.get()) == std::vector<std::string>{"desk.example.test"},
             boost::test_tools::per_element());
  BOOST_TEST(X509_cmp_current_time(X509_get0_notBefore(one.get())) < 0);
  time_t nine_years = time(nullptr) + 9L * 365 * 24 * 3600;
  BOOST_TEST(X509_cmp_time(X509_get0_notAfter(one.get()), &nine_years) > 0);
}

BOOST_AUTO_TEST_CASE(two_that_we_make_differ) {
  BOOST_TEST(base::make_certificate("a.test") != base::make_certificate("a.test"));
}

BOOST_AUTO_TEST_CASE(a_long_name_is_kept_whole) {
  const std::string name = std::string(60, 'a') + "." + std::string(60, 'b') + ".test";
  BOOST_TEST(base::names_of_certificate(parsed(base::make_certificate(name)).get()).front() == name);
}

BOOST_AUTO_TEST_CASE(what_is_no_certificate_or_no_key_is_told_apart) {
  const std::string ours = base::make_certificate("a.test");
  const std::string other = base::make_certificate("a.test");
  BOOST_TEST(base::fault_of_identity("", ours) == "holds no certificate in PEM");
  BOOST_TEST(base::fault_of_identity("-----BEGIN CERTIFICATE-----\nAAAA\n", ours) == "holds no certificate in PEM");
  BOOST_TEST(base::fault_of_identity(ours, "nothing") == "holds no private key in PEM without a passphrase");
  BOOST_TEST(base::fault_of_identity(ours, other) == "the private key is not that of the certificate");
  BOOST_TEST(base::fault_of_authorities("nothing") == "holds no certificate in PEM");
}

BOOST_AUTO_TEST_CASE(a_server_is_believed_by_its_name_alone) {
  const Certificate one = parsed(base::make_certificate("sip.example.test"));
  BOOST_TEST(base::fault_of_certificate(one.get(), X509_V_OK, "SIP.example.TEST") == "");
  BOOST_TEST(base::fault_of_certificate(one.get(), X509_V_OK, "example.test") ==
             "its certificate is for sip.example.test");
  BOOST_TEST(base::fault_of_certificate(nullptr, X509_V_OK, "example.test") == "it has no certificate");
  const Certificate star = parsed(base::make_certificate("*.example.test"));
  BOOST_TEST(base::fault_of_certificate(star.get(), X509_V_OK, "sip.example.test") ==
             "its certificate is for *.example.test");
}

BOOST_AUTO_TEST_CASE(an_address_is_believed_by_an_address_alone) {
  const test::Authority authority;
  const auto fault = [&](const test::Issue& issue, const std::string& name) {
    return base::fault_of_certificate_of_host(parsed(authority.issue(issue)).get(), X509_V_OK, name);
  };
  const test::Issue both{.alternative_names = "IP:192.0.2.1,IP:2001:db8::1"};
  for (const char* address : {"192.0.2.1", "2001:db8::1", "[2001:db8::1]", "2001:DB8:0::1"})
    BOOST_TEST(fault(both, address) == "", address);
  BOOST_TEST(fault(both, "192.0.2.2") == "its certificate is not for 192.0.2.2");
  BOOST_TEST(fault(both, "[2001:db8::2]") == "its certificate is not for 2001:db8::2");
  BOOST_TEST(fault(both, "example.test") == "its certificate is for a server");
  BOOST_TEST(fault({.alternative_names = "DNS:example.test,IP:192.0.2.1"}, "example.test") == "");
  const auto one = parsed(authority.issue(both));
  BOOST_TEST(base::fault_of_certificate_of_host(one.get(), X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, "192.0.2.1") ==
             "its certificate is self-signed");
  BOOST_TEST(base::fault_of_certificate_of_host(nullptr, X509_V_OK, "192.0.2.1") == "it has no certificate");
  // For SIP it is no name (RFC 5922, 7.1).
  BOOST_TEST(base::fault_of_certificate(one.get(), X509_V_OK, "192.0.2.1") == "its certificate is for a server");
  // Names are no addresses, whatever they look like.
  for (const std::string address : {"192.0.2.1", "2001:db8::1"})
    for (const test::Issue& issue : {test::Issue{.common_name = address},
                                     {.alternative_names = "DNS:" + address},
                                     {.alternative_names = "URI:sip:" + address}})
      BOOST_TEST(fault(issue, address) == "its certificate is not for " + address);
}

BOOST_AUTO_TEST_CASE(each_fault_of_a_chain_has_its_own_sentence) {
  const Certificate one = parsed(base::make_certificate("a.test"));
  const auto fault = [&](long verdict) { return base::fault_of_certificate(one.get(), verdict, "a.test"); };
  BOOST_TEST(fault(X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT) == "its certificate is self-signed");
  BOOST_TEST(fault(X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY) ==
             "its certificate is signed by an authority that is not trusted here: tls.ca_list_file");
  BOOST_TEST(fault(X509_V_ERR_CERT_HAS_EXPIRED) == "the certificate of its authority has expired");
  X509_gmtime_adj(X509_getm_notAfter(one.get()), -3600);
  BOOST_TEST(fault(X509_V_ERR_CERT_HAS_EXPIRED).starts_with("its certificate expired on 20"));
  BOOST_TEST(fault(X509_V_ERR_CERT_NOT_YET_VALID).starts_with("its certificate is not valid before 20"));
  BOOST_TEST(fault(X509_V_ERR_CERT_REVOKED) == "its certificate does not hold: certificate revoked");
}

BOOST_AUTO_TEST_SUITE_END()
