// SPDX-License-Identifier: LGPL-2.1-or-later
#include "config/file.h"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <limits>
#include <system_error>

#include <libconfig.h++>

#include "base/text.h"

namespace config {
namespace {

using libconfig::Setting;

constexpr std::size_t size_limit = 1 << 20;

// Writes down what is wrong in one file.
class Report {
 public:
  Report(std::string file, std::vector<Problem>& problems) : file_(std::move(file)), problems_(problems) {}

  void add(unsigned line, std::string sentence) { problems_.push_back({file_, line, std::move(sentence)}); }
  void add(const Setting& entry, std::string sentence) { add(entry.getSourceLine(), std::move(sentence)); }

 private:
  std::string file_;
  std::vector<Problem>& problems_;
};

// libconfig opens any path that an @include names, so that no text with one may reach it. It knows the word at the
// beginning of a line only; a line of a comment or of a text that looks like one is refused as well.
unsigned line_of_include(std::string_view text) {
  unsigned line = 1;
  for (std::size_t at = 0; at < text.size(); ++line) {
    const auto end = std::min(text.find('\n', at), text.size());
    if (base::trim(text.substr(at, end - at)).starts_with("@include")) return line;
    at = end + 1;
  }
  return 0;
}

// The place just behind the comment or the quoted text that begins here; the same place when none does.
std::size_t skip(std::string_view text, std::size_t at) {
  const std::string_view rest = text.substr(at);
  const auto behind = [&](std::size_t found, std::size_t length) {
    return found == rest.npos ? text.size() : at + found + length;
  };
  if (rest.starts_with('#') || rest.starts_with("//")) return behind(rest.find('\n'), 1);
  if (rest.starts_with("/*")) return behind(rest.find("*/", 2), 2);
  if (!rest.starts_with('"')) return at;
  std::size_t end = 1;
  while (end < rest.size() && rest[end] != '"') end += rest[end] == '\\' ? 2 : 1;
  return std::min(text.size(), at + end + 1);
}

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || c == '*'; }

bool is_integer(std::string_view word) {
  if (word.starts_with("0x") || word.starts_with("0X"))
    return word.find_first_not_of("0123456789abcdefABCDEF", 2) == word.npos;
  return word.find_first_not_of("0123456789") == word.npos;
}

// libconfig cuts a number above 32 bits down to some other number; with an L it keeps it, and we can refuse it.
std::string with_marked_numbers(std::string_view text) {
  std::string marked;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t behind = skip(text, at);
    const auto word_end = std::find_if_not(text.begin() + static_cast<std::ptrdiff_t>(at), text.end(), is_word);
    const std::string_view word = text.substr(at, static_cast<std::size_t>(word_end - text.begin()) - at);
    const std::size_t length = behind != at ? behind - at : std::max<std::size_t>(word.size(), 1);
    marked += text.substr(at, length);
    if (behind == at && is_integer(word) && word.size() > 9) marked += 'L';
    at += length;
  }
  return marked;
}

std::optional<Value> integer_value(const Setting& entry) {
  // libconfig reads an int only as an int, and a long only as a long.
  const long long number =
      entry.getType() == Setting::TypeInt ? static_cast<int>(entry) : static_cast<long long>(entry);
  if (number < std::numeric_limits<std::int32_t>::min() || number > std::numeric_limits<std::int32_t>::max()) return {};
  return static_cast<std::int32_t>(number);
}

std::optional<Value> list_value(const Setting& entry) {
  std::vector<std::string> texts;
  for (int i = 0; i < entry.getLength(); ++i) {
    if (entry[i].getType() != Setting::TypeString) return {};
    texts.emplace_back(entry[i].c_str());
  }
  return texts;
}

// The entry in the shape of the setting, or in the one that it has; nothing if no setting has its like.
std::optional<Value> value_of(const Setting& entry, const Value& shape) {
  switch (entry.getType()) {
    case Setting::TypeBoolean: return static_cast<bool>(entry);
    case Setting::TypeInt:
    case Setting::TypeInt64: return integer_value(entry);
    case Setting::TypeString:
      if (std::holds_alternative<Ports>(shape))
        if (const auto ports = ports_from_text(entry.c_str())) return *ports;
      if (std::holds_alternative<Sound>(shape)) return sound_from_text(entry.c_str()).value_or(Sound{});
      return std::string(entry.c_str());
    case Setting::TypeArray:
    case Setting::TypeList: return list_value(entry);
    default: return {};
  }
}

