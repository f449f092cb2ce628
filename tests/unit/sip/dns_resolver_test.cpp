// SPDX-License-Identifier: LGPL-2.1-or-later
#include "daemon/sip/dns_resolver.h"

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>

#include <boost/test/unit_test.hpp>

#include "tests/support/dns_server.h"

using namespace std::chrono_literals;
using sip::Found;
using test::DnsServer;
using Mood = DnsServer::Mood;

namespace {

class Directory {
 public:
  Directory() {
    std::string pattern = std::filesystem::temp_directory_path() / "sip_test.XXXXXX";
    BOOST_REQUIRE(mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  ~Directory() { std::filesystem::remove_all(path_); }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;

  std::string file(const std::string& name) const { return path_ / name; }
  void write(const std::string& name, const std::string& text) const { std::ofstream(file(name)) << text; }

 private:
  std::filesystem::path path_;
};

std::string text_of(const Found& found) {
  std::string text = found.fault;
  for (const sip::Route& route : found.routes)
    text += (text.empty() ? "" : ", ") + route.transport + " " + route.host + " " + std::to_string(route.port);
  return text;
}

// A resolver with name servers and a hosts file of its own.
struct Names {
  base::Loop loop;
  Directory directory;
  std::vector<sip::NameServer> servers;
  sip::DnsResolver resolver{loop,
                            {[this] { return servers; }, [](const std::string&) { return true; },
                             directory.file("resolv.conf"), directory.file("hosts")}};
  std::chrono::steady_clock::duration took{};
  // The same as far as the loop ran: what a machine that stood still did not give is nobody's delay.
  std::chrono::milliseconds ran{};

  void use(const DnsServer& server) { servers.push_back({"127.0.0.1", server.port()}); }

  std::string routes(const std::string& uri, const std::vector<std::string>& transports = {"udp", "tcp"}) {
    std::string text = "nothing";
    const auto start = std::chrono::steady_clock::now();
    const auto lookup = resolver.look_up(sip::uri_from_text(uri).value(), transports, [&](const Found& found) {
      text = text_of(found);
      loop.quit(0);
    });
    base::Timer limit(loop), tick(loop);
    limit.start(10s, [this] { loop.quit(0); });
    ran = 0ms;
    const std::function<void()> count = [&] { tick.start(20ms, [&] { ran += 20ms, count(); }); };
    count();
    loop.run();
    took = std::chrono::steady_clock::now() - start;
    return text;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(dns_resolver, Names)

BOOST_AUTO_TEST_CASE(a_domain_is_followed_to_its_addresses) {
  DnsServer server;
  use(server);
  server.add("home.test", "NAPTR 10 1 s SIP+D2T _sip._tcp.home.test");
  server.add("home.test", "NAPTR 10 2 s SIP+D2U _sip._udp.home.test");
  server.add("_sip._tcp.home.test", "SRV 0 0 5070 gate.home.test");
  server.add("_sip._udp.home.test", "SRV 0 0 5080 gate.home.test");
  server.add("gate.home.test", "CNAME real.home.test");
  server.add("real.home.test", "A 127.0.0.1");
  server.add("real.home.test", "AAAA ::1");
  BOOST_TEST(routes("sip:bob@home.test") == "tcp ::1 5070, tcp 127.0.0.1 5070, udp ::1 5080, udp 127.0.0.1 5080");
  BOOST_TEST(server.asked().size() == 5u);
}

BOOST_AUTO_TEST_CASE(a_reply_that_was_cut_is_asked_for_over_tcp) {
  DnsServer server;
  use(server);
  for (int i = 0; i < 60; ++i) server.add("home.test", "A 127.0.0." + std::to_string(i + 1));
  server.behave("", Mood::cut);
  BOOST_TEST(routes("sip:bob@home.test:99").starts_with("udp 127.0.0.1 99, udp 127.0.0.2 99"));
  BOOST_TEST(server.asked().size() == 4u);
}

BOOST_AUTO_TEST_CASE(forged_replies_are_not_believed) {
  DnsServer server;
  use(server);
  server.add("home.test", "A 127.0.0.1");
  server.behave("home.test", Mood::forged);
  BOOST_TEST(routes("sip:bob@home.test:99") == "udp 127.0.0.1 99");
}

BOOST_AUTO_TEST_CASE(the_hosts_file_comes_first_and_dns_is_not_asked) {
  DnsServer server;
  use(server);
  server.add("pbx", "A 127.0.0.9");
  directory.write("hosts", "127.0.0.2 pbx\n");
  BOOST_TEST(routes("sip:bob@pbx:99") == "udp 127.0.0.2 99");
  BOOST_TEST(routes("sip:bob@localhost:99") == "udp ::1 99, udp 127.0.0.1 99");
  BOOST_TEST(server.asked().empty());
  BOOST_TEST(routes("sip:bob@pbx") == "udp 127.0.0.2 5060");
  directory.write("hosts", "");
  BOOST_TEST(routes("sip:bob@pbx:99") == "udp 127.0.0.9 99");
}

BOOST_AUTO_TEST_CASE(an_address_is_answered_later_too) {
  bool within = true;
  const auto lookup = resolver.look_up(*sip::uri_from_text("sip:bob@127.0.0.1"), {"udp"}, [&](const Found& found) {
    BOOST_TEST(!within);
    BOOST_TEST(text_of(found) == "udp 127.0.0.1 5060");
    loop.quit(0);
  });
  within = false;
  loop.run();
}

BOOST_AUTO_TEST_CASE(a_name_that_does_not_exist) {
  DnsServer server;
  use(server);
  BOOST_TEST(routes("sip:bob@home.test") == "\"home.test\" does not exist");
  BOOST_TEST(routes("sip:bob@" + std::string(64, 'a') + ".test:99").ends_with("does not exist"));
}

BOOST_AUTO_TEST_CASE(a_name_server_that_cannot_answer_gives_way_to_the_next) {
  DnsServer first;
  DnsServer second;
  use(first);
  use(second);
  second.add("home.test", "A 127.0.0.1");
  for (const Mood mood : {Mood::servfail, Mood::refused, Mood::broken}) {
    first.add("home.test", "A 127.0.0.5");
    first.behave("", mood);
    BOOST_TEST(routes("sip:bob@home.test:99") == "udp 127.0.0.1 99");
    // The one that answered comes first from now on: here it goes last again.
    resolver.set_good_server(servers.front());
  }
  second.behave("", Mood::servfail);
  first.behave("", Mood::servfail);
  BOOST_TEST(routes("sip:bob@home.test:99") == "the name server could not answer for \"home.test\": SERVFAIL");
}

BOOST_AUTO_TEST_CASE(a_silent_name_server_gives_way_to_the_next_and_is_asked_last_from_then_on) {
  DnsServer first;
  DnsServer second;
  use(first);
  use(second);
  first.behave("", Mood::silent);
  second.add("home.test", "A 127.0.0.1");
  BOOST_TEST(routes("sip:bob@home.test:99") == "udp 127.0.0.1 99");
  BOOST_TEST((took >= 1s && ran < 3s));
  BOOST_TEST(routes("sip:bob@home.test:99") == "udp 127.0.0.1 99");
  BOOST_TEST((ran < 1s));
}

BOOST_AUTO_TEST_CASE(a_name_server_that_is_not_there_gives_way_to_the_next_at_once) {
  const auto gone = DnsServer().port();
  DnsServer second;
  servers = {{"127.0.0.1", gone}, {"127.0.0.1", second.port()}};
  second.add("home.test", "A 127.0.0.1");
  BOOST_TEST(routes("sip:bob@home.test:99") == "udp 127.0.0.1 99");
  BOOST_TEST((ran < 1s));
}

BOOST_AUTO_TEST_CASE(a_name_server_that_restarts_is_found_again_during_one_lookup) {
  const auto port = DnsServer().port();
  servers = {{"127.0.0.1", port}};
  std::optional<DnsServer> server;
  base::Timer restart(loop);
  restart.start(500ms, [&] {
    server.emplace(port);
    server->add("home.test", "A 127.0.0.1");
  });
  BOOST_TEST(routes("sip:bob@home.test:99") == "udp 127.0.0.1 99");
  server.reset();
  BOOST_TEST(routes("sip:bob@home.test:99") ==
             "no name server can be reached: 127.0.0.1 port " + std::to_string(port) + ": Connection refused");
  BOOST_TEST((ran < 4s));
  server.emplace(port);
  server->add("home.test", "A 127.0.0.2");
  BOOST_TEST(routes("sip:bob@home.test:99") == "udp 127.0.0.2 99");
}

BOOST_AUTO_TEST_CASE(resolv_conf_is_read_each_time) {
  directory.write("resolv.conf", "nameserver 127.0.0.71\n");
  BOOST_TEST((resolver.name_servers() == std::vector<sip::NameServer>{{"127.0.0.71", 53}}));
  directory.write("resolv.conf", "nameserver 127.0.0.72\nnameserver 127.0.0.73\n");
  BOOST_TEST((resolver.name_servers() == std::vector<sip::NameServer>{{"127.0.0.72", 53}, {"127.0.0.73", 53}}));
  resolver.set_good_server({"127.0.0.73", 53});
  BOOST_TEST((resolver.name_servers().front() == sip::NameServer{"127.0.0.73", 53}));
}

BOOST_AUTO_TEST_CASE(silence_ends_after_five_seconds) {
  DnsServer server;
  use(server);
  server.behave("", Mood::silent);
  BOOST_TEST(routes("sip:bob@home.test") == "no name server answered in time for \"_sip._udp.home.test\"");
  BOOST_TEST((took >= 4900ms && ran < 6s));
}

BOOST_AUTO_TEST_CASE(a_silent_pointer_still_leaves_time_for_the_rest) {
  DnsServer server;
  use(server);
  server.behave("home.test", Mood::silent);
  server.add("_sip._udp.home.test", "SRV 0 0 5070 gate.test");
  server.add("gate.test", "A 127.0.0.1");
  BOOST_TEST(routes("sip:bob@home.test") == "udp 127.0.0.1 5070");
}

BOOST_AUTO_TEST_CASE(a_lookup_that_was_taken_back_calls_nobody) {
  DnsServer server;
  use(server);
  server.add("home.test", "A 127.0.0.1");
  auto lookup = resolver.look_up(*sip::uri_from_text("sip:bob@home.test:99"), {"udp"},
                                 [](const Found&) { BOOST_ERROR("it called"); });
  base::Timer soon(loop);
  soon.start(0ms, [&] { lookup.reset(); });
  BOOST_TEST(routes("sip:bob@home.test:99") == "udp 127.0.0.1 99");
}

BOOST_AUTO_TEST_CASE(the_call_may_destroy_its_lookup_and_begin_another) {
  DnsServer server;
  use(server);
  server.add("home.test", "A 127.0.0.1");
  std::unique_ptr<sip::Lookup> lookup;
  unsigned calls = 0;
  const sip::Uri uri = *sip::uri_from_text("sip:bob@home.test:99");
  std::function<void(const Found&)> again = [&](const Found& found) {
    BOOST_TEST(text_of(found) == "udp 127.0.0.1 99");
    lookup.reset();
    if (++calls == 100) return loop.quit(0);
    lookup = resolver.look_up(uri, {"udp"}, again);
  };
  lookup = resolver.look_up(uri, {"udp"}, again);
  base::Timer limit(loop);
  limit.start(10s, [this] { loop.quit(0); });
  loop.run();
  BOOST_TEST(calls == 100u);
}

BOOST_AUTO_TEST_SUITE_END()
