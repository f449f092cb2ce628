// SPDX-License-Identifier: LGPL-2.1-or-later
#include "config/write.h"

#include <algorithm>
#include <cstdio>

namespace config {
namespace {

struct ToFile {
  std::string operator()(bool flag) const { return flag ? "true" : "false"; }
  std::string operator()(std::int32_t number) const { return std::to_string(number); }
  std::string operator()(std::uint16_t port) const { return std::to_string(port); }
  std::string operator()(const std::string& text) const { return quoted_for_file(text); }
  std::string operator()(const std::vector<std::string>& list) const {
    std::string line;
    for (const std::string& text : list) line += (line.empty() ? "" : ", ") + quoted_for_file(text);
    return "[" + line + "]";
  }
  std::string operator()(const Ports& ports) const {
    return quoted_for_file(std::to_string(ports.start) + ":" + std::to_string(ports.end));
  }
  std::string operator()(const Sound& sound) const {
    return quoted_for_file(sound.file.empty() ? "" : sound.file + "," + std::to_string(sound.volume));
  }
};

// The entries of a group: a name with its text, or with a group.
class Tree {
 public:
  // Puts the text at this dotted name; whoever was there first stays.
  void put(std::string_view name, std::string text) {
    const auto dot = name.find('.');
    Branch& branch = at(name.substr(0, dot));
    if (dot == name.npos) {
      if (branch.text.empty() && branch.entries.empty()) branch.text = std::move(text);
    } else if (branch.text.empty()) {
      if (branch.entries.empty()) branch.entries.emplace_back();
      branch.entries.front().put(name.substr(dot + 1), std::move(text));
    }
  }

  std::string to_text(const std::string& indent) const {
    std::string text;
    for (const Branch& branch : branches_)
      if (branch.entries.empty())
        text += indent + branch.name + " = " + branch.text + ";\n";
      else
        text += indent + branch.name + ": {\n" + branch.entries.front().to_text(indent + "  ") + indent + "};\n";
    return text;
  }

 private:
  struct Branch {
    std::string name;
    std::string text;
    std::vector<Tree> entries;  // none, or one
  };

  Branch& at(std::string_view name) {
    for (Branch& branch : branches_)
      if (branch.name == name) return branch;
    return branches_.emplace_back(Branch{std::string(name), {}, {}});
  }

  std::vector<Branch> branches_;
};

template <typename Group>
void put_settings(Tree& tree, const Rows<Group>& rows, const Group& group, const Group& defaults,
                  bool with_secrets = true) {
  for (const Row<Group>& row : rows)
    if (!row.nature.write_once && (with_secrets || !row.nature.secret) && row.differs(group, defaults))
      tree.put(row.name, to_file(row.get(group)));
}

void put_settings_of_bonjour(Tree& tree, const AccountSettings& bonjour) {
  const AccountSettings defaults = bonjour_defaults();
  for (const Row<AccountSettings>& row : bonjour_rows())
    if (row.differs(bonjour, defaults)) tree.put("bonjour." + row.name, to_file(row.get(bonjour)));
}

void put_strays(Tree& tree, const Strays& strays, const std::string& owner, const std::string& prefix = "") {
  const auto found = strays.find(owner);
  if (found == strays.end()) return;
  for (const Stray& stray : found->second)
    if (!stray.name.empty()) tree.put(prefix + stray.group + stray.name, stray.text);
}

std::string text_of_account(const KeptAccount& account, const AccountSettings& defaults, const Strays& strays) {
  const AccountSettings& settings = *account.settings;
  Tree tree;
  tree.put("id", to_file(Value(*settings.id)));
  put_settings(tree, account_rows(), settings, defaults, account.with_secrets);
  if (!account.with_secrets) tree.put(password_elsewhere, to_file(Value(true)));
  put_strays(tree, strays, *settings.id);
  return "    {\n" + tree.to_text("      ") + "    }";
}

// The list of accounts; empty when there is none.
std::string text_of_accounts(const Picture& picture, const Strays& strays) {
  const AccountSettings defaults;
  std::string list;
  for (const KeptAccount& account : picture.accounts)
    list += (list.empty() ? "" : ",\n") + text_of_account(account, defaults, strays);
  if (const auto found = strays.find(""); found != strays.end())
    for (const Stray& stray : found->second)
      if (stray.name.empty()) list += (list.empty() ? "    " : ",\n    ") + stray.text;
  return list.empty() ? "" : "(\n" + list + "\n  )";
}

}  // namespace

std::string quoted_for_file(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    char escape[8];
    if (c == '"' || c == '\\')
      quoted += {'\\', c};
    else if (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f)
      quoted += c;
    else
      quoted.append(escape, static_cast<std::size_t>(std::snprintf(escape, sizeof escape, "\\x%02x", c & 0xff)));
  }
  return quoted + "\"";
}

std::string to_file(const Value& value) { return std::visit(ToFile{}, value); }

std::string to_file(const Picture& picture, const Strays& strays) {
  Tree tree;
  // Who left Bonjour as the default account beside others has chosen it, and the next start must know.
  const auto& accounts = picture.accounts;
  if (std::any_of(accounts.begin(), accounts.end(), [](const auto& account) { return *account.settings->enabled; }))
    tree.put("default_account", to_file(Value(*picture.general.default_account)));
  put_settings(tree, general_rows(), picture.general, GeneralSettings());
  put_settings_of_bonjour(tree, picture.bonjour);
  put_strays(tree, strays, *picture.bonjour.id, "bonjour.");
  if (std::string list = text_of_accounts(picture, strays); !list.empty()) tree.put("accounts.list", std::move(list));
  put_strays(tree, strays, "");
  return "// The settings of sipsessiond. It writes this file itself; comments are lost then.\n" + tree.to_text("");
}

}  // namespace config
