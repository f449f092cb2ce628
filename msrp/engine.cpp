// SPDX-License-Identifier: LGPL-2.1-or-later
#include "msrp/engine.h"

#include <utility>

#include "base/error.h"
#include "base/log.h"
#include "msrp/stream.h"

namespace msrp {

Engine::Engine(Surroundings surroundings) : surroundings_(std::move(surroundings)) {}

std::unique_ptr<ChatStream> Engine::create_stream(const ChatRequest& request, ChatStreamListener& listener) {
  return std::make_unique<Stream>(Stream::House{surroundings_, budget_, listener_, connections_}, request, listener);
}

void Engine::reload_identity() {
  if (!surroundings_.tls) return;
  try {
    surroundings_.tls->set_identity(surroundings_.identity());
    connections_.forget();
  } catch (const base::Error& error) {
    base::log::error("the files of TLS for chats stay as they were", {{"REASON", error.what()}});
  }
}

}  // namespace msrp
