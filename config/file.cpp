// SPDX-License-Identifier: LGPL-2.1-or-later
#include "config/file.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <limits>
#include <set>

#include <libconfig.h++>

#include "base/text.h"
#include "config/write.h"

namespace config {
namespace {

using libconfig::Setting;

// Writes down what is wrong in one file.
class Report {
 public:
  Report(std::string file, std::vector<Problem>& problems) : file_(std::move(file)), problems_(problems) {}

  void refuse(unsigned line, const std::string& why) { add(line, "the file is not used: " + why); }
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

std::string float_text(double number) {
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number, std::chars_format::scientific).ptr;
  std::string result(text.data(), end);
  // libconfig knows a floating-point number by its point.
  if (result.find('.') == result.npos) result.insert(result.find('e'), ".0");
  return result;
}

// The entry as it may be written again.
std::string text_of_entry(const Setting& entry) {
  std::string items;
  switch (entry.getType()) {
    case Setting::TypeBoolean: return static_cast<bool>(entry) ? "true" : "false";
    case Setting::TypeInt: return std::to_string(static_cast<int>(entry));
    case Setting::TypeInt64: return std::to_string(static_cast<long long>(entry)) + "L";
    case Setting::TypeFloat: return float_text(entry);
    case Setting::TypeString: return quoted_for_file(entry.c_str());
    case Setting::TypeGroup:
      for (int i = 0; i < entry.getLength(); ++i)
        items += std::string(entry[i].getName()) + " = " + text_of_entry(entry[i]) + "; ";
      return "{ " + items + "}";
    default:
      for (int i = 0; i < entry.getLength(); ++i) items += (i > 0 ? ", " : "") + text_of_entry(entry[i]);
      return entry.isList() ? "(" + items + ")" : "[" + items + "]";
  }
}

// Takes the settings of one object out of its group in the file.
template <typename Group>
class Reader {
 public:
  // Names that are `elsewhere` are read by somebody else.
  Reader(const Rows<Group>& rows, Group& group, Report& report, std::vector<Stray>& strays,
         std::vector<std::string> elsewhere = {})
      : rows_(rows), group_(group), report_(report), strays_(strays), elsewhere_(std::move(elsewhere)) {}

  // The entries of one group of the file, whose settings have names with this prefix.
  void read(const Setting& entries, const std::string& prefix = "") {
    for (int i = 0; i < entries.getLength(); ++i) {
      const Setting& entry = entries[i];
      const std::string name = prefix + entry.getName();
      if (std::find(elsewhere_.begin(), elsewhere_.end(), name) != elsewhere_.end()) continue;
      const std::string fault = fault_of(entry, name);
      if (fault.empty()) continue;
      report_.add(entry, fault);
      strays_.push_back({prefix, entry.getName(), text_of_entry(entry)});
    }
  }

 private:
  // Reads one entry; what is wrong with it, or nothing.
  std::string fault_of(const Setting& entry, const std::string& name) {
    if (const Row<Group>* row = find_row(rows_, name)) return fault_of(entry, *row);
    const auto within = [&](const Row<Group>& row) { return row.name.starts_with(name + "."); };
    if (std::none_of(rows_.begin(), rows_.end(), within)) return "there is no setting " + text_of(name);
    if (!entry.isGroup()) return name + " is not a setting but a group of them: " + name + ": { … }";
    read(entry, name + ".");
    return "";
  }
  std::string fault_of(const Setting& entry, const Row<Group>& row) {
    const auto value = value_of(entry, row.get(group_));
    if (row.nature.write_once) return row.name + " cannot be set here";
    if (!value) return row.name + " has a value of a wrong kind: allowed is " + row.allowed;
    return row.set(group_, *value) ? "" : refusal(row, *value);
  }

