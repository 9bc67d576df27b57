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
.gone > :not(header) { opacity: .45; }
#troubles { margin: .8rem 0 0; padding: 0; list-style: none; }
#troubles li { border-left: 4px solid var(--bad); background: var(--card); padding: .4rem .7rem;
  margin-top: .4rem; overflow-wrap: anywhere; }
#cards { display: grid; gap: .7rem; margin-top: 1rem;
  grid-template-columns: repeat(auto-fill, minmax(10rem, 1fr)); }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .5rem;
  padding: .6rem .8rem; min-width: 0; }
.card b { display: block; font-size: 1.45rem; font-weight: 600;
  font-variant-numeric: tabular-nums; }
.wide { background: var(--card); border: 1px solid var(--line); border-radius: .5rem;
  overflow-x: auto; }
#charts { display: grid; gap: 0 .7rem;
  grid-template-columns: repeat(auto-fit, minmax(18rem, 1fr)); }
svg { display: block; width: 100%; height: 5rem; padding: .3rem 0; }
polyline { fill: none; stroke: var(--mark); stroke-width: 1.5; vector-effect: non-scaling-stroke; }
polygon { fill: var(--mark); opacity: .18; }
.ends { display: flex; justify-content: space-between; padding: 0 .7rem .3rem; font-size: .85rem; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: .35rem .7rem; border-top: 1px solid var(--line);
  white-space: nowrap; }
tr:first-child th { border-top: 0; }
th:first-child, td:first-child { text-align: left; }
th { color: var(--dim); font-weight: 500; }
#errors { margin: 0; padding: 0; list-style: none; }
#errors li { padding: .35rem .7rem; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
#errors li:first-child { border-top: 0; }
#errors span { float: right; margin-left: 1rem; }
</style>
</head>
<body>
<header><h1 id="title">innduct</h1><span id="state"></span>
<span id="since" class="dim"></span></header>
<noscript><p>This page needs JavaScript; <a href="/status.json">status.json</a> and
<a href="/metrics">metrics</a> do not.</p></noscript>
<ul id="troubles"></ul>
<div id="cards"></div>
<div id="charts"><section><h2>Accepted per second <span id="accepted_peak" class="dim"></span></h2>
<div class="wide"><svg viewBox="0 0 60 40" preserveAspectRatio="none" role="img"
  aria-label="accepted per second"><polygon id="accepted_area" points=""></polygon><polyline
  id="accepted_line" points=""></polyline></svg><div class="ends dim"><span>10 min ago</span>
<span>now</span></div></div></section>
<section><h2>Sent per second <span id="bytes_peak" class="dim"></span></h2>
<div class="wide"><svg viewBox="0 0 60 40" preserveAspectRatio="none" role="img"
  aria-label="bytes sent per second"><polygon id="bytes_area" points=""></polygon><polyline
  id="bytes_line" points=""></polyline></svg><div class="ends dim"><span>10 min ago</span>
