// SPDX-License-Identifier: LGPL-2.1-or-later
// What a two-way call costs: CPU of this process alone, the peers' packets come from a forked one. Beside it a raw loop
// that only moves packets and codes G.711 by table. Usage: media_bench [seconds [calls [codec]]]; with a codec it
// runs that alone, in this process, for a profiler.
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>

#include "media/engine.h"

namespace {

using namespace std::chrono_literals;
using media::Endpoint;
using media::UdpSocket;

constexpr std::uint16_t first_peer_port = 20000;
constexpr double aim_percent = 0.12, gate_percent = 0.20;
constexpr double aim_ratio = 2.5, gate_ratio = 4.0;

double cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

double resident_kilobytes() {
  std::ifstream file("/proc/self/statm");
  long total = 0, resident = 0;
  file >> total >> resident;
  return static_cast<double>(resident * sysconf(_SC_PAGESIZE)) / 1024;
}

std::string thread_names() {
  std::string names;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/task")) {
    std::ifstream file(entry.path() / "comm");
    std::string name;
    std::getline(file, name);
    names += (names.empty() ? "" : ", ") + name;
  }
  return names;
}

Endpoint loopback(unsigned port) { return *Endpoint::from_text("127.0.0.1", static_cast<std::uint16_t>(port)); }

std::vector<std::vector<std::byte>> payloads_of(const std::string& codec) {
  std::vector<std::vector<std::byte>> payloads(64);
  std::minstd_rand random(1);
  if (codec == "opus") {
    const auto encoder = media::make_opus_encoder({.codec = media::find_codec(codec)});
    media::ToneSource tone(440, encoder->sample_rate());
    std::vector<media::Sample> frame(encoder->frame_samples());
    for (auto& payload : payloads) {
      tone.read(frame);
      encoder->encode(frame, payload);
    }
    return payloads;
  }
  for (auto& payload : payloads) {
    payload.resize(160);
    for (auto& byte : payload) byte = static_cast<std::byte>(random());
  }
  return payloads;
}

// The peers of all calls: each sends a packet every 20 ms, and throws away what it gets. It ends with its parent.
[[noreturn]] void be_peers(int ports_from, unsigned calls, const std::string& codec, std::uint8_t type) {
  std::vector<UdpSocket> sockets;
  for (unsigned i = 0; i < calls; ++i) sockets.emplace_back(loopback(first_peer_port + 2 * i));
  std::vector<std::uint16_t> ports(calls);
  const auto size = static_cast<ssize_t>(calls * sizeof(std::uint16_t));
  if (::read(ports_from, ports.data(), static_cast<std::size_t>(size)) != size) _exit(1);
  const auto payloads = payloads_of(codec);
  const unsigned units = media::find_codec(codec)->clock_rate / media::ticks_per_second;
  media::Batch batch;
  std::vector<std::byte> packet;
  media::Time due = media::now();
  for (unsigned tick = 0; getppid() != 1; ++tick) {
    for (unsigned i = 0; i < calls; ++i) {
      const auto& payload = payloads[(tick + i) % payloads.size()];
      packet.resize(media::rtp_header_size + payload.size());
      media::write_rtp({false, type, static_cast<std::uint16_t>(tick), tick * units, 1000 + i},
                       std::span(packet).first<media::rtp_header_size>());
      std::copy(payload.begin(), payload.end(), packet.begin() + media::rtp_header_size);
      sockets[i].send(packet, loopback(ports[i]));
      while (!sockets[i].receive(batch, due).empty()) continue;
    }
    due += media::tick_duration;
    const timespec until{due.count() / 1'000'000'000, due.count() % 1'000'000'000};
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr);
  }
  _exit(0);
}

class Peers {
 public:
  Peers(unsigned calls, const std::string& codec, std::uint8_t type) {
    int ends[2];
    if (::pipe(ends) != 0) std::abort();
    process_ = ::fork();
    if (process_ == 0) be_peers(ends[0], calls, codec, type);
    ::close(ends[0]);
    ports_to_ = ends[1];
  }
  ~Peers() {
    ::kill(process_, SIGTERM);
    ::waitpid(process_, nullptr, 0);
    ::close(ports_to_);
  }
  Peers(const Peers&) = delete;
  Peers& operator=(const Peers&) = delete;

