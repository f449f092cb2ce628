// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <vector>

struct x509_st;

namespace base {

// Who we are and whom we believe, as texts of PEM.
struct Identity {
  std::string certificates;  // our own and those that lead from it to an authority
  std::string key;
  std::string authorities;  // empty: those of the system
};

// A certificate and its key, of our own making, both in PEM: EC P-256, good for ten years, and nobody vouches for it.
std::string make_certificate(const std::string& name);

// What is wrong with the texts of PEM, or "": a chain of certificates, the key of its first, authorities.
std::string fault_of_identity(const std::string& certificates, const std::string& key);
std::string fault_of_authorities(const std::string& certificates);

// For whom a server's certificate is (RFC 5922, 7.1): the DNS names and SIP domains of its alternative names, or, where
// there are none, its common name.
std::vector<std::string> names_of_certificate(const x509_st* certificate);

// Why a server that should be `name` is not believed, or "". `verdict` is OpenSSL's, X509_V_OK or what it found.
std::string fault_of_certificate(const x509_st* certificate, long verdict, const std::string& name);

// The same of a host that may also be an address, IPv6 with or without brackets: then an address among the alternative
// names alone proves it (RFC 2818, 3.1). For SIP no address is a name.
std::string fault_of_certificate_of_host(const x509_st* certificate, long verdict, const std::string& host);

}  // namespace base
