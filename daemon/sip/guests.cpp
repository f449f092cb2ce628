// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/sip/guests.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <map>
#include <string>

#include "base/log.h"
#include "base/stream.h"

namespace sip {
namespace {

constexpr std::size_t usual_most = 1000;

std::uint16_t local_port(int socket) {
  sockaddr_storage storage{};
  socklen_t size = sizeof(storage);
  if (getsockname(socket, reinterpret_cast<sockaddr*>(&storage), &size) != 0) return 0;
  // Both families have it in the same place.
  return ntohs(reinterpret_cast<const sockaddr_in*>(&storage)->sin_port);
}

std::uint32_t silence_of(int socket) {
  tcp_info information{};
  socklen_t size = sizeof(information);
  return getsockopt(socket, IPPROTO_TCP, TCP_INFO, &information, &size) == 0 ? information.tcpi_last_data_recv : 0;
}

}  // namespace

std::size_t most_guests() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return usual_most;
  return std::min<std::size_t>(usual_most, limit.rlim_cur / 4);
}

void limit_guests(const std::vector<int>& sockets, const std::set<std::uint16_t>& ports, std::size_t most) {
  if (sockets.size() <= most) return;
  std::map<std::string, std::multimap<std::uint32_t, int>> guests;  // of each address, by their silence
  std::size_t count = 0;
  for (const int socket : sockets) {
    // UDP has no peer, and neither has what listens.
    const base::Peer peer = base::peer_of_socket(socket);
    if (peer.port == 0 || !ports.contains(local_port(socket))) continue;
    guests[peer.address].emplace(silence_of(socket), socket);
    ++count;
  }
  if (count <= most) return;
  base::log::warning("too many connections: those of whoever has most are closed",
                     {{"CONNECTIONS", std::to_string(count)}, {"MOST", std::to_string(most)}});
  for (; count > most; --count) {
    auto& crowd = std::max_element(guests.begin(), guests.end(), [](const auto& one, const auto& other) {
                    return one.second.size() < other.second.size();
                  })->second;
    const auto last = std::prev(crowd.end());
    shutdown(last->second, SHUT_RDWR);  // the library sees the end of the stream
    crowd.erase(last);
  }
}

}  // namespace sip
