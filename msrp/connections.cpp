// SPDX-License-Identifier: LGPL-2.1-or-later
#include "msrp/connections.h"

namespace msrp {

std::shared_ptr<Connection> Connections::find(const Target& target) const {
  for (auto [one, end] = made_.equal_range(target); one != end; ++one)
    if (auto connection = one->second.lock(); connection && connection->lives()) return connection;
  return nullptr;
}

void Connections::add(const Target& target, const std::shared_ptr<Connection>& connection) {
  std::erase_if(made_, [](const auto& one) { return one.second.expired(); });
  made_.emplace(target, connection);
}

void Connections::remove(const Connection& connection) {
  std::erase_if(made_, [&](const auto& one) { return one.second.lock().get() == &connection; });
}

}  // namespace msrp