  void begin(const std::vector<std::uint16_t>& ports) {
    if (::write(ports_to_, ports.data(), ports.size() * sizeof ports[0]) < 0) std::abort();
  }

 private:
  pid_t process_;
  int ports_to_ = -1;
};

struct Result {
  double percent = 0;    // of one core, for each call
  double kilobytes = 0;  // for each call
  double received = 0;   // share of the packets that should have come
  double concealed = 0;  // share of the frames
  char threads[120] = "";
};

double percent_of(double cpu, double seconds, unsigned calls) { return 100 * cpu / seconds / calls; }

// The least that any design must do: sockets and G.711 by table.
Result run_raw(unsigned calls, double seconds) {
  Peers peers(calls, "PCMU", 0);
  std::vector<UdpSocket> sockets;
  std::vector<std::uint16_t> ports;
  for (unsigned i = 0; i < calls; ++i) {
    ports.push_back(static_cast<std::uint16_t>(30000 + 2 * i));
    sockets.emplace_back(loopback(ports.back()));
  }
  peers.begin(ports);
  std::vector<media::Sample> decode(256), sound(160);
  std::vector<std::byte> encode(65536), packet(172);
  for (unsigned i = 0; i < 256; ++i) decode[i] = static_cast<media::Sample>(i * 257);
  for (unsigned i = 0; i < 65536; ++i) encode[i] = static_cast<std::byte>(i >> 8);
  media::Batch batch;
  std::uint64_t got = 0;
  media::Time due = media::now();
  const double before = cpu_seconds();
  const auto ticks = static_cast<unsigned>(seconds * media::ticks_per_second);
  for (unsigned tick = 0; tick < ticks; ++tick) {
    due += media::tick_duration;
    const timespec until{due.count() / 1'000'000'000, due.count() % 1'000'000'000};
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr);
    for (unsigned i = 0; i < calls; ++i) {
      for (const auto& datagram : sockets[i].receive(batch, due)) {
        ++got;
        if (const auto received = media::parse_rtp(datagram.bytes))
          for (std::size_t at = 0; at < std::min(sound.size(), received->payload.size()); ++at)
            sound[at] = decode[std::to_integer<std::size_t>(received->payload[at])];
      }
      media::write_rtp({false, 0, static_cast<std::uint16_t>(tick), tick * 160, i},
                       std::span(packet).first<media::rtp_header_size>());
      for (std::size_t at = 0; at < sound.size(); ++at)
        packet[media::rtp_header_size + at] = encode[static_cast<std::uint16_t>(sound[at])];
      sockets[i].send(packet, loopback(first_peer_port + 2 * i));
    }
  }
  Result result;
  result.percent = percent_of(cpu_seconds() - before, seconds, calls);
  result.received = static_cast<double>(got) / (double(ticks) * calls);
  return result;
}

struct Deaf : media::AudioListener {
  void on_audio_event(const media::AudioEvent&) override {}
};

void run_loop(base::Loop& loop, base::Duration duration) {
  base::Timer timer(loop);
  timer.start(duration, [&] { loop.quit(0); });
  loop.run();
}

