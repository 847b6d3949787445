"""A connection of the real server is asked after, so that a phone that vanished does not hold a thread for ever."""

import socket

from flask import Flask

from tests.support.people import Phone
from tests.support.serving import Server


def keeps_alive(port: int) -> list[bool]:
    """Of each established connection of the kernel's table to this port on the server's side: whether a keepalive timer runs."""
    wanted, found = f"0100007F:{port:04X}", []
    with open("/proc/net/tcp") as table:
        for line in table.readlines()[1:]:
            parts = line.split()
            if parts[1] == wanted and parts[3] == "01":
                found.append(parts[5].startswith("02:"))
    return found


def test_the_connections_that_come_after_the_first_request_are_asked_after(one_app: Flask):
    token = Phone(one_app, "supervisor").token
    with Server(one_app) as server:
        for _ in range(12):  # each worker learns it with its first request
            with socket.create_connection(("127.0.0.1", server.port)) as asked:
                asked.sendall(f"HEAD /api/v1/files/{'0' * 32} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nTus-Resumable: 1.0.0\r\n\r\n".encode())
                assert asked.recv(100).startswith(b"HTTP/1.1 404")
        with socket.create_connection(("127.0.0.1", server.port)) as slow:  # its body never comes to an end
            slow.sendall(f"POST /api/v1/files HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nTus-Resumable: 1.0.0\r\nUpload-Length: 1000"
                         "\r\nContent-Type: application/offset+octet-stream\r\nContent-Length: 1000\r\n\r\nx".encode())
            assert keeps_alive(server.port) and all(keeps_alive(server.port))
