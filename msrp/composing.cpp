// SPDX-License-Identifier: LGPL-2.1-or-later
#include "msrp/composing.h"

#include <glib.h>

#include "base/handle.h"
#include "base/text.h"

namespace msrp {
namespace {

using base::Handle;

// GMarkup knows no name spaces: a prefix is anybody's choice.
std::string_view local_name(std::string_view name) {
  const auto colon = name.find(':');
  return colon == name.npos ? name : name.substr(colon + 1);
}

// What GMarkup tells, element by element. It knows no entities but the five of XML, and no external ones.
class Reader {
 public:
  void begin(std::string_view name) {
    ++depth_;
    element_ = depth_ == 2 ? local_name(name) : "";
    if (depth_ == 1) is_composing_ = local_name(name) == "isComposing";
  }

  void end() {
    --depth_;
    element_.clear();
  }

  void text(std::string_view text) {
    const std::string_view value = base::trim(text);
    if (element_ == "state") {
      has_state_ = true;
      composing_.active = value == "active";
    } else if (element_ == "contenttype") {
      composing_.content_type = value;
    } else if (element_ == "refresh") {
      composing_.refresh = base::to_number<std::uint32_t>(value).value_or(0);
    } else if (element_ == "lastactive") {
      composing_.last_active = value;
    }
  }

  // RFC 3994, 4: the state is the one element that must be there.
  std::optional<Composing> result() const {
    return is_composing_ && has_state_ ? std::optional(composing_) : std::nullopt;
  }

 private:
  Composing composing_;
  unsigned depth_ = 0;
  std::string element_;  // the child of the root that is open
  bool is_composing_ = false;
  bool has_state_ = false;
};

void on_start(GMarkupParseContext*, const char* name, const char**, const char**, void* reader, GError**) noexcept {
  static_cast<Reader*>(reader)->begin(name);
}
void on_end(GMarkupParseContext*, const char*, void* reader, GError**) noexcept { static_cast<Reader*>(reader)->end(); }
void on_text(GMarkupParseContext*, const char* text, gsize size, void* reader, GError**) noexcept {
  static_cast<Reader*>(reader)->text({text, size});
}

constexpr GMarkupParser callbacks{on_start, on_end, on_text, nullptr, nullptr};

void append_element(const char* name, const std::string& text, std::string& out) {
  const Handle<char, g_free> escaped(g_markup_escape_text(text.data(), static_cast<gssize>(text.size())));
  out.append("<").append(name).append(">").append(escaped.get()).append("</").append(name).append(">\n");
}

}  // namespace

std::optional<Composing> composing_from_text(std::string_view xml) {
  if (xml.size() > longest_composing) return {};
  Reader reader;
  const Handle<GMarkupParseContext, g_markup_parse_context_free> context(
      g_markup_parse_context_new(&callbacks, GMarkupParseFlags{}, &reader, nullptr));
  if (!g_markup_parse_context_parse(context.get(), xml.data(), static_cast<gssize>(xml.size()), nullptr)) return {};
  if (!g_markup_parse_context_end_parse(context.get(), nullptr)) return {};
  return reader.result();
}

std::string to_text(const Composing& composing) {
  std::string out =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<isComposing xmlns=\"urn:ietf:params:xml:ns:im-iscomposing\">\n";
  append_element("state", composing.active ? "active" : "idle", out);
  if (!composing.last_active.empty()) append_element("lastactive", base::to_utf8(composing.last_active), out);
  if (!composing.content_type.empty()) append_element("contenttype", base::to_utf8(composing.content_type), out);
  if (composing.refresh != 0) append_element("refresh", std::to_string(composing.refresh), out);
  return out + "</isComposing>\n";
}

}  // namespace msrp
