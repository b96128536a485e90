"use strict";
// Refreshes itself; the chosen shop is the fragment, so it can be shared and survives a reload.
const $ = (id) => document.getElementById(id);
let shown = "";

const make = (name, text) => {
  const node = document.createElement(name);
  if (text !== undefined) node.textContent = text;
  return node;
};

function table(it) {
  const section = make("section");
  const title = make("h2", it.title);
  title.append(make("span", String(it.total)));
  section.append(title);
  if (!it.rows.length) {
    const none = make("p", "Nothing yet.");
    none.className = "empty";
    section.append(none);
    return section;
  }
  const grid = make("table");
  const head = grid.createTHead().insertRow();
  for (const column of it.columns) {
    const cell = make("th", column);
    cell.scope = "col";
    head.append(cell);
  }
  const body = grid.createTBody();
  for (const row of it.rows) {
    const line = body.insertRow();
    for (const value of row) line.append(make("td", value));
  }
  const scroll = make("div");
  scroll.className = "scroll";
  scroll.tabIndex = 0;
  scroll.setAttribute("role", "region");
  scroll.setAttribute("aria-label", it.title);
  scroll.append(grid);
  section.append(scroll);
  return section;
}

async function refresh() {
  const wanted = decodeURIComponent(location.hash.slice(1));
  const response = await fetch("/overview?shop=" + encodeURIComponent(wanted)).catch(() => null);
  if (!response || !response.ok) return;
  const text = await response.text();
  if (text === shown) return;
  shown = text;
  const it = JSON.parse(text);
  if (!it.shop) return;
  $("shop").replaceChildren(...it.shops.map((shop) => {
    const option = make("option", shop.name + " (" + shop.vendor + ")");
    option.value = shop.key;
    option.selected = shop.key === it.shop.key;
    return option;
  }));
  $("about").textContent = "What the shop sold, and what Comeback wrote back: each effect once.";
  $("tables").replaceChildren(...it.tables.map(table));
}

$("shop").addEventListener("change", (event) => { location.hash = encodeURIComponent(event.target.value); });
addEventListener("hashchange", refresh);
refresh();
setInterval(() => document.hidden || refresh(), 2000);