  const Rows<Group>& rows_;
  Group& group_;
  Report& report_;
  std::vector<Stray>& strays_;
  std::vector<std::string> elsewhere_;
};

// The sentence that says why this element is no account; empty when it is one, with this id.
std::string read_id(const Setting& element, const std::set<std::string>& taken, SipAddress& id) {
  if (!element.isGroup()) return "an account is a group: { id = \"user@domain\"; … }";
  const auto text = element.exists("id") ? value_of(element["id"], std::string()) : std::nullopt;
  if (!text) return "an account needs an id: { id = \"user@domain\"; … }";
  const auto checked = SipAddress::from_value(*text);
  if (!checked) return "the id " + text_of(*text) + " is not " + SipAddress::allowed();
  if (taken.contains(**checked)) return "there is an account " + text_of(**checked) + " already";
  id = *checked;
  return "";
}

void read_accounts(const Setting& list, Loaded& loaded, Report& report) {
  if (!list.isList()) {
    report.add(list, "accounts.list is not a list of accounts: list = ( { id = \"user@domain\"; … } )");
    loaded.strays[""].push_back({"accounts.", "list", text_of_entry(list)});
    return;
  }
  std::set<std::string> taken{*loaded.bonjour.id};
  loaded.accounts.reserve(static_cast<std::size_t>(list.getLength()));
  for (int i = 0; i < list.getLength(); ++i) {
    AccountSettings account;
    const std::string fault = read_id(list[i], taken, account.id);
    if (!fault.empty()) {
      report.add(list[i], fault);
      loaded.strays[""].push_back({"accounts.", "", text_of_entry(list[i])});
      continue;
    }
    std::vector<Stray> strays;
    Reader(account_rows(), account, report, strays, {"id", password_elsewhere}).read(list[i]);
    bool elsewhere = false;
    if (list[i].lookupValue(password_elsewhere, elsewhere) && elsewhere && account.password->empty())
      loaded.passwords_elsewhere.insert(*account.id);
    if (!strays.empty()) loaded.strays[*account.id] = std::move(strays);
    taken.insert(*account.id);
    loaded.accounts.push_back(std::move(account));
  }
}

void read_root(const Setting& root, Loaded& loaded, Report& report) {
  std::vector<Stray>& strays = loaded.strays[""];
  Reader(general_rows(), loaded.general, report, strays, {"bonjour", "accounts.list"}).read(root);
  loaded.names_default_account = root.exists("default_account");
  if (root.exists("bonjour")) {
    const Setting& bonjour = root["bonjour"];
    if (bonjour.isGroup()) {
      Reader(bonjour_rows(), loaded.bonjour, report, loaded.strays[*loaded.bonjour.id]).read(bonjour);
    } else {
      report.add(bonjour, "bonjour is not a setting but a group of them: bonjour: { … }");
      strays.push_back({"", "bonjour", text_of_entry(bonjour)});
    }
  }
  if (root.exists("accounts") && root["accounts"].isGroup() && root["accounts"].exists("list"))
    read_accounts(root["accounts"]["list"], loaded, report);
}

// False when it cannot be parsed.
bool parse(std::string_view text, Loaded& loaded, Report& report) {
  libconfig::Config file;
  try {
    file.readString(with_marked_numbers(text));
    read_root(file.getRoot(), loaded, report);
    return true;
  } catch (const libconfig::ParseException& fault) {
    report.refuse(static_cast<unsigned>(fault.getLine()), fault.getError());
  } catch (const libconfig::ConfigException& fault) {
    report.refuse(0, fault.what());
  }
  return false;
}

// Why a text is not even parsed, and the line; nothing when it may be.
std::optional<std::pair<unsigned, std::string>> obstacle(std::string_view text) {
  if (text.size() > longest_file) return {{0, "it is larger than 4 MiB"}};
  if (const auto nul = text.find('\0'); nul != text.npos) {
    const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(nul), '\n');
    return {{static_cast<unsigned>(line), "it holds a NUL byte"}};
  }
  if (const unsigned line = line_of_include(text)) return {{line, "@include is not allowed"}};
  return {};
}

}  // namespace

std::string to_text(const Problem& problem) {
  return problem.file + (problem.line != 0 ? ":" + std::to_string(problem.line) : "") + ": " + problem.sentence;
}

Loaded read_text(std::string_view text, const std::string& name) {
  Loaded loaded;
  Report report(name, loaded.problems);
  if (const auto why = obstacle(text)) {
    report.refuse(why->first, why->second);
    loaded.usable = false;
  } else if (!parse(text, loaded, report)) {
    Loaded defaults;
    defaults.problems = std::move(loaded.problems);
    defaults.usable = false;
    return defaults;
  }
  return loaded;
}

}  // namespace config
