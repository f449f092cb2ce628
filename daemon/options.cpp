// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/options.h"

#include <glib.h>
#include <CLI/CLI.hpp>

namespace {

std::string under(const char* directory, const char* rest) { return std::string(directory) + "/sipsessiond" + rest; }

}  // namespace

Options read_options(int argc, char** argv) {
  Options options;
  std::string level = "info";
  CLI::App app("A SIP session service: accounts, calls and chats for every program on the bus.", "sipsessiond");
  app.set_version_flag("--version", "sipsessiond " SIPSESSIOND_VERSION);
  app.add_flag("--system", options.system, "Serve the system bus, with /etc/sipsessiond and /var/lib/sipsessiond");
  app.add_option("--bus-address", options.bus_address, "Serve the bus at this address")->type_name("ADDRESS");
  app.add_option("--config", options.config, "Keep the settings in this file")->type_name("FILE");
  app.add_option("--data-dir", options.data_dir,
                 "Keep recordings, and the certificate that is made, below this directory")
      ->type_name("DIR");
  app.add_option("--log-level", level, "error, warning, notice, info (default) or debug")
      ->check(CLI::IsMember({"error", "warning", "notice", "info", "debug"}));
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& outcome) {
    std::exit(app.exit(outcome) == 0 ? 0 : 2);
  }
  options.log_level = base::log::level_from_text(level);
  if (options.config.empty())
    options.config =
        options.system ? "/etc/sipsessiond/sipsessiond.conf" : under(g_get_user_config_dir(), "/sipsessiond.conf");
  if (options.data_dir.empty())
    options.data_dir = options.system ? "/var/lib/sipsessiond" : under(g_get_user_data_dir(), "");
  return options;
}
