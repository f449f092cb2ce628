#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Connects to a port of this machine so many times, and says DONE.

With --silent the connections stay open without a word until the other side has closed them all, with --half after
half a message. Fails when a connection is not served or, with these two, not closed in time.
"""

import argparse
import socket
import ssl
import sys

OPTIONS = (
    "OPTIONS sip:daemon SIP/2.0\r\nVia: SIP/2.0/TLS 127.0.0.1:9;branch=z9hG4bK{0}\r\nMax-Forwards: 70\r\n"
    "To: <sip:daemon>\r\nFrom: <sip:stranger@127.0.0.1>;tag=1\r\nCall-ID: {0}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"
)


def knock(address, context, number):
    with socket.create_connection(address, timeout=10) as connection, context.wrap_socket(connection) as stream:
        for byte in OPTIONS.format(number) if number == 0 else [OPTIONS.format(number)]:
            stream.sendall(byte.encode())
        if not stream.recv(4096).startswith(b"SIP/2.0 200"):
            sys.exit("no 200")


def begin(address, context):
    with socket.create_connection(address, timeout=10) as connection, context.wrap_socket(connection) as stream:
        stream.sendall(OPTIONS.format(0)[:100].encode())
        print("OPEN", flush=True)
        if stream.recv(4096):
            sys.exit("an answer to half a message")


def wait(address, count):
    connections = [socket.create_connection(address, timeout=10) for _ in range(count)]
    print("OPEN", flush=True)
    for connection in connections:
        try:
            connection.recv(1)
        except ConnectionResetError:
            pass


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("count", type=int)
    parser.add_argument("--silent", action="store_true")
    parser.add_argument("--half", action="store_true")
    parser.add_argument("--most", choices=["1.1", "1.2", "1.3"], default="1.3")
    options = parser.parse_args()
    address = ("127.0.0.1", options.port)
    if options.silent:
        wait(address, options.count)
    else:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        if options.most == "1.1":
            context.set_ciphers("ALL:@SECLEVEL=0")
            context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = {"1.1": ssl.TLSVersion.TLSv1_1, "1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}[options.most]
        for number in range(options.count):
            if options.half:
                begin(address, context)
            else:
                knock(address, context, number)
    print("DONE", flush=True)


if __name__ == "__main__":
    main()
