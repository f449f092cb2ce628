#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""An MSRP endpoint that does what it is told, a line at a time, and says what comes, a line for each thing.

It is written from RFC 4975, 4976 and 6135, and shares nothing with the one that it talks to. It listens on a port of
127.0.0.1, and connects when it is told to; each connection has a number, and the newest is the one that is meant.

Commands, with NAME=VALUE in any order; a value ends at a blank, and body=… takes the rest of the line. A backslash
escapes as in Python (\\r\\n).

  remote PATH                     to whom requests go, and from whom they must come
  connect PORT [tls]              a further connection
  use NUMBER                      the connection that is meant from now on
  bind                            an empty SEND
  send id= type= range= flag= success= failure= to= from= tid= fill= body=
                                  a SEND; each but the id may be left out. fill: so many bytes of pattern as its body
  report id= status= range= times=  REPORTs
  raw TEXT                        bytes
  answer CODE | answer none       how requests are answered from now on, 200 at first
  single                          from now on each connection knows the session of its first request, and 481 for others
  reports on | off | CODE         whether and how what asks for it is reported, on at first
  pause, resume                   read no more; read again
  half, close, reset              end the connection: what we send, all, by RST

What it says: PORT, FINGERPRINT, CONNECTED n, TLS n version fingerprint, GOT SEND …, MESSAGE id type body, ABORTED id, REPORT …,
RESPONSE tid code, CLOSED n …, FAULT n …, DONE for each command that was carried out, and WRONG … for what no
correct endpoint sends.
"""

import argparse
import hashlib
import os
import re
import selectors
import socket
import ssl
import struct
import sys

COMMENTS = {200: "OK", 400: "Bad request", 403: "No", 413: "Enough", 415: "Not this type", 481: "No such session"}
METHODS = ("SEND", "REPORT")
MOST_SHOWN = 300_000


def say(*words):
    print(*words, flush=True)


def wrong(*words):
    say("WRONG", *words)


def escaped(data):
    return data.decode("latin-1").encode("unicode_escape").decode()


def unescaped(text):
    return text.encode("latin-1", "backslashreplace").decode("unicode_escape").encode("latin-1")


def pattern(size):
    """Text with line ends and what looks like end-lines, so that who counts or searches carelessly is found out."""
    unit = b"0123456789 the quick brown fox\r\n-------abcdefgh$\r\n"
    return (unit * (size // len(unit) + 1))[:size]


def fingerprint(certificate):
    """RFC 8122, 5."""
    return "sha-256 " + ":".join(re.findall("..", hashlib.sha256(certificate).hexdigest().upper()))


class Message:
    """One request or response, whole: RFC 4975, 9."""

    def __init__(self, start, head, body, flag):
        self.transaction, rest = start.split(" ", 2)[1:]
        self.code = int(rest.split(" ")[0]) if rest[:3].isdigit() else None
        self.method = rest if self.code is None else None
        self.headers = {}
        self.names = []
        for line in head.split("\r\n"):
            name, colon, value = line.partition(": ")
            if not colon:
                wrong("header", repr(line))
            elif name in self.headers:
                wrong("twice", name)
            self.names.append(name)
            self.headers[name] = value
        self.body = body
        self.flag = flag

    def header(self, name):
        return self.headers.get(name, "")

    def range(self):
        """First byte, last byte and size of the whole; None for *."""
        match = re.fullmatch(r"(\d+)-(\d+|\*)/(\d+|\*)", self.header("Byte-Range"))
        if not match:
            return 1, None, None
        first, last, total = match.groups()
        return int(first), None if last == "*" else int(last), None if total == "*" else int(total)


def take_message(data):
    """The first message of the bytes, and what follows it; None while it is not whole."""
    line_end = data.find(b"\r\n")
    if line_end < 0:
        return None, data
    start = data[:line_end].decode("ascii", "replace")
    if not re.fullmatch(r"MSRP [A-Za-z0-9][A-Za-z0-9.+%=-]{3,31} ([A-Z]+|\d{3}( .*)?)", start):
        wrong("start", repr(start))
    transaction = (start + " ? ?").split(" ")[1]
    end = re.search(rb"\r\n-------" + re.escape(transaction.encode()) + rb"([$+#])\r\n", data)
    if not end:
        return None, data
    head, blank, body = data[line_end + 2 : end.start() + 2].partition(b"\r\n\r\n")
    # The line end before the end-line is no part of the body.
    body = body[:-2] if blank else None
    head = head.decode("utf-8", "replace").removesuffix("\r\n")
    return Message(start, head, body, end.group(1).decode()), data[end.end() :]


class Inbox:
    """Puts chunks together, and says what is wrong with them."""

    def __init__(self):
        self.parts = {}

    def take(self, message):
        identity = message.header("Message-ID")
        first, last, total = message.range()
        size = len(message.body)
        if last is not None and last != first + size - 1:
            wrong("range", message.header("Byte-Range"), size)
        whole = self.parts.setdefault(identity, bytearray())
        if first != len(whole) + 1:
            wrong("gap", identity, first, len(whole))
        whole += message.body
        if message.flag == "+":
            return
        del self.parts[identity]
        if message.flag == "#":
            return say("ABORTED", identity)
        if total is not None and total != len(whole):
            wrong("total", identity, total, len(whole))
        shown = escaped(bytes(whole)) if len(whole) <= MOST_SHOWN else f"{len(whole)} bytes"
        say("MESSAGE", identity, message.header("Content-Type"), shown)


class Connection:
    def __init__(self, peer, stream, number):
        self.peer = peer
        self.stream = stream
        self.number = number
        self.data = b""
        self.inbox = Inbox()
        self.session = ""

    def send(self, data):
        if isinstance(data, str):
            data = data.encode()
        self.stream.setblocking(True)
        self.stream.settimeout(10)
        try:
            self.stream.sendall(data)
        except OSError as fault:
            say("FAULT", self.number, fault)
        finally:
            if self.stream.fileno() >= 0:
                self.stream.setblocking(False)

    def read(self):
        try:
            while True:
                block = self.stream.recv(65536)
                if not block:
                    return self.leave()
                self.data += block
                self.take_all()
        except (BlockingIOError, ssl.SSLWantReadError):
            pass
        except ConnectionResetError:
            self.leave("by RST")
        except OSError as fault:
            self.leave(fault)

    def leave(self, *how):
        self.peer.unwatch(self.stream)
        self.stream.close()
        say("CLOSED", self.number, *how)

    def take_all(self):
        while True:
            message, self.data = take_message(self.data)
            if message is None:
                return
            self.check(message)
            if message.code is not None:
                say("RESPONSE", message.transaction, message.code)
            elif message.method == "REPORT":
                words = [message.header(name) for name in ("Message-ID", "Status", "Byte-Range")]
                say("REPORT", *words)
            else:
                self.take_request(message)

    def check(self, message):
        """RFC 4975, 9: To-Path and From-Path come first, and Content-Type last."""
        if message.names[:2] != ["To-Path", "From-Path"]:
            wrong("order", *message.names)
        if "Content-Type" in message.names[:-1] and message.body is not None:
            wrong("order", *message.names)
        # RFC 4975, 7.2: an answer goes back as its request came.
        theirs, ours = self.peer.sent.get(message.transaction, (self.peer.remote, self.peer.path))
        if message.header("To-Path") != ours:
            wrong("to", message.header("To-Path"))
        # Who connects may be faster than the description that says who it is.
        if theirs and message.header("From-Path") != theirs:
            wrong("from", message.header("From-Path"))
        if message.method and not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.+%=-]{3,31}", message.header("Message-ID")):
            wrong("id", message.header("Message-ID"))
        if message.method and message.method not in METHODS:
            wrong("method", message.method)

    def take_request(self, message):
        names = ("Message-ID", "Byte-Range", "Content-Type", "Success-Report", "Failure-Report")
        size = "-" if message.body is None else len(message.body)
        say("GOT SEND", *[message.header(name) or "-" for name in names], message.flag, size)
        if message.body is not None:
            self.inbox.take(message)
        self.answer(message)

    def answer(self, message):
        self.session = self.session or message.header("To-Path")
        other = self.peer.single and message.header("To-Path") != self.session
        code = 481 if other else self.peer.code
        wanted = message.header("Failure-Report")
        # RFC 4975, 7.1.2: "partial" wants errors only.
        if code is not None and wanted != "no" and not (wanted == "partial" and code == 200):
            paths = f"To-Path: {message.header('From-Path')}\r\nFrom-Path: {message.header('To-Path')}\r\n"
            end = f"-------{message.transaction}$\r\n"
            self.send(f"MSRP {message.transaction} {code} {COMMENTS.get(code, 'No')}\r\n{paths}{end}")
        reported = self.peer.reports
        if reported and code in (None, 200) and message.flag == "$" and message.header("Success-Report") == "yes":
            total = message.range()[2]
            self.peer.report(self, message.header("Message-ID"), reported, f"1-{total}/{total}")


class Peer:
    def __init__(self, options):
        self.selector = selectors.DefaultSelector()
        self.options = options
        self.path = ""
        self.remote = ""
        self.code = 200
        self.reports = 200
        self.single = False
        self.connections = []
        self.current = None
        self.transactions = 0
        self.sent = {}
        self.commands = b""
        self.listener = socket.socket()
        if options.buffer:
            self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, options.buffer)
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(20)
        self.selector.register(self.listener, selectors.EVENT_READ, self.accept)
        self.selector.register(sys.stdin.buffer, selectors.EVENT_READ, self.read_commands)
        port = self.listener.getsockname()[1]
        scheme = "msrps" if options.tls else "msrp"
        self.path = f"{scheme}://127.0.0.1:{port}/{options.session};tcp"
        if options.certificate:
            with open(options.certificate, encoding="ascii") as file:
                pem = re.search(r"-----BEGIN CERT.*?-----END CERTIFICATE-----", file.read(), re.S)[0]
            say("FINGERPRINT", fingerprint(ssl.PEM_cert_to_DER_cert(pem)))
        say("PORT", port)

    def run(self):
        while True:
            for key, _ in self.selector.select():
                # A connection that a command has closed meanwhile is not read.
                if key.fileobj in [one.fileobj for one in self.selector.get_map().values()]:
                    key.data()

    def accept(self):
        stream, _ = self.listener.accept()
        self.begin(stream, ssl.PROTOCOL_TLS_SERVER if self.options.tls else None)

    def begin(self, stream, protocol):
        number = len(self.connections) + 1
        if protocol:
            context = ssl.SSLContext(protocol)
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            if self.options.certificate:
                context.load_cert_chain(self.options.certificate)
            stream.settimeout(10)
            try:
                stream = context.wrap_socket(stream, server_side=protocol == ssl.PROTOCOL_TLS_SERVER)
            except OSError as fault:
                return say("FAULT", number, fault)
            shown = stream.getpeercert(binary_form=True)
            say("TLS", number, stream.version(), fingerprint(shown) if shown else "-")
        stream.setblocking(False)
        self.current = Connection(self, stream, number)
        self.connections.append(self.current)
        self.selector.register(stream, selectors.EVENT_READ, self.current.read)
        say("CONNECTED", number)

    def read_commands(self):
        block = os.read(0, 65536)
        if not block:
            sys.exit(0)
        self.commands += block
        while b"\n" in self.commands:
            line, self.commands = self.commands.split(b"\n", 1)
            name, _, rest = line.decode().partition(" ")
            getattr(self, "do_" + name)(rest)
            say("DONE", name)

    def arguments(self, text):
        text, marker, body = (" " + text).partition(" body=")
        values = dict(word.split("=", 1) for word in text.split())
        return values, unescaped(body) if marker else None

    def do_remote(self, text):
        self.remote = text

    def do_connect(self, text):
        port, *tls = text.split()
        stream = socket.socket()
        if self.options.buffer:
            stream.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self.options.buffer)
        stream.connect(("127.0.0.1", int(port)))
        self.begin(stream, ssl.PROTOCOL_TLS_CLIENT if tls else None)

    def do_use(self, text):
        self.current = self.connections[int(text) - 1]

    def do_bind(self, text):
        self.do_send("id=binding range=1-0/0")

    def transaction(self):
        self.transactions += 1
        return f"peer{self.transactions:04}"

    def do_send(self, text):
        values, body = self.arguments(text)
        if "fill" in values:
            body = pattern(int(values["fill"]))
        transaction = values.get("tid") or self.transaction()
        to_path, from_path = values.get("to") or self.remote, values.get("from") or self.path
        self.sent[transaction] = to_path, from_path
        head = [
            f"MSRP {transaction} SEND",
            f"To-Path: {to_path}",
            f"From-Path: {from_path}",
            f"Message-ID: {values['id']}",
        ]
        if "success" in values:
            head.append(f"Success-Report: {values['success']}")
        if "failure" in values:
            head.append(f"Failure-Report: {values['failure']}")
        size = len(body or b"")
        head.append(f"Byte-Range: {values.get('range') or f'1-{size}/{size}'}")
        data = "\r\n".join(head).encode() + b"\r\n"
        if body is not None:
            data += f"Content-Type: {values.get('type', 'text/plain')}\r\n\r\n".encode() + body + b"\r\n"
        self.current.send(data + f"-------{transaction}{values.get('flag', '$')}\r\n".encode())

    def report(self, connection, identity, code, span):
        transaction = self.transaction()
        connection.send(
            f"MSRP {transaction} REPORT\r\nTo-Path: {self.remote}\r\nFrom-Path: {self.path}\r\n"
            f"Message-ID: {identity}\r\nByte-Range: {span}\r\nStatus: 000 {code} {COMMENTS.get(code, 'No')}\r\n"
            f"-------{transaction}$\r\n"
        )

    def do_report(self, text):
        values, _ = self.arguments(text)
        for _ in range(int(values.get("times", 1))):
            self.report(self.current, values["id"], int(values.get("status", 200)), values.get("range", "1-*/*"))

    def do_raw(self, text):
        self.current.send(unescaped(text))

    def do_answer(self, text):
        self.code = None if text == "none" else int(text)

    def do_single(self, _):
        self.single = True

    def do_reports(self, text):
        self.reports = {"on": 200, "off": None}[text] if text in ("on", "off") else int(text)

    def unwatch(self, stream):
        if stream.fileno() in self.selector.get_map():
            self.selector.unregister(stream)

    def do_pause(self, _):
        self.unwatch(self.current.stream)

    def do_resume(self, _):
        self.selector.register(self.current.stream, selectors.EVENT_READ, self.current.read)

    def do_half(self, _):
        self.current.stream.shutdown(socket.SHUT_WR)

    def do_close(self, _):
        self.unwatch(self.current.stream)
        self.current.stream.close()

    def do_reset(self, _):
        self.current.stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.do_close("")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--session", default="peersession", help="the session id of our path")
    parser.add_argument("--tls", action="store_true", help="speak TLS to who connects")
    parser.add_argument("--certificate", help="a file with certificate and key")
    parser.add_argument("--buffer", type=int, help="size of the receive buffer, in bytes")
    Peer(parser.parse_args()).run()


if __name__ == "__main__":
    sys.exit(main())