Result run_engine(const std::string& codec, unsigned calls, double seconds, const char* input = "none") {
  const std::uint8_t type = media::find_codec(codec)->static_payload_type.value_or(111);
  Peers peers(calls, codec, type);
  base::Loop loop;
  Deaf listener;
  media::Engine engine(loop, {.rtp_ports = {30000, 31998}, .input_device = input, .output_device = "none"});
  media::AudioParameters parameters;
  parameters.codec = codec;
  parameters.payload_type = parameters.receive_payload_type = type;
  parameters.remote_address = "127.0.0.1";
  std::vector<std::unique_ptr<media::AudioStream>> streams;
  std::vector<std::uint16_t> ports;
  const auto add = [&](unsigned i) {
    streams.push_back(engine.create_stream("127.0.0.1", listener));
    ports.push_back(streams.back()->local_port());
    parameters.remote_port = static_cast<std::uint16_t>(first_peer_port + 2 * i);
    parameters.remote_rtcp_port = static_cast<std::uint16_t>(parameters.remote_port + 1);
    streams.back()->apply(parameters);
  };
  // The first one loads the codec: that is not of each call.
  add(0);
  run_loop(loop, 500ms);
  const double memory_before = resident_kilobytes();
  for (unsigned i = 1; i < calls; ++i) add(i);
  peers.begin(ports);
  run_loop(loop, 2s);
  std::vector<media::AudioStatistics> before;
  for (const auto& stream : streams) before.push_back(stream->statistics());
  const double cpu_before = cpu_seconds();
  const media::Time time_before = media::now();
  run_loop(loop, base::Duration(static_cast<int>(seconds * 1000)));
  const double spent = std::chrono::duration<double>(media::now() - time_before).count();
  Result result;
  result.percent = percent_of(cpu_seconds() - cpu_before, spent, calls);
  result.kilobytes = (resident_kilobytes() - memory_before) / (calls - 1);
  for (unsigned i = 0; i < calls; ++i) {
    const auto after = streams[i]->statistics();
    const double frames = spent * media::ticks_per_second * calls;
    result.received += static_cast<double>(after.packets_received - before[i].packets_received) / frames;
    result.concealed += static_cast<double>(after.frames_concealed - before[i].frames_concealed) / frames;
  }
  thread_names().copy(result.threads, sizeof result.threads - 1);
  return result;
}

// Each run has a process of its own, so that none sees what another loaded.
template <typename Run>
Result apart(Run run) {
  int ends[2];
  if (::pipe(ends) != 0) std::abort();
  const pid_t process = ::fork();
  if (process == 0) {
    const Result result = run();
    _exit(::write(ends[1], &result, sizeof result) == sizeof result ? 0 : 1);
  }
  Result result;
  ::close(ends[1]);
  if (::read(ends[0], &result, sizeof result) != sizeof result) std::abort();
  ::close(ends[0]);
  ::waitpid(process, nullptr, 0);
  return result;
}

void print(const char* name, unsigned calls, const Result& result, double raw) {
  std::printf("| %s | %u | %.3f | %.1f | %.0f | %.1f | %.2f |\n", name, calls, result.percent, result.percent / raw,
              result.kilobytes, 100 * result.received, 100 * result.concealed);
}

}  // namespace

int main(int count, char** words) {
  const double seconds = count > 1 ? std::atof(words[1]) : 5;
  const auto calls = static_cast<unsigned>(count > 2 ? std::atoi(words[2]) : 100);
  if (count > 3) {
    std::printf("%s: %.3f %% of one core a call\n", words[3], run_engine(words[3], calls, seconds).percent);
    return 0;
  }
  const unsigned half = std::max(2u, calls / 2);
  const Result raw = apart([&] { return run_raw(calls, seconds); });
  const Result pcmu = apart([&] { return run_engine("PCMU", calls, seconds); });
  const Result heard = apart([&] { return run_engine("PCMU", calls, seconds, "tone:440"); });
  const Result g722 = apart([&] { return run_engine("G722", half, seconds); });
  const Result opus = apart([&] { return run_engine("opus", half, seconds); });
  std::printf(
      "| two-way calls | calls | CPU of one core, %% a call | x raw loop | KB a call | received %% | concealed %% |\n");
  std::printf("|---|---|---|---|---|---|---|\n");
  print("raw loop: sockets and tables", calls, raw, raw.percent);
  print("PCMU", calls, pcmu, raw.percent);
  print("PCMU, a tone instead of silence is sent", calls, heard, raw.percent);
  print("G722", half, g722, raw.percent);
  print("opus", half, opus, raw.percent);
  const double ratio = pcmu.percent / raw.percent;
  std::printf("\nthreads with %u calls: %s\n", calls, pcmu.threads);
  std::printf("PCMU aims at %.2f %% and %.1f x: %s; its gate is %.2f %% and %.1f x: %s\n", aim_percent, aim_ratio,
              pcmu.percent <= aim_percent && ratio <= aim_ratio ? "met" : "not met", gate_percent, gate_ratio,
              pcmu.percent <= gate_percent && ratio <= gate_ratio ? "passed" : "FAILED");
  return pcmu.percent <= gate_percent && ratio <= gate_ratio ? 0 : 1;
}
