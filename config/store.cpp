// SPDX-License-Identifier: LGPL-2.1-or-later
#include "config/store.h"

#include "base/error.h"

namespace config {
namespace {

// Somebody will want to see what is in a file that we cannot read. A failure to keep it is only told.
std::string keep_copy(const std::filesystem::path& file, const std::string& text) {
  const std::string copy = file.string() + ".broken";
  const auto kept = read_private_file(copy, longest_file);
  if (kept && kept->text == text) return "a copy is in " + copy;
  try {
    replace_private_file(copy, text);
    return "a copy is in " + copy;
  } catch (const base::Error& error) {
    return std::string("no copy of it is kept: ") + error.what();
  }
}

}  // namespace

Loaded Store::read() {
  const auto contents = read_private_file(file_, longest_file);
  Loaded loaded;
  if (contents && contents->fault.empty()) loaded = read_text(contents->text, file_.string());
  if (contents && !contents->fault.empty()) {
    loaded.usable = false;
    loaded.problems.push_back({file_.string(), 0, "the file is not used: " + contents->fault});
  }
  if (contents)
    for (const std::string& warning : contents->warnings) loaded.problems.push_back({file_.string(), 0, warning});
  stamp_ = contents ? contents->stamp : Stamp();
  fault_ = loaded.usable ? "" : to_text(loaded.problems.front());
  if (loaded.usable)
    strays_ = loaded.strays;
  else if (contents->fault.empty() && contents->text.size() <= longest_file)
    loaded.problems.push_back({file_.string(), 0, keep_copy(file_, contents->text)});
  return loaded;
}

void Store::require_writable() const {
  const Stamp found = stamp_of(file_);
  // Where there is no file nothing can be lost.
  if (found == Stamp() || (found == stamp_ && fault_.empty())) return;
  throw base::Error(base::Errc::config_failure,
                    (found == stamp_ ? fault_ : file_.string() + " was changed by somebody else") +
                        "; nothing is written before it is in order and read again (reload), or moved away");
}

void Store::write(const Picture& picture) {
  require_writable();
  const std::string text = to_file(picture, strays_);
  if (text.size() > longest_file)
    throw base::Error(base::Errc::config_failure, file_.string() + " would be larger than 4 MiB");
  stamp_ = replace_private_file(file_, text);
  fault_.clear();
}

}  // namespace config
