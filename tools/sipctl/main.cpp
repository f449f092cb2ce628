// SPDX-License-Identifier: LGPL-2.1-or-later
#include <functional>
#include <iostream>

#include <CLI/CLI.hpp>

#include "tools/sipctl/commands.h"
#include "tools/sipctl/complete.h"

namespace {

using namespace sipctl;

constexpr const char* session_help = "Number or path; may be left out when exactly one session fits";

// The command line: which command is run with what.
class CommandLine {
 public:
  explicit CommandLine(CLI::App& app) : app_(app) {
    app.set_version_flag("--version", "sipctl " SIPSESSIOND_VERSION);
    app.require_subcommand(1);
    app.fallthrough();
    app.add_flag("--json", options.json, "Print JSON, one object a line");
    app.add_flag("--system", options.system, "Speak to the daemon of the system bus");
    app.add_option("--bus-address", options.bus_address, "Speak to the daemon of the bus at this address")
        ->type_name("ADDRESS");
    app.add_option("--timeout", options.timeout, "Wait so many seconds for an answer")->check(CLI::Range(0.1, 3600.0));
    add_calls();
    add_chats();
    add_streams();
    add_questions();
    add_settings();
    add_accounts();
  }

  Options options;
  Command command;
  std::function<void(const Options&, const Command&)> run;

 private:
  using Verb = void (*)(const Options&, const Command&);

  CLI::App* add(CLI::App& parent, const char* name, const char* help, Verb verb) {
    CLI::App* sub = parent.add_subcommand(name, help);
    sub->callback([this, verb] { run = verb; });
    return sub;
  }
  void add_session(CLI::App* sub) { sub->add_option("SESSION", command.session, session_help); }

  void add_calls() {
    CLI::App* sub = add(app_, "call", "Call a SIP URI, a user of our own domain, or a number", call);
    sub->add_option("URI", command.uri, "Whom to call")->required();
    sub->add_flag("--wait", command.wait, "Wait until the session is established or over");
    sub->add_option("--streams", command.streams, "audio (default), chat, or both")->delimiter(',');
    add_account_option(sub);
    sub = add(app_, "accept", "Take a call, or the streams that the other party wants to add", accept);
    add_session(sub);
    sub->add_option("--streams", command.streams, "audio, chat, or both; all proposed ones if left out")
        ->delimiter(',');
    sub = add(app_, "reject", "Decline a call, or the streams that the other party wants to add", reject);
    add_session(sub);
    sub->add_flag("--busy", command.busy, "Say that we are busy");
    add_session(add(app_, "hangup", "End a session", hang_up));
  }

  void add_account_option(CLI::App* sub) {
    sub->add_option("--account", command.account, "Call from the account with this id")->type_name("ID");
  }

  void add_chats() {
    CLI::App* sub = add(app_, "chat", "Chat, a line for each message, until the end of the input", chat);
    CLI::Option* uri =
        sub->add_option("URI", command.uri, "Whom to call; if left out, the chat that there is is joined");
    add_account_option(sub);
    sub->add_option("--session", command.session, session_help)->excludes(uri);
    sub = add(app_, "message", "Send a message in a chat, and wait for the word on it", send_message);
    sub->add_option("WORDS", command.words, "[SESSION] TEXT")->expected(1, 2)->required()->type_name("");
    sub->add_flag("--no-wait", command.no_wait, "Print the id of the message and wait for nothing");
  }

  void add_stream_word(CLI::App* sub) {
    sub->add_option("STREAM", command.name, "audio or chat")->required()->check(CLI::IsMember({"audio", "chat"}));
    add_session(sub);
  }

  void add_streams() {
    add_stream_word(add(app_, "add", "Propose to add a stream to a session", add_stream));
    add_stream_word(add(app_, "remove", "End a stream of a session", remove_stream));
    add_session(add(app_, "hold", "Put the other party on hold", hold));
    add_session(add(app_, "unhold", "Take the other party out of our hold", unhold));
    CLI::App* sub = add(app_, "record", "Record the audio of a session, or stop doing so", record);
    sub->add_option("WORDS", command.words, "[SESSION] [FILE]")->expected(0, 2)->type_name("");
    sub->add_flag("--stop", command.stop, "End the recording");
    sub = add(app_, "dtmf", "Send digits of 0-9 * # A-D", send_dtmf);
    sub->add_option("DIGITS", command.digits, "Sent one after the other")->required();
    add_session(sub);
  }

