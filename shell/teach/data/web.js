"use strict";
// The live view of ftpsh. Nothing that came from a server is ever markup: all of it is set as text.
const SVG = "http://www.w3.org/2000/svg";
const wide = 1000, left = 150, right = 930, inset = 34, step = 26, above = 44, most = 6000;
const main = document.getElementById("ladders"), about = document.getElementById("about"), state = document.getElementById("state");
const operations = new Map();
const rows = [], grown = new Set();
let picked = null, follow = true, last = 0;

function el(name, attributes, text) {
  const e = document.createElementNS(SVG, name);
  for (const key in attributes) e.setAttribute(key, attributes[key]);
  if (text !== undefined) e.textContent = text;
  return e;
}

function operation(event) {
  let o = operations.get(event.op);
  if (o) return o;
  document.getElementById("empty")?.remove();
  o = { section: document.createElement("section"), title: document.createElement("h2"), svg: null, count: 0, begin: event.t, cmd: "" };
  o.section.append(o.title);
  operations.set(event.op, o);
  return o;
}

function titled(o, result) {
  o.title.textContent = o.cmd || "between commands";
  const span = document.createElement("span");
  span.textContent = result ? "   " + result.took + ", " : "   running";
  o.title.append(span);
  if (result) {
    const word = document.createElement("span");
    word.className = result.ok ? "ok" : "failed";
    word.textContent = result.ok ? "ok" : "FAILED";
    o.title.append(word);
  }
}

// ends draws the lifelines of both connections: the control connection outside, data connections inside.
function ends(o, event) {
  o.svg = el("svg", { role: "list", viewBox: `0 0 ${wide} ${above}` });
  o.svg.append(el("text", { x: left, y: 16, "text-anchor": "middle" }, "ftpsh " + (event.local || "")),
    el("text", { x: right, y: 16, "text-anchor": "end" }, "server " + (event.remote || "")),
    el("text", { x: left, y: 32, "text-anchor": "middle", class: "m" }, "control"),
    el("text", { x: right, y: 32, "text-anchor": "middle", class: "m" }, "control"),
    el("text", { x: left + inset + 14, y: 32, "text-anchor": "start", class: "m" }, "data"),
    el("text", { x: right - inset - 14, y: 32, "text-anchor": "end", class: "m" }, "data"));
  o.lives = [left, right, left + inset, right - inset].map(x => el("line", { x1: x, y1: 36, x2: x, y2: above, class: "life" }));
  o.svg.append(...o.lives);
  o.section.append(o.svg);
  main.append(o.section);
}

function row(event) {
  const o = operation(event);
  if (!o.svg) {
    titled(o);
    ends(o, event);
  }
  const y = above + step * ++o.count, data = event.conn.startsWith("D");
  const x1 = data ? left + inset : left, x2 = data ? right - inset : right;
  const g = el("g", { class: "row", role: "listitem", tabindex: "-1", "aria-label": event.conn + " " + event.text });
  g.append(el("rect", { x: 0, y: y - 19, width: wide, height: step, class: "back" }),
    el("text", { x: 62, y: y - 3, "text-anchor": "end", class: "m" }, ((event.t - o.begin) * 1000).toFixed(1)),
    el("text", { x: 74, y: y - 3, class: "m" }, event.conn));
  if (event.enc) g.append(lock(106, y - 5));
  if (event.arrow) {
    const to = event.arrow === ">" ? x2 : x1, from = event.arrow === ">" ? x1 : x2, back = to < from ? 8 : -8;
    g.append(el("line", { x1: from, y1: y, x2: to, y2: y, class: event.class + " " + event.line }),
      el("path", { d: `M${to} ${y}l${back} -5v10z`, class: event.class }));
  }
  const cut = event.text.length > 92 ? event.text.slice(0, 91) + "…" : event.text;
  g.append(el("text", { x: (x1 + x2) / 2, y: y - 5, "text-anchor": "middle", class: event.class }, cut));
  g.event = event;
  o.svg.append(g);
  rows.push(g);
  grown.add(o);
  while (rows.length > most) drop();
}

// stretch makes room for the rows that came: once for all of a message, since each time the browser measures all of them.
function stretch() {
  for (const o of grown) {
    const height = above + step * o.count + 12;
    o.svg.setAttribute("viewBox", `0 0 ${wide} ${height}`);
    for (const life of o.lives) life.setAttribute("y2", height - 6);
  }
  grown.clear();
}

