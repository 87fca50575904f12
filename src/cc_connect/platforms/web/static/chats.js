// The list of conversations: what is new, what needs you, and the way from one to the other.

import { byId, element, memory, say } from "./words.js";

// A conversation that was only numbered has no name until the first words are said in it.
export function nameOf({ title, name }) {
  return title || (/^\d+$/.test(name) ? say("new_conversation") : name);
}

export class Chats {
  constructor(current) {
    this.current = current;
    this.list = byId("chats");
    this.sidebar = byId("sidebar");
    this.opener = byId("open-sidebar");
    for (const item of this.list.children) {
      const key = `seen:${item.dataset.name}`;
      // What this browser never saw is not news on the first day.
      if (memory.read(key) === null) memory.write(key, Number(item.dataset.updated));
      this.mark(item, false);
    }
    this.seen();
    document.addEventListener("visibilitychange", () => this.seen());
    this.list.addEventListener("keydown", (event) => this.moved(event));
    this.opener.addEventListener("click", () => this.open(true));
    byId("close-sidebar").addEventListener("click", () => this.open(false));
    byId("veil").addEventListener("click", () => this.open(false));
  }

  open(wanted) {
    document.body.classList.toggle("listing", wanted);
    byId("veil").hidden = !wanted;
    document.querySelector("main").inert = wanted;
    this.opener.setAttribute("aria-expanded", String(wanted));
    if (wanted) (this.list.querySelector("[aria-current]") ?? this.list.querySelector("a"))?.focus();
    else this.opener.focus();
  }

  get isOpen() {
    return document.body.classList.contains("listing");
  }

  find(name) {
    return this.list.querySelector(`[data-name="${CSS.escape(name)}"]`);
  }

  tell(line) {
    const item = this.find(line.name) ?? this.add(line.name);
    item.dataset.updated = line.updated;
    item.classList.toggle("needs", Boolean(line.needs));
    item.querySelector(".title").textContent = nameOf(line);
    item.querySelector(".project").textContent = line.project;
    this.mark(item, Boolean(line.working));
    if (line.name === this.current) {
      this.seen();
      byId("title").textContent = nameOf(line);
    }
    if (line.event && !item.contains(document.activeElement)) this.list.prepend(item);
  }

  add(name) {
    const meta = element("span", { class: "meta" }, element("span", { class: "project" }), element("span", { class: "mark" }));
    const link = element("a", { href: `/c/${encodeURIComponent(name)}` }, element("span", { class: "title" }), meta);
    const item = element("li", { "data-name": name }, link);
    this.list.prepend(item);
    return item;
  }

  mark(item, working) {
    const name = item.dataset.name;
    const news = name !== this.current && Number(item.dataset.updated) > (memory.read(`seen:${name}`) ?? 0);
    const needs = item.classList.contains("needs");
    item.classList.toggle("news", news);
    item.classList.toggle("works", working);
    item.querySelector(".mark").textContent = needs ? say("needs_you") : working ? say("working") : "";
  }

  seen() {
    const item = this.find(this.current);
    if (item && !document.hidden) memory.write(`seen:${this.current}`, Number(item.dataset.updated));
  }

  get needed() {
    return [...this.list.children].some((item) => item.classList.contains("needs"));
  }

  moved(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || event.altKey) return;
    const links = [...this.list.querySelectorAll("a")];
    links[links.indexOf(event.target.closest("a")) + step]?.focus();
    event.preventDefault();
  }

  go(step) {
    const names = [...this.list.children].map((item) => item.dataset.name);
    const next = names[names.indexOf(this.current) + step];
    if (next) location.assign(`/c/${encodeURIComponent(next)}`);
  }
}
