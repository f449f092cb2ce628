// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <vector>

#include "tools/sipctl/daemon.h"

// The commands of sipctl. They print their results and throw a Failure.
namespace sipctl {

struct Command {
  std::string session;  // number or path; empty: the only one that fits
  std::string uri;
  std::vector<std::string> streams;
  std::vector<std::string> words;
  std::string digits;
  std::string name;
  std::string value;
  std::string account;        // id; empty: the general settings, or the default account
  std::string password_file;  // empty: the terminal asks
  bool password_stdin = false;
  bool wait = false;
  bool busy = false;
  bool stop = false;
  bool no_wait = false;
};

void call(const Options& options, const Command& command);
void accept(const Options& options, const Command& command);
void reject(const Options& options, const Command& command);
void hang_up(const Options& options, const Command& command);
void add_stream(const Options& options, const Command& command);
void remove_stream(const Options& options, const Command& command);
void hold(const Options& options, const Command& command);
void unhold(const Options& options, const Command& command);
void record(const Options& options, const Command& command);
void send_dtmf(const Options& options, const Command& command);
void list_sessions(const Options& options, const Command& command);
void show_engine(const Options& options, const Command& command);
void list_settings(const Options& options, const Command& command);
void get_setting(const Options& options, const Command& command);
void set_setting(const Options& options, const Command& command);
void reset_setting(const Options& options, const Command& command);
void add_account(const Options& options, const Command& command);
void list_accounts(const Options& options, const Command& command);
void show_account(const Options& options, const Command& command);
void enable_account(const Options& options, const Command& command);
void disable_account(const Options& options, const Command& command);
void set_password(const Options& options, const Command& command);
void choose_default_account(const Options& options, const Command& command);
void delete_account(const Options& options, const Command& command);
void register_account(const Options& options, const Command& command);

// Sends a message, and waits for the word on it.
void send_message(const Options& options, const Command& command);
// Sends the lines of standard input and shows what comes, until the input or the session ends.
void chat(const Options& options, const Command& command);

// Prints every signal of the daemon until SIGINT or SIGTERM comes.
void monitor(const Options& options, const Command& command);

}  // namespace sipctl
