// SPDX-License-Identifier: LGPL-2.1-or-later
// Prints what the rows of config/ declare: the manual of all settings, or a sample configuration.
#include <iostream>
#include <string_view>

#include "config/account_settings.h"
#include "config/general_settings.h"
#include "config/write.h"

namespace {

using config::Value;

// What the manual says at its beginning for all settings is not said again.
std::string_view sentence_of(config::Applies applies) {
  switch (applies) {
    case config::Applies::next: return "";
    case config::Applies::at_once: return " A change counts at once.";
    case config::Applies::registration: return " After a change the account registers again at once.";
    case config::Applies::reload: return " A change counts after a reload (SIGHUP), and when SIP starts.";
    case config::Applies::sip_start: return " A change counts in full when SIP starts the next time.";
    case config::Applies::daemon_start: return " A change counts when the daemon starts the next time.";
  }
  return "";
}

template <typename Group>
void print_rows(const config::Rows<Group>& rows, const Group& defaults) {
  for (const config::Row<Group>& row : rows) {
    const Value value = row.get(defaults);
    std::cout << "### " << row.name << "\n\n"
              << row.documentation << "\n\n"
              << "Type `" << config::signature_of(value) << "`, default `" << config::to_file(value)
              << "`. Allowed: " << row.allowed
              << (row.nature.write_once ? "; given once, when the account is made." : ".")
              << sentence_of(row.nature.applies) << "\n\n";
  }
}

// The settings that the Bonjour account shares with all others are described there.
void print_bonjour_rows() {
  config::Rows<config::AccountSettings> own;
  std::string shared;
  for (const auto& row : config::bonjour_rows()) {
    if (!config::find_row(config::account_rows(), row.name))
      own.push_back(row);
    else if (!row.nature.write_once)
      shared += (shared.empty() ? "`" : ", `") + row.name + "`";
  }
  std::cout << "These are as above, but `enabled` is true unless told otherwise:\n" << shared << ".\n\n";
  print_rows(own, config::bonjour_defaults());
}

int print_manual() {
  std::cout << "<!-- Printed by settings_reference from the declarations in config/. Do not edit. -->\n"
               "# Settings of sipsessiond\n\n"
               "The file is in the syntax of libconfig. A setting `group.name` is the entry `name` of the group "
               "`group`; those\n"
               "of the Bonjour account are in the group `bonjour`. A file that is absent, or an entry that is wrong, "
               "leaves the\n"
               "defaults in force, and the log says so. On the bus, the same names are those of the interface\n"
               "`org.sipsession1.SettingsObject`, and the types are those of D-Bus; the file writes a port range as a "
               "text,\n"
               "and a sound file with its volume as `\"FILE,VOLUME\"`.\n\n"
               "A change counts when it is saved, for what begins after that: the next call, chat, recording or "
               "lookup. What\n"
               "is otherwise is said of each setting.\n\n"
               "## General settings\n\n";
  print_rows(config::general_rows(), config::GeneralSettings());
  std::cout << "## Settings of an account\n\n";
  print_rows(config::account_rows(), config::AccountSettings());
  std::cout << "## Settings of the Bonjour account\n\n";
  print_bonjour_rows();
  return 0;
}

// Opens and closes the groups that lie between one dotted name and the next.
class Groups {
 public:
  explicit Groups(std::string indent) : indent_(std::move(indent)) {}

  void enter(const std::string& group) {
    if (group == open_) return;
    leave();
    if (!group.empty()) std::cout << indent_ << group << ": {\n";
    open_ = group;
  }
  void leave() {
    if (!open_.empty()) std::cout << indent_ << "};\n\n";
    open_.clear();
  }
  std::string indent() const { return open_.empty() ? indent_ : indent_ + "  "; }

 private:
  std::string indent_;
  std::string open_;
};

template <typename Group>
void print_sample_rows(const config::Rows<Group>& rows, const Group& defaults, const std::string& indent) {
  Groups groups(indent);
  for (const config::Row<Group>& row : rows) {
    if (row.nature.write_once || row.nature.secret) continue;
    const auto dot = row.name.find('.');
    groups.enter(dot == std::string::npos ? "" : row.name.substr(0, dot));
    std::cout << groups.indent() << "// " << row.documentation << "\n"
              << groups.indent() << "#" << row.name.substr(dot + 1) << " = " << config::to_file(row.get(defaults))
              << ";\n";
    if (dot == std::string::npos) std::cout << "\n";
  }
  groups.leave();
}

int print_sample() {
  std::cout << "// SPDX-License-Identifier: LGPL-2.1-or-later\n"
               "// Configuration of sipsessiond, with every setting at its default. Take the # away from what you "
               "change.\n\n";
  print_sample_rows(config::general_rows(), config::GeneralSettings(), "");
  std::cout << "// The account that needs no registrar: calls on the local network.\n"
               "bonjour: {\n";
  print_sample_rows(config::bonjour_rows(), config::bonjour_defaults(), "  ");
  std::cout << "};\n";
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  const std::string_view what = count == 2 ? arguments[1] : "";
  if (what == "--manual") return print_manual();
  if (what == "--sample") return print_sample();
  std::cerr << "usage: settings_reference --manual | --sample\n";
  return 2;
}
