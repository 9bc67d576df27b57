"""Point 20: what a person sees of the status page in Chromium: the figures follow the feed, trouble
stands out and is never taken for HTML; a phone and a dark room are thought of."""

import re
import socket

from fixture import account
from fixture.articles import Articles
from fixture.browser import Browser
from fixture.cases import case, main
from fixture.duct import Duct
from fixture.expect import equal, true, wait_for
from fixture.inject import inject
from fixture.lab import Lab
from fixture.scripted_peer import ScriptedPeer

MARKUP = "<img src=x onerror=document.title=1>"


class Page:
    """The page of a feed, in a browser."""

    def __init__(self, stage, lab=None, scripts=(), **options):
        self.lab = lab or Lab(stage)
        self.port = stage.port()
        self.articles = Articles(size=1000)
        self.duct = Duct(self.lab, http=f":{self.port}", **options).start()
        self.browser = Browser(stage, scripts)
        self.go()

    def go(self):
        self.browser.go(f"http://127.0.0.1:{self.port}/")

    def card(self, title):
        """(figure, note) of a card."""
        cards = self.browser.value(
            "[...document.querySelectorAll('.card')].map(card => [...card.children].map(e => e.innerText))")
        return next((card[1:] for card in cards if card[0] == title), None)

    def asked(self):
        """The names, other than its own, that the page has asked for so far."""
        return {re.sub(r".*/", "/", address) for address in self.browser.addresses()} - {"/"}

    def demand_following(self):
        """It shows the twenty that are fed now."""
        before = wait_for(lambda: self.card("accepted"), "figures")[1]
        account.wait_arrived(self.lab.peer, inject(self.lab.source, 20, articles=self.articles))
        after = f"{int(before.split()[0]) + 20} in all"
        wait_for(lambda: self.card("accepted")[1] == after, f"the page says {after}")


@case()
def it_follows(stage):
    """By events: the figures follow the feed; when innduct ends that is told, and the next one is followed."""
    page = Page(stage)
    browser = page.browser
    wait_for(lambda: browser.text("#state") == "NORMAL", "the state")
    equal(browser.text("#title"), "peer \u2192 127.0.0.1", "whose it is")
    true(browser.value("document.title").startswith("peer "), "whose it is, in the list of windows")
    page.demand_following()
    equal(browser.text("#connections tr:last-child td"), "127.0.0.1", "the connection")
    equal(browser.text("#files tr:last-child td"), "peer", "the file")
    equal(browser.text("#errors"), "none", "warnings and errors")
    equal(browser.text("#troubles"), "", "troubles")
    equal(page.asked(), {"/events"}, "what it asks for")
    browser.demand_no_complaints()
    page.duct.stop()
    wait_for(lambda: browser.text("#state").startswith("no answer"), "the end is told")
    true("what follows was so at" in browser.text("header"), "so is the time of what is shown")
    page.duct.start()
    wait_for(lambda: browser.text("#state") == "NORMAL", "it is well again")
    page.demand_following()
    browser.close()


@case()
def without_events(stage):
    """A browser that knows no events, or is refused them, looks again and again, and shows the same."""
    page = Page(stage, scripts=["delete window.EventSource"])
    page.demand_following()
    equal(page.asked(), {"/status.json"}, "what it asks for without events")
    page.browser.demand_no_complaints()
    page.browser.close()

    followers = [socket.create_connection(("127.0.0.1", page.port)) for _ in range(8)]
    for follower in followers:
        follower.sendall(b"GET /events HTTP/1.1\r\nHost: x\r\n\r\n")
        follower.recv(100)
    page.browser = Browser(stage)
    page.go()
    wait_for(lambda: page.asked() == {"/events", "/status.json"}, "it asks for both")
    page.demand_following()
    page.browser.close()


@case()
def trouble_stands_out(stage):
    """Trouble is told in red, as text whatever the peer put into it; it goes when all is well."""
    peer = ScriptedPeer(stage, greeting=f"400 {MARKUP}")
    page = Page(stage, Lab(stage, peer=False), to=peer)
    browser = page.browser
    wait_for(lambda: browser.text("#state") == "NORMAL", "the state before there is trouble")
    calm = browser.style("#state", "color")
    inject(page.lab.source, 1)
    wait_for(lambda: MARKUP in browser.text("#troubles"), "the trouble, with the peer's words")
    true(browser.text("#state") == "NORMAL, and something to look at", "so says the state")
    true(browser.style("#state", "color") != calm, "in another colour")
    true(MARKUP in browser.text("#errors"), "it is among the last warnings")
    equal(browser.value("document.images.length"), 0, "pictures that the peer put there")
    true(browser.value("document.title").startswith("\u26a0 peer "), "the list of windows shows it")
    browser.demand_no_complaints()
    peer.tell(greeting="200 welcome")
    wait_for(lambda: browser.text("#state") == "NORMAL", "all is well again")
    equal(browser.text("#troubles"), "", "troubles")
    equal(browser.style("#state", "color"), calm, "colour of the state")
    browser.close()


def light(colour):
    """How light an rgb() is, 0 to 1."""
    return sum(map(int, re.findall(r"\d+", colour)[:3])) / (3 * 255)


@case()
def on_a_phone_and_in_the_dark(stage):
    """On a screen of 375 pixels nothing sticks out, however long names and reasons are; in the dark it is
    dark, and can be read."""
    peer = ScriptedPeer(stage, greeting="400 " + "w" * 300)
    page = Page(stage, Lab(stage, peer=False), to=peer)
    browser = page.browser
    inject(page.lab.source, 1)
    wait_for(lambda: "www" in browser.text("#troubles"), "a long reason")
    for width in (375, 1280):
        browser.size(width, 800)
        room, used = browser.value(
            "[document.documentElement.clientWidth, document.documentElement.scrollWidth]")
        true(used <= room <= width, f"of {width} pixels there are {room}, of which {used} are used")
    browser.size(375, 800)
    columns = browser.style("#cards", "gridTemplateColumns").split()
    equal(len(columns), 2, "cards beside each other on a phone")
    for scheme, dark in (("dark", True), ("light", False)):
        browser.prefer(scheme)
        back = light(browser.style("body", "backgroundColor"))
        equal(back < 0.5, dark, f"the background is dark when {scheme} is preferred")
        for selector in ("body", ".card b", ".card span", "#state", "#troubles li", "#errors li", "th"):
            distance = abs(light(browser.style(selector, "color")) - back)
            true(distance > 0.35, f"{selector} can be read when {scheme} is preferred: {distance:.2f}")
    browser.demand_no_complaints()
    browser.close()


if __name__ == "__main__":
    main()