// drop forgets the oldest operation: a browser has no more memory than this needs.
function drop() {
  const [number, o] = operations.entries().next().value;
  operations.delete(number);
  o.section.remove();
  for (let i = 0; i < o.count; i++) rows.shift();
}

function lock(x, y) {
  const g = el("g", { class: "lock", transform: `translate(${x} ${y})` });
  g.append(el("title", {}, "inside TLS"), el("rect", { x: 0, y: -4, width: 9, height: 7, rx: 1 }),
    el("path", { d: "M2 -4v-2a2.5 2.5 0 0 1 5 0v2", class: "bow" }));
  return g;
}

function pick(g, scroll) {
  picked?.classList.remove("picked");
  picked = g;
  if (!g) return;
  g.classList.add("picked");
  if (scroll) g.scrollIntoView({ block: "nearest" });
  explain(g.event);
}

function explain(event) {
  const bold = document.createElement("b");
  bold.textContent = event.whole || event.text;
  about.replaceChildren(bold, "\n" + [event.note, event.took && "took " + event.took].filter(Boolean).join("\n"));
}

function take(event) {
  if (event.seq <= last) return;
  last = event.seq;
  switch (event.kind) {
  case "begin":
    operation(event).cmd = event.text;
    break;
  case "end": {
    const o = operations.get(event.op);
    if (o?.svg) titled(o, event);
    else operations.delete(event.op);
    break;
  }
  default:
    row(event);
  }
}

function listen() {
  const source = new EventSource("events");
  source.onopen = () => { state.textContent = "live"; state.className = "on"; };
  source.onerror = () => { state.textContent = "not connected"; state.className = "off"; };
  source.onmessage = message => {
    for (const event of JSON.parse(message.data)) take(event);
    stretch();
    if (follow) main.scrollTop = main.scrollHeight;
  };
}

main.addEventListener("pointermove", e => { const g = e.target.closest("g.row"); if (g) explain(g.event); });
main.addEventListener("pointerleave", () => { if (picked) explain(picked.event); });
main.addEventListener("click", e => { const g = e.target.closest("g.row"); if (g) { setFollow(false); pick(g, false); } });

function setFollow(on) {
  follow = on;
  document.getElementById("follow").setAttribute("aria-pressed", String(on));
  if (on) main.scrollTop = main.scrollHeight;
}

const kept = { get(key) { try { return localStorage.getItem(key); } catch { return null; } },
  set(key, value) { try { localStorage.setItem(key, value); } catch { /* then it is not kept */ } } };

function setTheme(name) {
  if (name) document.documentElement.dataset.theme = name;
  kept.set("theme", name || "");
}

function setSize(name) {
  document.body.dataset.size = name;
  document.getElementById("size").setAttribute("aria-pressed", String(name === "projector"));
  kept.set("size", name);
  if (follow) main.scrollTop = main.scrollHeight;
}

const dark = () => (document.documentElement.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
const actions = {
  f: () => setFollow(!follow),
  t: () => setTheme(dark() ? "light" : "dark"),
  p: () => setSize(document.body.dataset.size === "projector" ? "" : "projector"),
  c: () => { while (operations.size) drop(); pick(null); },
  h: () => document.querySelector("a[href='save.html']").click(),
  s: () => document.querySelector("a[href='save.svg']").click(),
  ArrowDown: () => move(1), ArrowUp: () => move(-1),
  Home: () => move(-Infinity), End: () => move(Infinity),
};

function move(by) {
  if (!rows.length) return;
  setFollow(false);
  const at = rows.indexOf(picked), none = by === 1 || by === -Infinity ? 0 : rows.length - 1, to = at < 0 ? none : at + by;
  pick(rows[Math.max(0, Math.min(rows.length - 1, to))], true);
}

document.addEventListener("keydown", e => {
  if (e.ctrlKey || e.altKey || e.metaKey || !actions[e.key]) return;
  e.preventDefault();
  actions[e.key]();
});
for (const [id, key] of [["follow", "f"], ["theme", "t"], ["size", "p"], ["clear", "c"]])
  document.getElementById(id).addEventListener("click", actions[key]);

setTheme(kept.get("theme"));
setSize(kept.get("size") || "");
listen();
