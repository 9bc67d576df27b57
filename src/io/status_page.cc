// status_page.cc: the page. What it is told goes into it as text, never as HTML.
#include "io/status_page.h"

namespace innduct::io {
namespace {

constexpr const char* page = R"html(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>innduct</title>
<style>
:root { color-scheme: light dark; --back: #f6f7f9; --card: #fff; --text: #1b1f24; --dim: #667;
  --line: #dde1e6; --good: #17803d; --bad: #c02626; --mark: #2563eb; }
@media (prefers-color-scheme: dark) { :root { --back: #14171b; --card: #1d2127; --text: #e8eaed;
  --dim: #98a2b3; --line: #313843; --good: #4ade80; --bad: #f87171; --mark: #60a5fa; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 70rem; padding: 1rem; background: var(--back); color: var(--text);
  font: 15px/1.45 system-ui, sans-serif; }
header { display: flex; flex-wrap: wrap; gap: .4rem .8rem; align-items: baseline; }
h1 { font-size: 1.3rem; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: .95rem; margin: 1.4rem 0 .5rem; }
#state { font-weight: 600; color: var(--good); }
#state.bad { color: var(--bad); }
.dim { color: var(--dim); }
#troubles { margin: .8rem 0 0; padding: 0; list-style: none; }
#troubles li { border-left: 4px solid var(--bad); background: var(--card); padding: .4rem .7rem;
  margin-top: .4rem; overflow-wrap: anywhere; }
#cards { display: grid; gap: .7rem; margin-top: 1rem;
  grid-template-columns: repeat(auto-fill, minmax(10.5rem, 1fr)); }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .5rem;
  padding: .6rem .8rem; min-width: 0; }
.card b { display: block; font-size: 1.45rem; font-weight: 600;
  font-variant-numeric: tabular-nums; }
.wide { background: var(--card); border: 1px solid var(--line); border-radius: .5rem;
  overflow-x: auto; }
svg { display: block; width: 100%; height: 4.5rem; }
polyline { fill: none; stroke: var(--mark); stroke-width: 1.5; vector-effect: non-scaling-stroke; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: .35rem .7rem; border-top: 1px solid var(--line);
  white-space: nowrap; }
tr:first-child th { border-top: 0; }
th:first-child, td:first-child { text-align: left; }
th { color: var(--dim); font-weight: 500; }
</style>
</head>
<body>
<header><h1 id="title">innduct</h1><span id="state"></span>
<span id="since" class="dim"></span></header>
<noscript><p>This page needs JavaScript; <a href="/status.json">status.json</a> and
<a href="/metrics">metrics</a> do not.</p></noscript>
<ul id="troubles"></ul>
<div id="cards"></div>
<h2>Accepted per second, the last five minutes <span id="peak" class="dim"></span></h2>
<div class="wide"><svg viewBox="0 0 149 40" preserveAspectRatio="none" role="img"
  aria-label="accepted per second"><polyline id="line" points=""></polyline></svg></div>
<h2>Connections</h2><div class="wide"><table id="connections"></table></div>
<h2>Files</h2><div class="wide"><table id="files"></table></div>
<script>
"use strict";
const $ = id => document.getElementById(id);
const every = 2000, kept = 150;
let last = null, rates = [], backlogs = [];

const number = n => n.toLocaleString("en", {maximumFractionDigits: n < 10 ? 1 : 0});
function bytes(n) {
  const units = ["B", "KB", "MB", "GB", "TB"];
  let i = 0;
  for (; n >= 1000 && i < units.length - 1; ++i) n /= 1000;
  return number(n) + " " + units[i];
}
function time(s) {
  if (s < 60) return Math.floor(s) + " s";
  if (s < 3600) return Math.floor(s / 60) + " min";
  if (s < 86400) return Math.floor(s / 3600) + " h " + Math.floor(s % 3600 / 60) + " min";
  return Math.floor(s / 86400) + " d " + Math.floor(s % 86400 / 3600) + " h";
}
function element(name, text, kind) {
  const made = document.createElement(name);
  made.textContent = text;
  if (kind) made.className = kind;
  return made;
}
function card(title, value, note) {
  const made = element("div", "", "card");
  made.append(element("span", title, "dim"), element("b", value),
    element("span", note || "\u00a0", "dim"));
  return made;
}
function table(id, heads, rows) {
  const row = (name, cells) => {
    const made = document.createElement("tr");
    made.append(...cells.map(cell => element(name, cell)));
    return made;
  };
  const lines = rows.length ? rows : [heads.map((_, i) => i ? "" : "none")];
  $(id).replaceChildren(row("th", heads), ...lines.map(cells => row("td", cells)));
}
function seen(s) {
  const c = s.counters, now = performance.now() / 1000;
  // A restart counts from zero.
  const passed = last && c.accepted >= last.accepted ? now - last.now : 0;
  const rate = name => passed ? Math.max(0, c[name] - last[name]) / passed : 0;
  if (passed) rates.push(rate("accepted"));
  if (rates.length > kept) rates.shift();
  const owed = s.backlog_bytes + s.defer_bytes;
  backlogs.push([now, owed]);
  if (backlogs.length > 30) backlogs.shift();
  const [was, had] = backlogs[0];
  const shrinks = now > was ? (had - owed) / (now - was) : 0;
  const until = owed === 0 ? "nothing waits"
    : shrinks > 0 ? "done in " + time(owed / shrinks) : "does not shrink";
  const judged = c.accepted + c.unwanted + c.rejected;

  document.title = s.site + " \u2013 innduct";
  $("title").textContent = s.site === s.peer ? s.site : s.site + " \u2192 " + s.peer;
  $("state").textContent = s.state + (s.troubles.length ? ", and something to look at" : "");
  $("state").className = s.troubles.length ? "bad" : "";
  $("since").textContent = "running for " + time(s.running_seconds);
  $("troubles").replaceChildren(...s.troubles.map(text => element("li", text)));
  $("cards").replaceChildren(
    card("accepted", number(c.accepted), number(rate("accepted")) + " /s"),
    card("sent", bytes(c.bytes), bytes(rate("bytes")) + "/s"),
    card("accepted share", judged ? number(100 * c.accepted / judged) + " %" : "\u2013",
         s.no_check ? "without CHECK" : "with CHECK"),
    card("in memory", number(s.in_core), number(s.queued) + " queued"),
    card("connections", number(s.connections.length), number(s.in_flight) + " articles on them"),
    card("backlog", bytes(owed), until),
    card("deferred", number(c.deferred), number(rate("deferred")) + " /s"),
    card("unwanted \u2013 rejected", number(c.unwanted) + " \u2013 " + number(c.rejected),
         number(c.missing) + " missing"),
    card("quarantine", number(s.in_quarantine), number(s.suspects) + " suspects"));
  const peak = Math.max(1, ...rates);
  $("peak").textContent = rates.length ? "(at most " + number(Math.max(...rates)) + ")" : "";
  $("line").setAttribute("points", rates.map((r, i) =>
    (kept - rates.length + i) + "," + (38 - 36 * r / peak).toFixed(1)).join(" "));
  table("connections",
    ["address", "checking", "fetching", "ready", "taking", "unsent", "open", "idle"],
    s.connections.map(k => [k.address, k.checking, k.fetching, k.ready, k.taking,
      bytes(k.unsent_bytes), time(k.open_seconds), time(k.idle_seconds)]));
  table("files",
    ["file", "read", "in memory", "accepted", "unwanted", "rejected", "deferred", "bad"],
    s.files.map(f => [f.name, bytes(f.read_to), f.in_core, f.counters.accepted, f.counters.unwanted,
      f.counters.rejected, f.counters.deferred, f.counters.bad]));
  last = {...c, now};
}
function gone() {
  $("state").textContent = "no answer: innduct does not run, or cannot be reached";
  $("state").className = "bad";
  last = null;
}
async function look() {
  try {
    const answer = await fetch("/status.json", {signal: AbortSignal.timeout(8000)});
    seen(await answer.json());
  } catch {
    gone();
  }
  setTimeout(look, every);
}
look();
</script>
</body>
</html>
)html";

}  // namespace

std::string status_page() { return page; }

}  // namespace innduct::io
