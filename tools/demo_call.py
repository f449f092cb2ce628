#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The call that tools/demo shows: two daemons on two buses, moved and watched with sipctl alone."""

import argparse
import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

CODECS = ["opus", "G722", "PCMU", "PCMA"]
DIGITS = "123#"
TALK = 7  # seconds of recording
BYTES_PER_SECOND = 2 * 48000  # of the recording: one channel of 16 bits
PATIENCE = 20  # seconds for whatever should happen at once
LIKE_ENOUGH = 0.8

# What each side must be told of the session, in this order; other signals may come between. The states are part of it.
EXPECTED = {
    "alice": """ChangedState(NULL,CALLING) NewOutgoing(audio) GotRingIndication() WillStart()
                ChangedState(CALLING,ESTABLISHED) DidStart() ChangedState(ESTABLISHED,TERMINATED) DidEnd(remote)""",
    "bob": """ChangedState(NULL,INCOMING) NewIncoming(audio) ChangedState(INCOMING,ACCEPTING) WillStart()
              ChangedState(ACCEPTING,ESTABLISHED) DidStart() WillStartRecordingAudio() DidStartRecordingAudio()
              GotDTMF(1) GotDTMF(2) GotDTMF(3) GotDTMF(#) WillStopRecordingAudio() DidStopRecordingAudio()
              ChangedState(ESTABLISHED,TERMINATING) WillEnd() ChangedState(TERMINATING,TERMINATED) DidEnd(local)""",
}

BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:dir={directory}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""

SETTINGS = """local_ip = "127.0.0.1";
audio: {{ input_device = "{sound}"; output_device = "none"; codec_list = ["{codec}"]; }};
bonjour: {{ contact_user = "{name}"; display_name = "{title}"; }};
"""


class Failure(Exception):
    """What did not happen, in a sentence."""


def paint(code, text):
    return f"\033[{code}m{text}\033[0m" if sys.stdout.isatty() else text


def say(text):
    print(paint("1", text), flush=True)


class Processes:
    """What we started, ended by its PID in the reverse order, whatever happens."""

    def __init__(self):
        self.running = []

    def start(self, arguments, **more):
        # In a session of its own: an interrupt at the terminal is for us, and we end the others in order.
        process = subprocess.Popen([str(a) for a in arguments], start_new_session=True, stdin=subprocess.DEVNULL, **more)
        self.running.append(process)
        return process

    def end(self, process):
        """The exit code, or "it had to be killed"."""
        self.running.remove(process)
        process.terminate()
        try:
            return process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            return "it had to be killed"

    def end_all(self):
        while self.running:
            self.end(self.running[-1])


def text_of(value):
    if isinstance(value, dict):
        return ", ".join(f"{name} = {text_of(item)}" for name, item in value.items())
    if isinstance(value, list):
        return " ".join(text_of(item) for item in value)
    return str(value).lower() if isinstance(value, bool) else str(value) if value != "" else '""'


def hear(news, timeout):
    """Takes and prints what comes next on any side; False if nothing comes in time."""
    try:
        side, signal_ = news.get(timeout=max(timeout, 0.001))
    except queue.Empty:
        return False
    if signal_ is None:
        raise Failure(f"the monitor of {side.name} has ended")
    side.heard.append(signal_)
    side.print(signal_)
    return True


