// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/loop.h"
#include "daemon/sip/name_servers.h"
#include "daemon/sip/resolver.h"

namespace sip {

struct DnsSettings {
  // Those to ask; none: those of resolv_conf.
  std::function<std::vector<NameServer>()> name_servers;
  // Whether packets can leave towards the numeric address at all.
  std::function<bool(const std::string& address)> reachable;
  std::string resolv_conf = "/etc/resolv.conf";
  std::string hosts = "/etc/hosts";
};

// Looks names up in the hosts file and by DNS. Each lookup reads the files of the system anew and opens sockets of its
// own: nothing of a name server that was restarted or replaced is left behind.
class DnsResolver : public Resolver {
 public:
  DnsResolver(base::Scheduler& scheduler, DnsSettings settings);
  ~DnsResolver() override;

  // The resolver must outlive the lookup.
  std::unique_ptr<Lookup> look_up(const Uri& uri, const std::vector<std::string>& transports,
                                  std::function<void(const Found&)> done) override;

  // The servers that a domain names for a service ("_msrps._tcp") of TLS. Otherwise as look_up().
  std::unique_ptr<Lookup> look_up_service(const std::string& service, const std::string& domain,
                                          std::function<void(const Found&)> done);

  // For the lookups: the name servers, the one that answered last first.
  std::vector<NameServer> name_servers() const;
  void set_good_server(const NameServer& server) { good_server_ = server; }
  std::string hosts() const;

 private:
  base::Scheduler& scheduler_;
  const DnsSettings settings_;
  NameServer good_server_;
};

}  // namespace sip
