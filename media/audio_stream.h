// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>

namespace media {

// What an offer and its answer settled for one audio stream, seen from our side.
struct AudioParameters {
  std::string codec = "PCMU";                     // a name of the codec table
  std::uint8_t payload_type = 0;                  // of what we send
  std::uint8_t receive_payload_type = 0;          // of what we get
  std::optional<std::uint8_t> dtmf_payload_type;  // RFC 4733, of what we send; nothing: the peer takes no events
  std::optional<std::uint8_t> receive_dtmf_payload_type;  // of what we get
  std::string remote_address;                             // numeric IPv4 or IPv6
  std::uint16_t remote_port = 0;                          // of RTP
  std::uint16_t remote_rtcp_port = 0;                     // remote_port + 1 unless a=rtcp says otherwise (RFC 3605)
  bool send = true;                                       // false: only keep-alives leave (RFC 6263)
  bool receive = true;                                    // false: what comes is counted and not heard
  std::chrono::milliseconds ptime{20};                    // of the packets that we send, 10 to 120
  unsigned max_playback_rate = 48000;                     // Hz, Opus only (RFC 7587, 7.1)

  bool operator==(const AudioParameters&) const = default;
};

// The counters of one stream since its start. Times are NaN-free: 0 until measured.
struct AudioStatistics {
  std::uint64_t packets_sent = 0;
  std::uint64_t bytes_sent = 0;  // of RTP payload
  std::uint64_t packets_received = 0;
  std::uint64_t bytes_received = 0;
  std::uint64_t packets_lost = 0;     // by sequence number, never arrived
  std::uint64_t packets_late = 0;     // arrived after their time
  std::uint64_t packets_dropped = 0;  // malformed, of an unknown payload type, or of a foreign source
  std::uint64_t frames_concealed = 0;
  double jitter_ms = 0;                   // RFC 3550, 6.4.1, of what we get
  double buffer_ms = 0;                   // present depth of the jitter buffer
  double round_trip_ms = 0;               // from RTCP
  double remote_jitter_ms = 0;            // as the peer reports it
  std::uint64_t remote_packets_lost = 0;  // as the peer reports it
};

// The first plausible RTP packet came, or the source changed. The address is numeric.
struct GotAudio {
  std::string address;
  std::uint16_t port = 0;
};
// Once for each event of RFC 4733, however many packets carry it. One of 0-9 * # A-D.
struct GotDigit {
  char digit = 0;
};
// The file is whole and closed: after stop_recording() with an empty failure, or by itself (disk full) with a sentence.
struct RecordingStopped {
  std::string failure;
};
// Nothing goes on with this stream.
struct StreamFailed {
  std::string reason;
};
using AudioEvent = std::variant<GotAudio, GotDigit, RecordingStopped, StreamFailed>;

// Told on the loop's thread, never from within a call of the stream, never after the stream is gone.
class AudioListener {
 public:
  virtual ~AudioListener() = default;
  virtual void on_audio_event(const AudioEvent& event) = 0;
};

// The seam between a session and its sound. All calls come from the loop's thread, return at once and do no I/O that
// could block. Its ports are bound from construction on, so that they can be offered; destroying it frees them.
class AudioStream {
 public:
  virtual ~AudioStream() = default;

  // Begins to send and to receive, or changes what runs: peer, codec, directions.
  virtual void apply(const AudioParameters& parameters) = 0;
  // Sends RTCP BYE and ends sound both ways; a running recording ends with RecordingStopped.
  virtual void stop() = 0;

  // Queued behind digits not yet sent. The stream must run and the peer take events: else Error{invalid_state}.
  virtual void send_digit(char digit) = 0;
  virtual void set_muted(bool muted) = 0;

  // Takes the open, empty, regular file and writes WAV to it. At most one recording at a time.
  virtual void start_recording(int file) = 0;
  // While paused nothing is written, not even silence.
  virtual void pause_recording(bool paused) = 0;
  virtual void stop_recording() = 0;

  virtual std::uint16_t local_port() const = 0;  // of RTP, even; RTCP is the next
  virtual AudioStatistics statistics() const = 0;
};

// Makes the streams of one engine.
class AudioFactory {
 public:
  virtual ~AudioFactory() = default;
  // Binds a port pair on the numeric local address. Throws Error{media_failure} when none is free.
  virtual std::unique_ptr<AudioStream> create_stream(const std::string& local_address, AudioListener& listener) = 0;
  // A stream will likely need this codec: what it takes long to load, from a cold disk, is begun now.
  virtual void expect(const std::string& codec) = 0;
};

}  // namespace media
