// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tools/sipctl/complete.h"

#include <algorithm>

#include "tools/sipctl/settings.h"

namespace sipctl {
namespace {

using Names = std::vector<std::string>;

// Where the last word stands.
struct Place {
  const CLI::App* command = nullptr;
  const CLI::Option* awaited = nullptr;  // the option whose value it is
  std::size_t positional = 0;            // how many words without a hyphen are before it in the command
  std::string account;                   // whose settings are meant; empty: the general ones
  Options options;
};

const CLI::Option* option_named(const CLI::App& app, const std::string& word) {
  const CLI::Option* const option = app.get_option_no_throw(word);
  // Those of the whole program may stand behind a command.
  return option || !app.get_parent() ? option : option_named(*app.get_parent(), word);
}

// How often the positional arguments of the command come to this one.
const CLI::Option* positional_of(const CLI::App& command, std::size_t number) {
  for (const CLI::Option* option : command.get_options()) {
    if (option->get_positional() && number-- == 0) return option;
  }
  return nullptr;
}

void take_value(Place& place, const std::string& word) {
  if (place.awaited->check_name("--bus-address")) place.options.bus_address = word;
  if (place.awaited->check_name("--account")) place.account = word;
  place.awaited = nullptr;
}

void take(Place& place, const std::string& word) {
  if (place.awaited) return take_value(place, word);
  if (word.starts_with("-")) {
    const CLI::Option* const option = option_named(*place.command, word);
    if (option && option->get_type_size_max() > 0) place.awaited = option;
    if (word == "--system") place.options.system = true;
    return;
  }
  const auto subs = place.command->get_subcommands([&](const CLI::App* sub) { return sub->check_name(word); });
  if (!subs.empty()) {
    place.command = subs.front();
    place.positional = 0;
    return;
  }
  const CLI::Option* const positional = positional_of(*place.command, place.positional++);
  if (positional && positional->check_name("ID")) place.account = word;
}

// What the daemon knows by this name of an argument.
Names known(const Place& place, const CLI::Option& option) {
  const auto is = [&](const char* name) { return option.check_name(name); };
  Names names;
  if (is("STREAM") || is("--streams")) return {"audio", "chat"};
  if (is("SESSION") || is("--session")) {
    for (const auto& [path, session] : Daemon(place.options).sessions())
      names.push_back(path.substr(path.rfind('/') + 1));
  } else if (is("ID") || is("--account")) {
    for (const auto& [path, account] : Daemon(place.options).objects("Account"))
      names.push_back(text_of(account, "Id"));
  } else if (is("NAME")) {
    Daemon daemon(place.options);
    const std::string path = place.account.empty() ? "/org/sipsession1/Settings" : account_path(daemon, place.account);
    const Value described = daemon.call(path, "SettingsObject", "DescribeSettings").at(0);
    for (const Value& one : described.items) names.push_back(one.items.at(0).text);
  }
  return names;
}

void add_options(const CLI::App& app, Names& names) {
  for (const CLI::Option* option : app.get_options())
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  if (app.get_parent()) add_options(*app.get_parent(), names);
}

}  // namespace

Names completions(const CLI::App& app, const Names& words) {
  Place place;
  place.command = &app;
  place.options.timeout = 1;
  if (words.empty()) return {};
  for (auto word = words.begin(); word + 1 != words.end(); ++word) take(place, *word);
  Names names;
  if (!place.awaited && words.back().starts_with("-")) {
    add_options(*place.command, names);
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
  }
  for (const CLI::App* sub : place.command->get_subcommands([](const CLI::App*) { return true; }))
    if (!place.awaited) names.push_back(sub->get_name());
  if (!names.empty()) return names;
  const CLI::Option* const option = place.awaited ? place.awaited : positional_of(*place.command, place.positional);
  try {
    return option ? known(place, *option) : names;
  } catch (const std::exception&) {
    return {};
  } catch (const Failure&) {
    return {};
  }
}

}  // namespace sipctl
