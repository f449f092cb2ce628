// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <vector>

#include "config/general_settings.h"
#include "daemon/sip/leg.h"
#include "daemon/sip/uri.h"

// What a client or a peer asks for, checked before anything is changed.
namespace session {

// Throws Error{invalid_uri}, or Error{no_transport} for sips where we do not listen on TLS.
sip::Uri checked_callee(const std::string& text, const sip::LegFactory& legs);

// What Call takes: a SIP URI, a bare user, a tel URI or a number; the latter three get the domain. Throws
// Error{invalid_uri}, also when there is no domain to give.
std::string completed_callee(const std::string& text, const std::string& domain);

// Those of sip.transports that we listen on, in its order.
std::vector<std::string> usable_transports(const config::GeneralSettings& settings, const sip::LegFactory& legs);

// Ports and transports filled in. Throws Error{invalid_argument, no_transport}; secure, for sips: for all but TLS.
std::vector<sip::Route> checked_routes(const std::vector<sip::Route>& routes, const sip::LegFactory& legs,
                                       bool secure = false);

// The one route that the URI itself names by an address; none when it must be looked up. Throws Error{no_transport}.
std::vector<sip::Route> routes_of(const sip::Uri& uri, const std::vector<std::string>& transports);

}  // namespace session
