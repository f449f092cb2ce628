// SPDX-License-Identifier: LGPL-2.1-or-later
// What the protocol of chat costs by itself, without sockets and bus: CPU time of this process on one core.
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <random>

#include "msrp/link.h"

namespace {

constexpr std::size_t kilobyte = 1000, body_of_10_mb = 10'000'000;
constexpr std::size_t read_size = 65536;  // what a connection reads at a time

double cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

msrp::Request send_request() {
  msrp::Request request{"a786hjs2", "SEND", {}};
  request.headers.to_path = *msrp::path_from_text("msrps://bob.example.com:8888/9di4eae923wzd;tcp");
  request.headers.from_path = *msrp::path_from_text("msrps://alicepc.example.com:7777/iau39soe2843z;tcp");
  request.headers.message_id = "87652491aabbccdd";
  request.headers.success_report = true;
  request.headers.content_type = "message/cpim";
  return request;
}

std::string body_of(std::size_t size, bool binary) {
  std::minstd_rand random(1);
  std::string body(size, '\0');
  for (char& c : body) c = static_cast<char>(binary ? random() >> 8 : 'a' + random() % 26);
  return body;
}

std::string bytes_of(const std::string& body) {
  msrp::Request request = send_request();
  request.headers.byte_range = msrp::ByteRange{1, body.size(), body.size()};
  std::string bytes;
  msrp::write(request, body, msrp::Flag::complete, bytes);
  return bytes;
}

// Repeats the work for about a second and prints how often it went in one, and how many bytes that are.
void measure(const char* what, std::size_t bytes, std::size_t count, const std::function<void()>& work) {
  work();
  const double begin = cpu_seconds();
  std::size_t rounds = 0;
  while (cpu_seconds() - begin < 1) {
    work();
    ++rounds;
  }
  const double seconds = (cpu_seconds() - begin) / static_cast<double>(rounds);
  std::printf("| %s | %.0f | %.0f |\n", what, static_cast<double>(count) / seconds,
              static_cast<double>(bytes) / seconds / 1e6);
}

// Reads all in parts as a connection would, and counts the bytes of bodies.
std::size_t read_all(std::string_view bytes) {
  msrp::Parser parser;
  std::size_t total = 0;
  while (!bytes.empty()) {
    std::string_view part = bytes.substr(0, read_size);
    bytes.remove_prefix(part.size());
    while (const auto event = parser.next(part))
      if (const auto* piece = std::get_if<msrp::Piece>(&*event)) total += piece->bytes.size();
  }
  return total;
}

void require(bool good) {
  if (!good) std::abort();
}

void measure_parser() {
  const std::string message = bytes_of(body_of(kilobyte, false));
  std::string many;
  for (int i = 0; i < 1000; ++i) many += message;
  measure("read messages of 1 KB", many.size(), 1000, [&] { require(read_all(many) == 1000 * kilobyte); });
  for (const bool binary : {false, true}) {
    const std::string bytes = bytes_of(body_of(body_of_10_mb, binary));
    measure(binary ? "read a binary body of 10 MB" : "read a text body of 10 MB", bytes.size(), 1,
            [&] { require(read_all(bytes) == body_of_10_mb); });
  }
  // What a hostile peer would send: each byte begins what may be the end-line.
  const std::string hostile = bytes_of(std::string(body_of_10_mb, '\r'));
  measure("read a body of 10 MB carriage returns", hostile.size(), 1,
          [&] { require(read_all(hostile) == body_of_10_mb); });
}

void measure_writer() {
  const std::string body = body_of(kilobyte, false);
  std::minstd_rand random(1);
  std::string out;
  measure("write messages of 1 KB", 1000 * bytes_of(body).size(), 1000, [&] {
    out.clear();
    for (int i = 0; i < 1000; ++i) {
      msrp::Request request = send_request();
      request.transaction = msrp::choose_transaction(body, [&] { return random(); });
      msrp::write(request, body, msrp::Flag::complete, out);
    }
  });
}

msrp::ChatOptions options_of(bool active) {
  msrp::ChatOptions options;
  options.active = active;
  options.local_path = *msrp::path_from_text(active ? "msrps://a:1/alice;tcp" : "msrps://b:2/bob;tcp");
  options.remote_path = *msrp::path_from_text(active ? "msrps://b:2/bob;tcp" : "msrps://a:1/alice;tcp");
  options.accepted = options.remote_accepted = {{"message/cpim", "text/*"}, {"*"}};
  return options;
}

// Two chats that hand their bytes to each other.
class Across {
 public:
  Across()
      : random_([engine = std::mt19937_64(1)]() mutable { return engine(); }),
        a_(options_of(true), budget_, random_),
        b_(options_of(false), budget_, random_) {
    one_.add(a_);
    other_.add(b_);
    a_.connect({});
    b_.connect({});
    one_.wake(a_);
    run();
  }

  void send(const std::string& body) {
    a_.send(msrp::Letter{"text/plain", body, {"Alice", "sip:alice@example.com"}, {"Bob", "sip:bob@example.com"}});
    one_.wake(a_);
  }

  // Until nothing is on the wire; how many messages were delivered.
  std::size_t run() {
    while (move(one_, other_) + move(other_, one_) > 0) continue;
    std::size_t delivered = 0;
    while (const auto event = a_.next_event()) {
      const auto* verdict = std::get_if<msrp::Verdict>(&*event);
      delivered += verdict && verdict->delivered ? 1 : 0;
    }
    while (b_.next_event()) continue;
    return delivered;
  }

 private:
  static std::size_t move(msrp::Link& from, msrp::Link& to) {
    const std::string_view bytes = from.output({}).substr(0, read_size);
    if (bytes.empty()) return 0;
    to.receive(bytes, {});
    from.written(bytes.size(), {});
    return bytes.size();
  }

  msrp::Budget budget_;
  msrp::Random random_;
  msrp::Chat a_, b_;
  msrp::Link one_, other_;
};

void measure_chat() {
  Across across;
  const std::string body = body_of(kilobyte, false), large = body_of(body_of_10_mb - 1000, true);
  measure("messages of 1 KB across, with CPIM and reports, 32 at a time", 32 * kilobyte, 32, [&] {
    for (int i = 0; i < 32; ++i) across.send(body);
    require(across.run() == 32);
  });
  measure("a message of 10 MB across, in chunks of 16 KiB", large.size(), 1, [&] {
    across.send(large);
    require(across.run() == 1);
  });
}

}  // namespace

int main() {
  std::printf("| work | a second | MB/s |\n|---|---|---|\n");
  measure_parser();
  measure_writer();
  measure_chat();
}
