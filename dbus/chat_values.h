// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>

#include <sdbus-c++/Message.h>

#include "daemon/session/events.h"
#include "dbus/property_table.h"
#include "msrp/chat_stream.h"

// A chat as D-Bus carries it.
namespace dbus {

// Append the arguments of SIPSessionGotMessage, SIPSessionDidDeliverMessage and SIPSessionDidNotDeliverMessage behind
// their timestamp. Thousands of them may leave in a second, so nothing is made a variant first, and no byte is copied
// twice.
void append(sdbus::Message& signal, const session::GotMessage& event);
void append(sdbus::Message& signal, const msrp::Verdict& verdict);

// The diagnostics of a stream: see ChatTransport in the XML. Empty without one.
Dictionary to_bus(const std::optional<msrp::ChatStatistics>& statistics);

}  // namespace dbus
