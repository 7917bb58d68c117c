# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: The M2ME authors

"""The ways between a private world and the test: sockets in the file system are seen from both sides.

auc   datagrams of hostapd, which the JDK cannot receive, one after the other to the stream socket "icf"
card  the stream socket "card" to the virtual reader of pcscd
"""

import socket
import sys
import threading

VPCD = ("127.0.0.1", 35963)  # its first slot


def auc():
    desk = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    desk.bind("auc")
    print("open", flush=True)
    while True:
        question, asker = desk.recvfrom(1024)
        with socket.socket(socket.AF_UNIX) as icf:
            icf.connect("icf")
            icf.sendall(question)
            icf.shutdown(socket.SHUT_WR)
            answer = icf.recv(1024)  # ends before the next question is read: an AUTS is not overtaken
        if answer:
            desk.sendto(answer, asker)


def card():
    inside = socket.create_connection(VPCD)
    inside.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    outside = socket.socket(socket.AF_UNIX)
    outside.connect("card")
    threading.Thread(target=carry, args=(outside, inside)).start()
    carry(inside, outside)


def carry(source, target):
    while data := source.recv(1024):
        target.sendall(data)
    target.shutdown(socket.SHUT_WR)


{"auc": auc, "card": card}[sys.argv[1]]()
