// SPDX-License-Identifier: LGPL-2.1-or-later
#include "msrp/letter.h"

#include "base/error.h"
#include "msrp/text.h"

namespace msrp {

bool accepts_wrapped(const AcceptedTypes& types, std::string_view content_type) {
  return types.wrapped.empty() || accepts(types.wrapped, content_type) || accepts(types.bare, content_type);
}

std::optional<Draft> pack(Letter letter, const AcceptedTypes& peer) {
  if (!is_content_type(letter.content_type))
    throw base::Error(base::Errc::invalid_argument, "the content type is none");
  if (accepts(peer.bare, cpim_type) && accepts_wrapped(peer, letter.content_type)) {
    Cpim wrapper;
    wrapper.from = std::move(letter.from);
    wrapper.to.push_back(std::move(letter.to));
    wrapper.date_time = letter.date_time;
    wrapper.content_type = std::move(letter.content_type);
    wrapper.content = std::move(letter.content);
    return Draft{std::string(cpim_type), to_text(wrapper)};
  }
  if (letter.to_another || !accepts(peer.bare, letter.content_type)) return {};
  return Draft{std::move(letter.content_type), std::move(letter.content)};
}

}  // namespace msrp
