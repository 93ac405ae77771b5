"""A server made of pyftpdlib. The argument is a JSON file, written by pyftpdlib.go."""
import ast
import json
import logging
import os
import sys

from OpenSSL import SSL
from pyftpdlib import authorizers, handlers, servers

with open(sys.argv[1]) as f:
    conf = json.load(f)


class EagerData(handlers.TLS_DTPHandler):
    """Reads nothing before it knows what for. 1.5.7 itself resets a data connection whose ClientHello comes early."""

    def readable(self):
        waiting = not (self._ssl_accepting or self._initialized or self.receive)
        return not waiting and (self._ssl_accepting or super().readable())


class BytesHandler:
    """Names are the bytes on the disk, whether they are UTF-8 or not."""

    unicode_errors = "surrogateescape"

    def push(self, text):
        handlers.AsyncChat.push(self, text.encode("utf8", "surrogateescape"))


def users():
    authorizer = authorizers.DummyAuthorizer()
    authorizer.add_user(conf["user"], conf["password"], conf["root"], perm="elr" if conf["readonly"] else "elradfmwMT")
    authorizer.add_anonymous(conf["anon"])
    return authorizer


def data_handler():
    plain, tls = handlers.DTPHandler, EagerData if conf["eager"] else handlers.TLS_DTPHandler
    base = tls if conf["tls"] else plain
    if not conf["rate"]:
        return base
    limits = {"read_limit": conf["rate"], "write_limit": conf["rate"]}
    # pyftpdlib 1.5.7 stops altogether when a data connection is reset before its handler has been set up.
    limits["_throttler"] = None
    return type("Throttled", (handlers.ThrottledDTPHandler, base), limits)


def control_handler():
    base = handlers.TLS_FTPHandler if conf["tls"] else handlers.FTPHandler
    return type("Handler", (BytesHandler, base) if conf["bytes"] else (base,), {})


def set_tls(handler):
    handler.certfile, handler.keyfile = conf["cert"], conf["key"]
    handler.tls_control_required = handler.tls_data_required = True
    context = handler.ssl_context = handler.get_ssl_context()
    if conf["ciphers"]:
        context.set_cipher_list(conf["ciphers"].encode())
    if conf["clientcert"]:
        context.load_verify_locations(conf["ca"])
        context.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT, lambda conn, cert, errno, depth, ok: ok)
        context.set_session_id(b"practice")  # without it OpenSSL resumes no session that had a client certificate


def handler():
    h = control_handler()
    h.authorizer, h.dtp_handler = users(), data_handler()
    h.passive_ports = range(conf["low"], conf["high"] + 1)
    refused = {"active": ("PASV", "EPSV"), "passive": ("PORT", "EPRT")}.get(conf["mode"], ())
    h.proto_cmds = {name: row for name, row in h.proto_cmds.items() if name not in refused}
    h.masquerade_address = conf["pasvip"] or None
    if conf["idle"]:
        h.timeout = conf["idle"]
    if conf["banner"]:
        h.banner = conf["banner"].strip()
    if conf["tls"]:
        set_tls(h)
    for line in conf["conf"] or ():
        name, value = line.split("=", 1)
        setattr(h, name, ast.literal_eval(value))
    return h


def become(uid):
    os.setgroups([])
    os.setgid(uid)
    os.setuid(uid)


logging.basicConfig(filename=conf["log"], level=logging.DEBUG, format="%(asctime)s %(message)s")
common = handler()
listening = [servers.FTPServer((host, conf["port"]), common) for host in conf["hosts"]]
for server in listening:
    server.max_cons = (conf["clients"] or 500) + len(listening)  # it counts the listening sockets too
if conf["uid"]:
    become(conf["uid"])
os.umask(0o022)
# One loop serves them all. With a time limit on each turn: without, 1.5.7 forgets the idle limit of a session that has
# sent a command (its scheduler says "at once", 0, which epoll is then told as "whenever", -1).
listening[0].serve_forever(timeout=0.1 if conf["idle"] else None)
