"""Point 20: --http shows the state: a page, JSON, metrics and health; to nobody unless it is asked for;
and whoever connects can change nothing and delay nobody."""

import http.client
import json
import re
import socket

from fixture import account
from fixture.cases import case, main
from fixture.duct import Duct
from fixture.expect import equal, true, wait_for
from fixture.inject import Background, inject
from fixture.lab import Lab
from fixture.scripted_peer import ScriptedPeer


class Web:
    """A feed with a status page."""

    def __init__(self, stage, lab=None, **options):
        self.lab = lab or Lab(stage)
        self.port = stage.port()
        self.duct = Duct(self.lab, http=f":{self.port}", **options).start()

    def ask(self, target, method="GET", headers=None, body=None):
        """(status, headers, body) of the response."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request(method, target, body, headers or {})
        response = connection.getresponse()
        text = response.read().decode()
        connection.close()
        return response.status, response.headers, text

    def connect(self):
        client = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        return client

    def say(self, request):
        """What is answered to these bytes, up to the end of the connection."""
        with self.connect() as client:
            client.sendall(request)
            text = b""
            while more := client.recv(65536):
                text += more
            return text.decode()


@case()
def what_it_shows(stage):
    """The page, the JSON of `show json`, metrics and health; HEAD tells the same without a body."""
    web = Web(stage)
    account.wait_arrived(web.lab.peer, inject(web.lab.source, 20))
    wait_for(lambda: web.duct.show()["accepted"] == 20, "twenty accepted, by show")
    status, headers, page = web.ask("/")
    equal((status, headers["Content-Type"]), (200, "text/html; charset=utf-8"), "the page")
    true("<title>innduct</title>" in page, "it is the page")
    true("default-src 'none'" in headers["Content-Security-Policy"], "it may load nothing")
    status, headers, text = web.ask("/status.json")
    equal((status, headers["Content-Type"]), (200, "application/json"), "the JSON")
    state = json.loads(text)
    equal((state["state"], state["counters"]["accepted"], state["troubles"]), ("NORMAL", 20, []),
          "what it says")
    equal(state.keys(), json.loads(web.duct.ask("show json")).keys(), "names, as in show json")
    status, headers, text = web.ask("/metrics")
    equal((status, headers["Content-Type"]),
          (200, "text/plain; version=0.0.4; charset=utf-8"), "the metrics")
    true('innduct_articles_total{site="peer",peer="127.0.0.1",outcome="accepted"} 20\n' in text,
         f"twenty accepted, in\n{text}")
    equal(web.ask("/healthz")[::2], (200, "ok\n"), "health")
    for target in ("/", "/status.json", "/metrics", "/healthz"):
        status, headers, text = web.ask(target, "HEAD")
        equal((status, text, int(headers["Content-Length"]) > 2), (200, "", True), f"HEAD {target}")
    web.duct.stop()


@case()
def events(stage):
    """/events tells the state again and again, until the client goes or innduct ends; the feed goes on
    beside those who follow."""
    web = Web(stage)
    deaf = [web.connect() for _ in range(3)]
    for client in deaf:
        client.sendall(b"GET /events HTTP/1.1\r\nHost: x\r\n\r\n")
    connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=20)
    connection.request("GET", "/events")
    response = connection.getresponse()
    equal((response.status, response.headers["Content-Type"]), (200, "text/event-stream"), "the stream")

    def event():
        line = response.readline()
        true(line.startswith(b"data: {") and response.readline() == b"\n", f"an event: {line!r}")
        return json.loads(line[6:])

    equal(event()["counters"]["accepted"], 0, "accepted, by the first event")
    account.wait_arrived(web.lab.peer, inject(web.lab.source, 20))
    wait_for(lambda: event()["counters"]["accepted"] == 20, "twenty accepted, by an event")
    true(event().keys() == json.loads(web.ask("/status.json")[2]).keys(), "names, as in /status.json")
    deaf.pop().close()
    event()
    web.duct.stop()
    equal(response.read().count(b"data: ") < 3, True, "the stream ends with innduct")


def follow_deaf(port):
    """A follower of /events who reads no more than a few KB, ever."""
    client = socket.socket()
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 200)  # so that the other end keeps few, too
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
    client.settimeout(20)
    client.connect(("127.0.0.1", port))
    client.sendall(b"GET /events HTTP/1.1\r\nHost: x\r\n\r\n")
    return client


@case()
def deaf_followers(stage):
    """Followers who take nothing in delay no article and cost no memory, and are ended after ten
    seconds."""
    web = Web(stage)
    deaf = [follow_deaf(web.port) for _ in range(8)]
    wait_for(lambda: web.say(b"GET /events HTTP/1.1\r\nHost: x\r\n\r\n").startswith("HTTP/1.1 503 "),
             "there are as many as may follow")
    before = web.duct.resident_kb()
    injecting = Background(web.lab.source, 250, rate=20, size=1000)

    def ended():
        """Whether there is room again, which is so when one of them is no longer served."""
        with web.connect() as client:
            client.sendall(b"GET /events HTTP/1.1\r\nHost: x\r\n\r\n")
            return client.recv(20).startswith(b"HTTP/1.1 200")

    wait_for(ended, "they are ended", deadline=40, every=0.5)
    account.wait_arrived(web.lab.peer, injecting.join())
    slowest = json.loads(web.duct.ask("show json"))["delay"]["recent"]["p99_seconds"]
    true(slowest < 1, f"99 of 100 articles had their answer within {slowest} s")
    if not stage.sanitized():  # that keeps for a while what was given back
        true(web.duct.resident_kb() < before + 5000, "they take little memory")
    for client in deaf:
        client.close()
    web.duct.stop()


@case()
def in_trouble(stage):
    """When somebody should look, /healthz is 503 and says why; so does the JSON; later it is well."""
    lab = Lab(stage, peer=False)
    peer = ScriptedPeer(stage)
    peer.close()
    web = Web(stage, lab, to=peer)
    inject(lab.source, 1)
    wait_for(lambda: web.ask("/healthz")[0] == 503, "trouble")
    text = web.ask("/healthz")[2]
    true(text.startswith("the peer cannot be reached: "), f"the reason: {text!r}")
    equal(json.loads(web.ask("/status.json")[2])["troubles"], text.splitlines(), "troubles")
    peer.open()
    wait_for(lambda: web.ask("/healthz")[0] == 200, "all is well again")


@case()
def nothing_else(stage):
    """Other names, other methods and nonsense are refused, and change nothing."""
    web = Web(stage)
    for target in ("/index.html", "//", "/../etc/passwd", "/metrics/", "/status.json?x=1", "/%2e%2e/",
                   "/flush", "http://other/"):
        equal(web.ask(target)[0], 404, f"status of {target}")
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "FLUSH"):
        status, headers, _ = web.ask("/", method, body="stop\n" * 1000)
        true(status in (400, 405), f"{method} is answered {status}")
        if status == 405:
            equal(headers["Allow"], "GET, HEAD", f"what is allowed instead of {method}")
    for request in (b"stop\r\n\r\n", b"\x00\xff\x16\x03\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n",
                    b"GET  HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\nX: " + b"x" * 9000 + b"\r\n\r\n"):
        true(web.say(request).startswith("HTTP/1.1 400 "), f"{request[:30]} is a bad request")
    true(web.say(b"GET /healthz HTTP/1.0\r\n\r\n").endswith("\r\n\r\nok\n"), "HTTP/1.0 is understood")
    true(web.say(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n")
         .endswith("ok\n"), "one request is answered, and no more")
    equal(web.lab.source.flushes("peer"), 0, "flushes")
    web.duct.demand_running()
    web.duct.stop()


@case()
def slow_and_many(stage):
    """Clients that say nothing, half a request or far too much, or read nothing: there are sixteen at
    most, each is ended after ten seconds, and the feed and the control line go on."""
    web = Web(stage)
    silent = [web.connect() for _ in range(15)]
    half = web.connect()
    half.sendall(b"GET /metrics HT")
    wait_for(lambda: web.say(b"") == "", "the seventeenth is closed at once")
    account.wait_arrived(web.lab.peer, inject(web.lab.source, 50))
    true("accepted=" in web.duct.ask("show"), "the control line answers")
    wait_for(lambda: half.recv(1000) == b"", "who says half a request is ended")
    for client in silent:
        equal(client.recv(1000), b"", "what who says nothing is told")
    equal(web.ask("/healthz")[0], 200, "health, when there is room again")
    before = web.duct.resident_kb()
    flood = web.connect()
    flood.setblocking(False)
    sent = 0
    try:
        while sent < 20_000_000:
            sent += flood.send(b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 10_000)
    except OSError:
        pass
    true(web.duct.resident_kb() < before + 20_000, "a flood takes little memory")
    deaf = [web.connect() for _ in range(10)]
    for client in deaf:
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    equal(web.ask("/healthz")[0], 200, "health, beside those who do not read")
    web.duct.stop()


@case()
def where(stage):
    """Off by default; on a socket with a name; on IPv6; a place that is taken costs the page, and not
    the feed."""
    lab = Lab(stage)
    plain = Duct(lab).start()
    with open("/proc/net/tcp") as table:
        listening = re.findall(r"^ *\d+: (\w+):(\w+) \w+:\w+ 0A ", table.read(), re.MULTILINE)
    ports = {int(port, 16) for _, port in listening}
    equal(ports, {lab.source.port, lab.peer.port}, "ports that are listened on")
    plain.stop()

    path = lab.source.run / "page"
    for _ in range(2):  # what a kill leaves is no obstacle
        duct = Duct(lab, http="unix:page").start()
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(20)
            client.connect(str(path))
            client.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            text = b""
            while more := client.recv(65536):
                text += more
            true(text.endswith(b"\r\n\r\nok\n"), f"health: {text!r}")
        duct.kill()
    duct = Duct(lab, http="unix:page").start()
    duct.stop()
    true(not path.exists(), "the socket is gone")

    port = stage.port()
    duct = Duct(lab, http=f"[::1]:{port}").start()
    socket.create_connection(("::1", port), timeout=20).close()
    duct.stop()

    with socket.create_server(("127.0.0.1", port)):
        duct = Duct(lab, http=f"127.0.0.1:{port}").start()
        account.wait_arrived(lab.peer, inject(lab.source, 5))
        equal(len(duct.said("cannot listen for HTTP at 127.0.0.1 port .*: Address already in use")), 1,
              "warnings")
        duct.stop()
    for bad in ("8080", "localhost:80", "unix:", "::1:80"):
        equal(Duct(lab, http=bad).run_to_end(), 8, f"exit status for --http={bad}")


if __name__ == "__main__":
    main()
