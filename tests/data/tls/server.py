#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A TLS server that speaks a little SIP, and says on standard output what comes, a line for each thing.

It answers INVITE with the code that it is given, 200 with a description and a Record-Route that bears its address, and
every other request with 200.
"""

import argparse
import socket
import ssl
import sys
import threading
import time

VERSIONS = {"1.0": ssl.TLSVersion.TLSv1, "1.1": ssl.TLSVersion.TLSv1_1, "1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}
DESCRIPTION = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0\r\n"


def say(*words):
    print(*words, flush=True)


def context_of(options):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(options.certificate)
    if options.ciphers:
        context.set_ciphers(options.ciphers)
    if options.least:
        context.minimum_version = VERSIONS[options.least]
    if options.most:
        context.maximum_version = VERSIONS[options.most]
    if options.demands:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(options.demands)
    context.sni_callback = lambda one, name, whole: say("NAME", name)
    return context


def answer(head, options, port):
    lines = head.split("\r\n")
    method, target = lines[0].split()[:2]
    if method in ("ACK", "SIP/2.0"):
        return b""
    code = options.answer if method == "INVITE" else 200
    reply = [f"SIP/2.0 {code} " + ("OK" if code == 200 else "Busy Here")]
    for line in lines[1:]:
        name = line.split(":")[0]
        if name in ("Via", "From", "Call-ID", "CSeq"):
            reply.append(line)
        elif name == "To":
            reply.append(line if "tag=" in line else line + ";tag=server")
    body = ""
    if method == "INVITE" and code == 200:
        scheme = target.split(":")[0]
        reply.append(f"Record-Route: <{scheme}:127.0.0.1:{port};transport=tls;lr>")
        reply.append(f"Contact: <{scheme}:server@127.0.0.1:{port};transport=tls>")
        reply.append("Content-Type: application/sdp")
        body = DESCRIPTION
    if method == "REGISTER":
        reply += [line for line in lines if line.startswith("Contact:")] + ["Expires: 3600"]
    reply.append(f"Content-Length: {len(body)}")
    return ("\r\n".join(reply) + "\r\n\r\n" + body).encode()


def linger(connection):
    """A connection that is closed with something unread is reset, and the alert before it may be lost."""
    connection.shutdown(socket.SHUT_WR)
    while connection.recv(4096):
        pass
    connection.close()


def serve(connection, options, context):
    port = connection.getsockname()[1]
    if options.stall:
        return time.sleep(3600)
    try:
        stream = context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        try:
            stream.do_handshake()
        except OSError as fault:
            say("FAULT", fault)
            return linger(socket.socket(fileno=stream.detach()))
        say("TLS", stream.version())
        data = b""
        while block := stream.recv(65536):
            data += block
            while b"\r\n\r\n" in data:
                head, data = data.split(b"\r\n\r\n", 1)
                text = head.decode()
                if not text:
                    say("PING")
                    stream.sendall(b"\r\n")
                    continue
                length = [int(line.split(":")[1]) for line in text.split("\r\n") if line.lower().startswith("content-length")]
                while length and len(data) < length[0]:
                    data += stream.recv(65536)
                data = data[length[0] :] if length else data
                say("GOT", text.replace("\r\n", " | "))
                reply = answer(text, options, port)
                if reply:
                    stream.sendall(reply)
                if options.hangs_up and text.startswith("ACK"):
                    stream.close()
                    return say("HUNG UP")
    except OSError as fault:
        say("FAULT", fault)
    say("CLOSED")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("certificate")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--answer", type=int, default=486)
    parser.add_argument("--least", choices=VERSIONS)
    parser.add_argument("--most", choices=VERSIONS)
    parser.add_argument("--ciphers")
    parser.add_argument("--demands", help="authorities of the certificate that a client must have")
    parser.add_argument("--stall", action="store_true", help="never begin the handshake")
    parser.add_argument("--hangs-up", action="store_true", help="close the connection after an ACK")
    options = parser.parse_args()
    context = context_of(options)
    listener = socket.create_server(("127.0.0.1", options.port), backlog=50)
    say("PORT", listener.getsockname()[1])
    while True:
        connection, _ = listener.accept()
        say("CONNECTED")
        threading.Thread(target=serve, args=(connection, options, context), daemon=True).start()


if __name__ == "__main__":
    sys.exit(main())
