// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/host/network_monitor.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>
#include <utility>
#include <vector>

#include "base/handle.h"
#include "base/log.h"

namespace host {
namespace {

using namespace std::chrono_literals;

constexpr auto quiet = 500ms;  // without a further change, and the burst is over

std::string text_of(const sockaddr* address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address->sa_family == AF_INET)
    inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in*>(address)->sin_addr, text.data(), text.size());
  if (address->sa_family == AF_INET6) {
    const in6_addr& six = reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr;
    if (!IN6_IS_ADDR_LINKLOCAL(&six)) inet_ntop(AF_INET6, &six, text.data(), text.size());
  }
  return text.data();
}

// Lines of /proc/net/route and ipv6_route whose destination is everything: the words at these places tell the route.
void read_default_routes(const char* path, std::size_t length_at, const std::vector<std::size_t>& told,
                         std::set<std::string>& routes) {
  constexpr std::string_view loopback = "lo";  // where IPv6 keeps "there is no route"
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    std::istringstream stream(line);
    std::vector<std::string> words;
    for (std::string word; stream >> word;) words.push_back(std::move(word));
    if (words.size() <= std::max(length_at, told.back())) continue;
    if (words[length_at].find_first_not_of('0') != std::string::npos || words[told.front()] == loopback) continue;
    std::string route;
    for (const std::size_t place : told) route += words[place] + " ";
    routes.insert(route);
  }
}

}  // namespace

Network present_network() {
  Network network;
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) == 0) {
    const base::Handle<ifaddrs, freeifaddrs> owner(list);
    for (const ifaddrs* entry = list; entry; entry = entry->ifa_next) {
      if (!entry->ifa_addr || (entry->ifa_flags & IFF_UP) == 0) continue;
      if (std::string text = text_of(entry->ifa_addr); !text.empty()) network.addresses.insert(std::move(text));
    }
  }
  // proc(5): Iface Destination Gateway Flags RefCnt Use Metric Mask; and for IPv6 the destination with its length, the
  // source with its, next hop, metric, two counters, flags, device.
  read_default_routes("/proc/net/route", 7, {0, 2, 6}, network.default_routes);
  read_default_routes("/proc/net/ipv6_route", 1, {9, 4, 5}, network.default_routes);
  return network;
}

NetworkMonitor::NetworkMonitor(base::Scheduler& scheduler, Changed changed)
    : changed_(std::move(changed)),
      network_(present_network()),
      socket_(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE)),
      burst_(scheduler) {
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  address.nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR | RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_ROUTE;
  if (!socket_ || bind(socket_.number(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0) {
    base::log::notice("changes of the network are not noticed", {{"REASON", std::strerror(errno)}});
    return;
  }
  watch_ = std::make_unique<base::Watch>(socket_, base::Watch::For::reading, [this] { drain(); });
}

// What the messages say is not read: a burst that overflows the socket (ENOBUFS) loses some of them. The network is
// looked at when it is over.
void NetworkMonitor::drain() {
  std::array<char, 16384> messages;
  ssize_t size = 0;
  do size = recv(socket_.number(), messages.data(), messages.size(), 0);
  while (size > 0 || (size < 0 && (errno == EINTR || errno == ENOBUFS)));
  if (size < 0 && errno == EAGAIN) return burst_.start(quiet, [this] { compare(); });
  base::log::warning("changes of the network are not noticed any more", {{"REASON", std::strerror(errno)}});
  watch_.reset();
}

void NetworkMonitor::compare() {
  Network now = present_network();
  if (now == network_) return;
  const Network before = std::exchange(network_, std::move(now));
  changed_(before, network_);
}

}  // namespace host
