"use strict";
// The list refreshes itself; the chosen message is the fragment (#m00000001), so Back works and links can be shared.
const $ = (id) => document.getElementById(id);
const dark = matchMedia("(prefers-color-scheme: dark)").matches;
const state = { items: [], view: "html", width: "desktop", scheme: dark ? "dark" : "light", detail: null, shown: "" };
const seen = new Set(JSON.parse(sessionStorage.getItem("seen") || "[]"));

const get = async (path) => {
  const response = await fetch(path);
  return response.ok ? response : null;
};
const chosen = () => location.hash.slice(1);
const clock = (text) => {
  const at = new Date(text);
  const today = at.toDateString() === new Date().toDateString();
  return at.toLocaleString([], today ? { timeStyle: "short" } : { dateStyle: "short", timeStyle: "short" });
};

function entry(item) {
  const link = document.createElement("a");
  link.href = "#" + item.id;
  if (!seen.has(item.id)) link.className = "unread";
  if (item.id === chosen()) link.setAttribute("aria-current", "true");
  const row = document.createElement("span");
  row.className = "row";
  const to = document.createElement("span");
  to.textContent = item.to;
  const time = document.createElement("time");
  time.dateTime = item.received_at;
  time.textContent = clock(item.received_at);
  row.append(to, time);
  const title = document.createElement("span");
  title.className = "title";
  title.textContent = item.subject || "(no subject)";
  link.append(row, title);
  const place = document.createElement("li");
  place.append(link);
  return place;
}

function drawList() {
  const wanted = $("filter").value.trim().toLowerCase();
  const items = state.items.filter((item) => (item.to + " " + item.subject).toLowerCase().includes(wanted));
  $("list").replaceChildren(...items.map(entry));
  $("none").hidden = items.length > 0;
  $("none").textContent = state.items.length ? "No mail fits the filter." : "No mail yet. Whatever the shop sends arrives here.";
}

async function refresh() {
  const response = await get("/messages").catch(() => null);
  if (!response) return;
  const answer = await response.json();
  const key = answer.total + "/" + (answer.items[0] ? answer.items[0].id : "");
  if (key === state.key) return;
  state.key = key;
  state.items = answer.items;
  $("count").textContent = answer.total;
  drawList();
}

function press(attribute, value, name) {
  for (const button of document.querySelectorAll(`[data-${name}]`)) {
    button.setAttribute(attribute, String(button.dataset[name] === value));
    if (attribute === "aria-selected") button.tabIndex = button.dataset[name] === value ? 0 : -1;
  }
}

async function drawView() {
  const { detail, view } = state;
  press("aria-selected", view, "view");
  press("aria-pressed", state.width, "width");
  press("aria-pressed", state.scheme, "scheme");
  $("view").setAttribute("aria-labelledby", "tab-" + view);
  for (const group of document.querySelectorAll(".only-html")) group.hidden = view !== "html";
  $("view").className = ["view", view === "html" ? state.width + "-mail" : "", state.scheme + "-mail"].join(" ");
  $("frame").hidden = view !== "html";
  $("plain").hidden = view === "html";
  if (view === "html") {
    const address = `/messages/${detail.id}/html?scheme=${state.scheme}`;
    if (state.shown !== address) $("frame").src = state.shown = address;
  } else if (view === "text") {
    $("plain").textContent = detail.text ?? "This mail has no text part.";
  } else {
    $("plain").textContent = await (await get(`/messages/${detail.id}/raw`)).text();
  }
}

function attachment(item) {
  const link = document.createElement("a");
  link.href = `/messages/${state.detail.id}/parts/${item.number}`;
  link.textContent = item.name;
  link.target = "_blank";
  link.rel = "noopener";
  const place = document.createElement("li");
  place.append(link);
  return place;
}

async function open() {
  const id = chosen();
  const response = id ? await get("/messages/" + encodeURIComponent(id)) : null;
  $("panes").classList.toggle("reading", Boolean(response));
  document.body.classList.toggle("reading-page", Boolean(response));
  $("message").hidden = !response;
  $("nothing").hidden = Boolean(response);
  if (response) {
    const detail = (state.detail = await response.json());
    $("subject").textContent = detail.subject || "(no subject)";
    $("from").textContent = detail.from;
    $("to").textContent = detail.to;
    $("at").textContent = new Date(detail.received_at).toLocaleString([], { dateStyle: "medium", timeStyle: "medium" });
    $("attachments").replaceChildren(...detail.attachments.map(attachment));
    if (!detail.has_html && state.view === "html") state.view = "text";
    seen.add(id);
    sessionStorage.setItem("seen", JSON.stringify([...seen].slice(-2000)));
    await drawView();
  }
  drawList();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-view], [data-width], [data-scheme]");
  if (!button) return;
  Object.assign(state, button.dataset);
  drawView();
});
document.querySelector("[role=tablist]").addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const tabs = [...document.querySelectorAll("[data-view]")];
  const next = tabs[(tabs.indexOf(document.activeElement) + step + tabs.length) % tabs.length];
  next.focus();
  next.click();
});
$("filter").addEventListener("input", drawList);
$("back").addEventListener("click", () => (location.hash = ""));
$("clear").addEventListener("click", async () => {
  await fetch("/messages", { method: "DELETE" });
  location.hash = "";
  state.key = null;
  await refresh();
});
addEventListener("hashchange", open);
refresh().then(open);
setInterval(() => document.hidden || refresh(), 2000);
