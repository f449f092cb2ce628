// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "config/rules.h"
#include "config/servers.h"

// The types of the settings.
namespace config {

using Flag = Checked<FlagRule>;
using Port = Checked<PortRule>;              // 0: any
using PortRange = Checked<PortRangeRule>;    // 1 to 65535, start not above end
using Path = Checked<PathRule>;              // absolute
using Text = Checked<TextRule>;              // one line for people: a name, a device, a product
using IpAddress = Checked<IpAddressRule>;    // "auto", or numeric and canonical
using Token = Checked<TokenRule>;            // RFC 3261, 25.1
using SipAddress = Checked<SipAddressRule>;  // user@domain, the domain in lower case
using Codecs = Checked<CodecsRule>;          // ordered, as SDP names them
using Transports = Checked<TransportsRule>;  // ordered
using RecordingForm = Checked<ChoiceRule<RecordingLayout>>;
using SrtpEncryption = Checked<ChoiceRule<Encryption>>;
using PasswordStore = Checked<ChoiceRule<PasswordPlace>>;
using MsrpTransport = Checked<ChoiceRule<Transport, Transport::tls, Transport::tcp>>;
using MimeTypes = Checked<MimeTypesRule>;      // patterns, in lower case
using SoundFile = Checked<SoundRule>;          // a path, or a name below resources_directory; and a volume
using HostName = Checked<HostNameRule>;        // in lower case
using Server = Checked<ServerRule>;            // read its parts: proxy->host, proxy->port, proxy->transport
using Relay = Checked<RelayRule>;              // the same, never over UDP
using StunServers = Checked<StunServersRule>;  // ordered
using NameServers = Checked<NameServersRule>;  // ordered, numeric
using SampleRate = Checked<OneOfRule<8000, 16000, 48000>>;  // Hz
template <std::int32_t least, std::int32_t most>
using Number = Checked<NumberRule<least, most>>;

}  // namespace config