template <typename Group>
void read_entry(const Setting& entry, const Row<Group>& row, Group& group, Report& report) {
  const auto value = value_of(entry, row.get(group));
  if (row.nature.write_once)
    report.add(entry, row.name + " cannot be set here");
  else if (!value)
    report.add(entry, row.name + " has a value of a wrong kind: allowed is " + row.allowed);
  else if (!row.set(group, *value))
    report.add(entry, refusal(row, *value));
}

template <typename Group>
bool has_group(const Rows<Group>& rows, const std::string& prefix) {
  return std::any_of(rows.begin(), rows.end(), [&](const auto& row) { return row.name.starts_with(prefix); });
}

// Reads the entries of one libconfig group, whose settings have names with this prefix; except are read elsewhere.
template <typename Group>
void read_group(const Setting& entries, const std::string& prefix, const Rows<Group>& rows, Group& group,
                Report& report, const std::vector<std::string>& except = {}) {
  for (int i = 0; i < entries.getLength(); ++i) {
    const Setting& entry = entries[i];
    const std::string name = prefix + entry.getName();
    if (std::find(except.begin(), except.end(), name) != except.end()) continue;
    if (const Row<Group>* row = find_row(rows, name))
      read_entry(entry, *row, group, report);
    else if (!has_group(rows, name + "."))
      report.add(entry, "there is no setting " + text_of(name));
    else if (entry.isGroup())
      read_group(entry, name + ".", rows, group, report, except);
    else
      report.add(entry, name + " is not a setting but a group of them: " + name + ": { … }");
  }
}

void read_root(const Setting& root, Loaded& loaded, Report& report) {
  read_group(root, "", general_rows(), loaded.general, report, {"bonjour", "accounts.list"});
  if (root.exists("bonjour")) {
    const Setting& bonjour = root["bonjour"];
    if (bonjour.isGroup())
      read_group(bonjour, "", bonjour_rows(), loaded.bonjour, report);
    else
      report.add(bonjour, "bonjour is not a setting but a group of them: bonjour: { … }");
  }
  if (root.exists("accounts") && root["accounts"].isGroup() && root["accounts"].exists("list"))
    report.add(root["accounts"]["list"], "accounts are not read by this version");
}

void parse(std::string_view text, Loaded& loaded, Report& report) {
  libconfig::Config file;
  try {
    file.readString(with_marked_numbers(text));
    read_root(file.getRoot(), loaded, report);
  } catch (const libconfig::ParseException& fault) {
    report.add(static_cast<unsigned>(fault.getLine()), std::string("the file is not used: ") + fault.getError());
  }
}

}  // namespace

std::string to_text(const Problem& problem) {
  return problem.file + (problem.line != 0 ? ":" + std::to_string(problem.line) : "") + ": " + problem.sentence;
}

Loaded read_text(std::string_view text, const std::string& name) {
  Loaded loaded;
  Report report(name, loaded.problems);
  const auto nul = text.find('\0');
  if (text.size() > size_limit)
    report.add(0, "the file is not used: it is larger than 1 MiB");
  else if (nul != text.npos)
    report.add(
        static_cast<unsigned>(1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(nul), '\n')),
        "the file is not used: it holds a NUL byte");
  else if (const unsigned line = line_of_include(text))
    report.add(line, "the file is not used: @include is not allowed");
  else
    parse(text, loaded, report);
  return loaded;
}

Loaded read_file(const std::filesystem::path& path) {
  Loaded loaded;
  Report report(path.string(), loaded.problems);
  std::error_code fault;
  const auto status = std::filesystem::status(path, fault);
  if (status.type() == std::filesystem::file_type::not_found) return loaded;
  // Opening a pipe would wait for its writer.
  if (!std::filesystem::is_regular_file(status)) {
    report.add(0, "the file is not used: " + (fault ? fault.message() : std::string("it is not a regular file")));
    return loaded;
  }
  std::ifstream file(path, std::ios::binary);
  std::string text(size_limit + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad() || !file.eof()) {
    report.add(0, file.is_open() ? "the file is not used: it is larger than 1 MiB" : "the file cannot be read");
    return loaded;
  }
  text.resize(static_cast<std::size_t>(file.gcount()));
  return read_text(text, path.string());
}

}  // namespace config