<span>now</span></div></div></section></div>
<h2>Last warnings and errors</h2><div class="wide"><ul id="errors"></ul></div>
<h2>Connections</h2><div class="wide"><table id="connections"></table></div>
<h2>Files</h2><div class="wide"><table id="files"></table></div>
<script>
"use strict";
const $ = id => document.getElementById(id);
const every = 2000;

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
function took(s) {
  if (s === null) return "\u2013";
  if (s < 1) return number(1000 * s) + " ms";
  return s < 60 ? number(s) + " s" : time(s);
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
// The last steps, of which there are sixty, the newest at the right end.
function chart(id, values, seconds, text) {
  const rates = values.map(value => value / seconds), peak = Math.max(...rates, 0);
  const from = 60 - rates.length;
  const points = rates.flatMap((rate, i) => {
    const y = (peak ? 38 - 36 * rate / peak : 38).toFixed(1);
    return [(from + i) + "," + y, (from + i + 1) + "," + y];
  });
  $(id + "_line").setAttribute("points", points.join(" "));
  $(id + "_area").setAttribute("points", from + ",40 " + points.join(" ") + " 60,40");
  $(id + "_peak").textContent = rates.length ? "(at most " + text(peak) + ")" : "";
}
function seen(s) {
  const c = s.counters, m = s.minute.counters, passed = Math.max(s.minute.seconds, 1);
  const owed = s.backlog_left + s.defer_bytes;
  const until = owed === 0 ? "nothing waits"
    : s.backlog_done_in_seconds !== null ? "done in " + time(s.backlog_done_in_seconds)
    : s.backlog_left > 0 ? "no end in sight" : "waits for its time";
  const age = s.backlog_age_seconds === null ? "" : time(s.backlog_age_seconds) + " old, ";
  const share = n => {
    const judged = n.accepted + n.unwanted + n.rejected;
    return judged ? number(100 * n.accepted / judged) + " %" : "\u2013";
  };
  const times = all => [took(all.recent.p50_seconds),
    all.recent.count ? "99 % within " + took(all.recent.p99_seconds) : "none of late"];

  document.body.className = "";
  document.title = (s.troubles.length ? "\u26a0 " : "") + s.site + " \u2013 innduct";
  $("title").textContent = s.site === s.peer ? s.site : s.site + " \u2192 " + s.peer;
  $("state").textContent = s.state + (s.troubles.length ? ", and something to look at" : "");
  $("state").className = s.troubles.length ? "bad" : "";
  $("since").textContent = "running for " + time(s.running_seconds) +
    (s.no_check ? ", without CHECK" : "");
  $("troubles").replaceChildren(...s.troubles.map(text => element("li", text)));
  $("cards").replaceChildren(
    card("accepted", number(m.accepted / passed) + " /s", number(c.accepted) + " in all"),
    card("sent", bytes(m.bytes / passed) + "/s", bytes(c.bytes) + " in all"),
    card("accepted share", share(m), share(c) + " in all"),
    card("delay", ...times(s.delay)),
    card("peer\u2019s answer", ...times(s.answer)),
    card("connections", number(s.connections.length), number(s.in_flight) + " in flight"),
    card("in memory", number(s.in_core), number(s.queued) + " queued"),
    card("backlog", bytes(owed), age + until),
    card("deferred", number(m.deferred / passed) + " /s", number(c.deferred) + " in all"),
    card("unwanted", number(c.unwanted), "of " + number(c.offered) + " offered"),
    card("rejected", number(c.rejected), number(c.missing) + " missing"),
    card("quarantine", number(s.in_quarantine), number(s.suspects) + " suspects"));
  const step = s.history.step_seconds;
  chart("accepted", s.history.accepted, step, number);
  chart("bytes", s.history.bytes, step, bytes);
  const errors = s.errors.map(e => {
    const made = element("li", e.level + ": " + e.text);
    made.prepend(element("span", (e.count > 1 ? number(e.count) + " times, " : "") +
      time(e.last_seconds_ago) + " ago", "dim"));
    return made;
  });
  $("errors").replaceChildren(...errors.length ? errors : [element("li", "none")]);
  table("connections",
    ["address", "checking", "fetching", "ready", "taking", "unsent", "open", "idle"],
    s.connections.map(k => [k.address, k.checking, k.fetching, k.ready, k.taking,
      bytes(k.unsent_bytes), time(k.open_seconds), time(k.idle_seconds)]));
  table("files",
    ["file", "read", "in memory", "accepted", "unwanted", "rejected", "deferred", "bad"],
    s.files.map(f => [f.name, bytes(f.read_to) + ", " + f.percent + " %", f.in_core,
      f.counters.accepted, f.counters.unwanted, f.counters.rejected, f.counters.deferred,
      f.counters.bad]));
}
function gone() {
  if (document.body.className !== "gone") {
    document.body.className = "gone";
    document.title = "\u26a0 " + document.title.replace("\u26a0 ", "");
    $("since").textContent = "what follows was so at " + new Date().toLocaleTimeString();
  }
  $("state").textContent = "no answer: innduct does not run, or cannot be reached";
  $("state").className = "bad";
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
// Events, as long as the browser gets any: it connects again by itself, but after a refusal.
function follow() {
  const events = new EventSource("/events");
  events.onmessage = event => seen(JSON.parse(event.data));
  events.onerror = () => {
    gone();
    if (events.readyState === EventSource.CLOSED) look();
  };
}
window.EventSource ? follow() : look();
</script>
</body>
</html>
)html";

}  // namespace

std::string status_page() { return page; }

}  // namespace innduct::io