  void add_questions() {
    add(app_, "sessions", "List the sessions", list_sessions);
    add(app_, "monitor", "Print every signal of the daemon until interrupted", monitor);
    add(app_, "engine", "Show the state of the engine and the devices", show_engine);
  }

  CLI::App& add_group(const char* name, const char* help) {
    CLI::App* group = app_.add_subcommand(name, help);
    group->require_subcommand(1);
    group->fallthrough();
    return *group;
  }
  void add_name(CLI::App* sub) { sub->add_option("NAME", command.name, "Dotted: rtp.timeout")->required(); }
  CLI::Option* add_id(CLI::App* sub) {
    return sub->add_option("ID", command.account, "The account: user@domain")->required();
  }
  void add_value(CLI::App* sub) {
    sub->add_option("VALUE", command.value, "Items of a list with commas, a range as 1:2; \"\" for none")->required();
  }
  void add_password(CLI::App* sub) {
    sub->add_option("--password-file", command.password_file, "The first line of this file is the password")
        ->type_name("FILE");
    sub->add_flag("--password-stdin", command.password_stdin, "The first line of standard input is the password");
  }

  void add_settings() {
    CLI::App& settings = add_group("settings", "Read and change the settings");
    settings.add_option("--account", command.account, "Those of the account with this id")->type_name("ID");
    add(settings, "list", "List the settings and their values", list_settings);
    add_name(add(settings, "get", "Show the value of a setting", get_setting));
    CLI::App* set = add(settings, "set", "Change a setting, and save it", set_setting);
    add_name(set);
    add_value(set);
    add_name(add(settings, "reset", "Put a setting back to its default, and save it", reset_setting));
  }

  void add_accounts() {
    CLI::App& account = add_group("account", "Add, change and list the accounts");
    CLI::App* sub = add(account, "add", "Make an account, ask for its password, and enable it", add_account);
    add_id(sub);
    add_password(sub);
    add(account, "list", "List the accounts; the default one has a star", list_accounts);
    add_id(add(account, "show", "Show what an account is, how it is registered, and its settings", show_account));
    add_id(add(account, "enable", "Enable an account", enable_account));
    add_id(add(account, "disable", "Disable an account", disable_account));
    sub = add(account, "set", "Change a setting of an account, and save it", set_setting);
    add_id(sub);
    add_name(sub);
    add_value(sub);
    sub = add(account, "password", "Ask for the password of an account, and save it", set_password);
    add_id(sub);
    add_password(sub);
    add_id(add(account, "default", "Show the default account, or make this one the default, or none",
               choose_default_account))
        ->required(false);
    add_id(add(account, "delete", "End the calls of an account, and delete it", delete_account));
    add_id(
        add(account, "register", "Enable an account with its registration, and wait for the result", register_account));
  }

  CLI::App& app_;
};

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Speaks to sipsessiond: calls, chats, accounts, settings.", "sipctl");
  CommandLine line(app);
  // For the shell, and no command of its own: what follows is a line that is not finished.
  if (argc > 1 && std::string(argv[1]) == "complete") {
    for (const std::string& word : completions(app, {argv + 2, argv + argc})) std::cout << word << "\n";
    return success;
  }
  try {
    app.parse(argc, argv);
    if (app.got_subcommand("chat")) line.command.streams = {"chat"};
    if (app.got_subcommand("call") && line.command.streams.empty()) line.command.streams = {"audio"};
    line.run(line.options, line.command);
    return success;
  } catch (const CLI::ParseError& outcome) {
    return app.exit(outcome) == 0 ? success : usage;
  } catch (const Failure& failure) {
    std::cerr << "sipctl: " << failure.sentence << std::endl;
    return failure.code;
  } catch (const std::exception& error) {
    std::cerr << "sipctl: " << error.what() << std::endl;
    return refused;
  }
}
