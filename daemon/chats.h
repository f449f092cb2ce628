// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

#include "base/loop.h"
#include "config/general_settings.h"
#include "daemon/sip/dns_resolver.h"
#include "msrp/surroundings.h"

// What the chats get of the house, as plain values. Settings, resolver and trace must outlive them.
msrp::Surroundings chat_surroundings(base::Scheduler& scheduler, const config::GeneralSettings& settings,
                                     sip::DnsResolver& names, base::Trace& trace, const std::string& data_directory);