class Side:
    """A bus, a daemon on it, and a monitor that hears every signal of it."""

    def __init__(self, name, colour, place, build, processes, news):
        self.name, self.colour, self.build, self.processes, self.news = name, colour, build, processes, news
        self.place = place / name
        self.place.mkdir()
        self.log = self.place / "daemon.log"
        self.heard = []  # every signal
        self.read = 0  # how many of them wait_for() has gone past
        self.address = self.start_bus()
        self.start_monitor()

    def start_bus(self):
        config = self.place / "bus.conf"
        config.write_text(BUS.format(directory=self.place))
        bus = self.processes.start(
            ["dbus-daemon", f"--config-file={config}", "--nofork", "--print-address"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        address = bus.stdout.readline().strip()
        if not address:
            raise Failure(f"the bus of {self.name} did not start")
        return address

    def start_monitor(self):
        self.monitor = self.processes.start(
            [*self.sipctl_command(), "--json", "monitor"], stdout=subprocess.PIPE, text=True
        )
        threading.Thread(target=self.listen, daemon=True).start()
        # It says so at once when no daemon is there; from then on it misses nothing.
        self.wait_for("DaemonIsAbsent")

    def listen(self):
        for line in self.monitor.stdout:
            self.news.put((self, {"came": time.time(), **json.loads(line)}))
        self.news.put((self, None))

    def start_daemon(self, codec, sound):
        config = self.place / "sipsessiond.conf"
        config.write_text(SETTINGS.format(sound=sound, codec=codec, name=self.name, title=self.name.capitalize()))
        with open(self.log, "w", encoding="utf-8") as log:
            self.daemon = self.processes.start(
                [self.build / "daemon" / "sipsessiond", "--bus-address", self.address, "--config", config]
                + ["--data-dir", self.place / "data", "--log-level", "debug"],
                stdout=log,
                stderr=log,
            )
        self.wait_for("DaemonCame")
        self.wait_for("SIPEngineDidStart")

    def stop_daemon(self):
        code = self.processes.end(self.daemon)
        if code != 0:
            raise Failure(f"the daemon of {self.name} did not end well: {code}")
        self.wait_for("DaemonWentAway")

    def sipctl_command(self):
        return [self.build / "tools" / "sipctl", "--bus-address", self.address]

    def sipctl(self, *words, quiet=False):
        if not quiet:
            print(paint("1", f"             {self.name:6}$ sipctl {' '.join(words)}"), flush=True)
        command = [*map(str, self.sipctl_command()), *words]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        if done.returncode != 0:
            raise Failure(f"{self.name}: sipctl {' '.join(words)}: {done.stderr.strip()}")
        return done.stdout.strip()

    def wait_until(self, what, fits):
        """The next signal that fits; each is looked at once."""
        deadline = time.monotonic() + PATIENCE
        while True:
            while self.read < len(self.heard):
                signal_ = self.heard[self.read]
                self.read += 1
                if fits(signal_["member"], signal_["arguments"]):
                    return signal_
            if not hear(self.news, deadline - time.monotonic()):
                raise Failure(f"{self.name} did not hear {what} within {PATIENCE} s")

    def wait_for(self, member, *arguments):
        return self.wait_until(
            f"{member}({text_of(list(arguments))})",
            lambda name, told: name == member and told[: len(arguments)] == list(arguments),
        )

    def wait_for_property(self, name, value):
        return self.wait_until(
            f"that {name} is {text_of(value)}",
            lambda member, told: member == "PropertiesChanged" and told[1].get(name) == value,
        )

    def print(self, signal_):
        member, arguments, code = signal_["member"], signal_["arguments"], self.colour
        if member == "PropertiesChanged":
            arguments, code = arguments[1:2], "2;" + self.colour
        elif member in ("InterfacesAdded", "InterfacesRemoved"):
            arguments, code = [arguments[0]], "2;" + self.colour
        # When it came here; the times that the signals carry are those of the events.
        at = signal_["came"]
        clock = time.strftime("%H:%M:%S", time.localtime(at)) + f".{int(at * 1000) % 1000:03}"
        told = ", ".join(text_of(a) for a in arguments)
        print(clock, paint(code, f"{self.name:6}{member}({told})"), flush=True)

    def session_signals(self):
        """NAME(ARGUMENTS) of each signal of the session, without paths of files."""
        for signal_ in self.heard:
            if signal_["member"].startswith("SIPSession"):
                arguments = [text_of(a) for a in signal_["arguments"] if not text_of(a).startswith("/")]
                yield f"{signal_['member'][len('SIPSession'):]}({','.join(arguments)})"

    def missing(self):
        told = list(self.session_signals())
        rest = iter(told)
        for wanted in EXPECTED[self.name].split():
            if wanted not in rest:
                yield f"{self.name} was not told {wanted} in its place; it was told: {' '.join(told)}"
                return
        digits = "".join(name[8] for name in told if name.startswith("GotDTMF("))
        if self.name == "bob" and digits != DIGITS:
            yield f"bob got the digits {digits}, and {DIGITS} were sent"


def talk(bob, recording):
    """Goes on listening until the recording is long enough."""
    wanted = TALK * BYTES_PER_SECOND
    deadline = time.monotonic() + TALK + PATIENCE
    while (size := recording.stat().st_size) < wanted:
        if time.monotonic() > deadline:
            raise Failure(f"the recording does not grow: {size} bytes")
        hear(bob.news, 0.1)


def call(alice, bob, codec):
    """Returns where bob's recording is, and how many seconds of it went by until the digits were through."""
    uris = json.loads(bob.sipctl("--json", "engine", quiet=True))["LocalUris"]
    udp = next(uri for uri in uris if "transport=" not in uri)
    alice.sipctl("call", "sip:bob@" + udp.split("@")[-1].removeprefix("sip:"))
    bob.wait_for("SIPSessionNewIncoming")
    bob.sipctl("accept")
    for side in (alice, bob):
        side.wait_for_property("AudioCodec", codec)
        side.wait_for("SIPSessionDidStart")
    bob.wait_for_property("AudioWasReceived", True)
    bob.sipctl("record")
    recording = Path(bob.wait_for("SIPSessionDidStartRecordingAudio")["arguments"][0])
    alice.sipctl("dtmf", DIGITS)
    for digit in DIGITS:
        bob.wait_for("SIPSessionGotDTMF", digit)
    digits = recording.stat().st_size / BYTES_PER_SECOND + 0.5
    talk(bob, recording)
    bob.sipctl("record", "--stop")
    bob.wait_for("SIPSessionDidStopRecordingAudio")
    bob.sipctl("hangup")
    bob.wait_for("SIPSessionDidEnd")
    alice.wait_for("SIPSessionDidEnd")
    return recording, digits


def compare(build, melody, recording, start):
    """The faults of the recording."""
    output = subprocess.run(
        [str(build / "tools" / "wav_compare"), str(melody), str(recording), f"{start:.2f}"],
        capture_output=True,
        text=True,
        check=False,
    )
    if output.returncode != 0:
        yield output.stderr.strip()
        return
    found = {name: float(value) for name, value in (line.split() for line in output.stdout.splitlines())}
    print(f"  length     {found['length']:.2f} s")
    print(f"  level      {found['level']:.1f} dBFS")
    print(f"  likeness   {found['likeness']:.3f} with what alice played; after the digits, which took the place of sound, in")
    print(f"             {start:.2f} s. It is the correlation of the loudness of each note over time: 1 is the same sound.")
    if found["length"] < TALK - 1:
        yield f"the recording lasts {found['length']} s only"
    if found["level"] < -40:
        yield f"the recording is too quiet: {found['level']} dBFS"
    if found["likeness"] < LIKE_ENOUGH:
        yield f"what bob recorded is not what alice played: {found['likeness']}"


def play(options, place, processes):
    """Returns what is missing."""
    kept = options.build / "demo"
    melody = kept / "melody.wav"
    subprocess.run([sys.executable, "-B", Path(__file__).with_name("make_melody.py"), melody], check=True)
    news = queue.Queue()
    alice = Side("alice", "36", place, options.build, processes, news)
    bob = Side("bob", "33", place, options.build, processes, news)
    alice.start_daemon(options.codec, f"file:{melody}")
    bob.start_daemon(options.codec, "none")
    recording, start = call(alice, bob, options.codec)
    for side in (alice, bob):
        side.stop_daemon()
    shutil.copyfile(recording, kept / "recording.wav")
    say(f"\nBob's recording is {kept / 'recording.wav'}")
    return [*alice.missing(), *bob.missing(), *compare(options.build, melody, kept / "recording.wav", start)]


def show_logs(place):
    for log in sorted(place.glob("*/daemon.log")):
        print(f"\n--- the log of {log.parent.name}'s daemon, its last 100 lines")
        print("\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-100:]))


def main():
    parser = argparse.ArgumentParser(prog="demo")
    parser.add_argument("--build", type=Path, required=True)
    parser.add_argument("--codec", default="opus", choices=CODECS)
    parser.add_argument("--keep", action="store_true")
    options = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: sys.exit(128 + number))
    place = Path(tempfile.mkdtemp(prefix="sipsessiond-demo-"))
    processes = Processes()
    try:
        missing = play(options, place, processes)
    except (Failure, OSError, subprocess.SubprocessError) as failure:
        missing = [str(failure)]
    except KeyboardInterrupt:
        print("\ninterrupted: ending the daemons and their buses", flush=True)
        sys.exit(130)
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        processes.end_all()
        if "missing" in locals() and missing:
            show_logs(place)
        if options.keep:
            print(f"settings and logs are kept in {place}")
        else:
            shutil.rmtree(place, ignore_errors=True)
    for fault in missing:
        print(paint("31", f"FAILED: {fault}"))
    if not missing:
        say("Everything happened: every expected signal on both sides, each digit once, and the sound came through.")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
