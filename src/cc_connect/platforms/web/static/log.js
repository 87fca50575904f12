// The messages of a conversation, and how they change.

import { byId, element, fragment, say, tellTime } from "./words.js";

const NEAR_END = 80;

export class Log {
  constructor() {
    this.scroll = byId("scroll");
    this.log = byId("log");
    this.latest = byId("latest");
    this.pinned = true;
    this.touched = new Set();
    const first = this.log.querySelector(".page");
    this.boot = first.dataset.boot;
    this.seq = Number(first.dataset.seq);
    this.before = first.dataset.before;
    for (const item of [...first.children]) this.settleIn(item);
    first.replaceWith(...first.children);
    this.scroll.addEventListener("scroll", () => this.scrolled(), { passive: true });
    new ResizeObserver(() => this.follow()).observe(this.scroll.firstElementChild);
    new ResizeObserver(() => this.follow()).observe(this.scroll);
    this.latest.addEventListener("click", () => this.toEnd());
    byId("earlier").addEventListener("click", () => this.showEarlier());
    this.showEmpty();
    this.toEnd();
  }

  find(key) {
    return this.log.querySelector(`:scope > [data-key="${CSS.escape(key)}"]`);
  }

  // --- scrolling ------------------------------------------------------------------------------

  scrolled() {
    const left = this.scroll.scrollHeight - this.scroll.scrollTop - this.scroll.clientHeight;
    this.pinned = left < NEAR_END;
    this.latest.hidden = this.pinned;
  }

  follow() {
    if (this.pinned) this.scroll.scrollTop = this.scroll.scrollHeight;
    else this.scrolled();
  }

  toEnd() {
    this.pinned = true;
    this.latest.hidden = true;
    this.follow();
  }

  // --- messages -------------------------------------------------------------------------------

  settleIn(item) {
    item.querySelectorAll("time").forEach(tellTime);
    return item;
  }

  showEmpty() {
    byId("empty").hidden = Boolean(this.log.querySelector("article"));
  }

  put(key, html, { stream = "", before = "" } = {}) {
    const item = this.settleIn(fragment(html).firstElementChild);
    this.touched.add(key);
    const old = this.find(key);
    const growing = stream && this.growing(stream);
    if (old) this.replace(old, item);
    else if (growing) growing.replaceWith(item);
    else this.log.insertBefore(item, before ? this.find(before) : null);
    if (old && growing) growing.remove();
    this.showEmpty();
    this.follow();
    return item;
  }

  // Messages that no history knows: those of the running turn stand at the end, those of earlier
  // turns before the answer they led to, when that is on the page.
  keep(messages) {
    for (const [key, html, before] of messages) {
      if (this.find(key) || !before || this.find(before)) this.put(key, html, { before });
    }
  }

  get isLive() {
    return Boolean(this.log.querySelector(".live:not([data-over]), .stream, [data-asks]"));
  }

  amend(key, html) {
    this.touched.add(key);
    const old = this.find(key);
    if (old) this.replace(old, this.settleIn(fragment(html).firstElementChild));
    return old;
  }

  retract(key) {
    const item = this.find(key);
    const focused = item?.contains(document.activeElement);
    item?.remove();
    if (focused) byId("text").focus({ preventScroll: true });
    this.showEmpty();
  }

  // A message takes the place of its former self: what the person unfolded stays unfolded, the
  // time stays, and so does the focus when there is still something to focus.
  replace(old, item) {
    const settled = old.matches(".live:not([data-over])") && !item.matches(".live:not([data-over])");
    for (const fold of old.querySelectorAll("details[data-fold]")) {
      const again = item.querySelector(`details[data-fold="${CSS.escape(fold.dataset.fold)}"]`);
      if (again && (fold.dataset.chosen || !settled)) {
        again.open = fold.open;
        if (fold.dataset.chosen) again.dataset.chosen = "1";
      }
    }
    const tools = item.querySelector(".tools");
    if (tools && !tools.querySelector("time")) {
      const time = old.querySelector(".tools time");
      if (time) tools.append(time);
    }
    const focused = old.contains(document.activeElement);
    old.replaceWith(item);
    if (focused) byId("text").focus({ preventScroll: true });
  }

  // What the person just said, before the program has it.
  say(id, text, names) {
    const body = element("div", { class: "body" });
    if (text) body.append(element("p", { class: "said" }, text));
    for (const name of names) body.append(element("span", { class: "file" }, name));
    const tools = element("div", { class: "tools" }, element("span", { class: "sending" }, say("sending")));
    const heading = element("h3", { class: "unseen" }, say("you"));
    const item = element("article", { class: "message mine unsent", "data-key": id }, heading, body, tools);
    if (!this.find(id)) this.log.append(item);
    this.showEmpty();
    this.toEnd();
  }

  stored(id) {
    const item = this.find(id);
    item?.classList.remove("unsent");
    item?.querySelector(".sending")?.remove();
  }

  refused(id, text) {
    const item = this.find(id);
    if (!item) return false;
    item.classList.add("failed");
    item.querySelector(".sending")?.replaceChildren(say("not_sent", { reason: text }));
    return true;
  }

  // --- a growing answer -----------------------------------------------------------------------

  growing(stream) {
    return this.log.querySelector(`:scope > [data-stream="${CSS.escape(stream)}"]`);
  }

  grow(frame) {
    let item = this.growing(frame.stream);
    if (!item) {
      item = fragment(
        '<article class="message agent stream" aria-busy="true" aria-live="off"><div class="body">' +
          '<div class="prose blocks"></div><div class="prose tail"></div></div></article>',
      ).firstElementChild;
      item.dataset.stream = frame.stream;
      this.log.append(item);
      this.showEmpty();
    }
    item.dataset.fresh = "1";
    const [blocks, tail] = item.firstElementChild.children;
    if (frame.first === 0) blocks.replaceChildren();
    for (const html of frame.blocks ?? []) blocks.append(fragment(html));
    this.showTail(tail, frame.mode ?? "html", frame.tail ?? "", frame.add);
    if (!blocks.firstChild && !tail.firstChild) item.remove();  // it begins anew, or not at all
    this.follow();
  }

  showTail(tail, mode, text, add) {
    if (add && tail.end) {
      tail.end.appendData(text);
      return;
    }
    tail.end = null;
    tail.className = `prose tail tail-${mode}`;
    if (mode === "html") {
      tail.replaceChildren(fragment(text));
      return;
    }
    tail.end = document.createTextNode(text);
    if (mode === "code") {
      const code = element("code", {}, tail.end);
      tail.replaceChildren(element("div", { class: "code" }, element("pre", { tabindex: "0" }, code)));
    } else {
      tail.replaceChildren(tail.end);
    }
  }

  // --- catching up ----------------------------------------------------------------------------

  // What comes by wire from now on is newer than a history that is fetched from now on.
  begin() {
    this.touched.clear();
    for (const item of this.log.querySelectorAll("[data-stream]")) delete item.dataset.fresh;
  }

  async catchUp(chat, welcome, reconnected) {
    const answer = await fetch(`/c/${encodeURIComponent(chat)}/log`, { headers: { Accept: "text/html" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const page = fragment(await answer.text()).firstElementChild;
    const items = [...page.children];
    const known = items.some((item) => this.find(item.dataset.key));
    if (!known && items.length) {
      for (const item of [...this.log.children]) {
        if (!this.isFresh(item)) item.remove();
      }
      this.before = page.dataset.before;
      this.offerEarlier();
    }
    const place = [...this.log.children].find((item) => this.isFresh(item)) ?? null;
    let missed = reconnected && known ? element("p", { class: "missed" }, say("missed")) : null;
    this.log.querySelectorAll(".missed").forEach((line) => line.remove());
    for (const item of items) {
      const old = this.find(item.dataset.key);
      this.settleIn(item);
      if (!old) {
        if (missed) this.log.insertBefore(missed, place);
        missed = null;
        this.log.insertBefore(item, place);
      } else if (!this.touched.has(item.dataset.key)) {
        this.replace(old, item);
      }
    }
    for (const item of this.log.querySelectorAll("[data-stream]:not([data-fresh])")) item.remove();
    // A live message is in no history: one the server does not name any more is over.
    const alive = new Set(welcome.live.map(([key]) => key));
    for (const item of this.log.querySelectorAll('[data-kind="live"]')) {
      if (!alive.has(item.dataset.key) && !this.touched.has(item.dataset.key)) item.remove();
    }
    this.keep(welcome.live.filter(([key]) => !this.find(key)));
    this.boot = welcome.boot;
    this.seq = Math.max(this.seq, welcome.seq);
    this.showEmpty();
    this.follow();
  }

  isFresh(item) {
    return Boolean(item.dataset.fresh) || this.touched.has(item.dataset.key) || item.matches(".unsent");
  }

  offerEarlier() {
    byId("earlier").parentElement.hidden = !this.before;
  }

  async showEarlier() {
    const url = `/c/${encodeURIComponent(document.body.dataset.chat)}/log?before=`;
    const answer = await fetch(url + encodeURIComponent(this.before), { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const page = fragment(await answer.text()).firstElementChild;
    const height = this.scroll.scrollHeight;
    const items = [...page.children].filter((item) => !this.find(item.dataset.key));
    this.log.prepend(...items.map((item) => this.settleIn(item)));
    this.before = page.dataset.before;
    this.offerEarlier();
    this.scroll.scrollTop += this.scroll.scrollHeight - height;
  }
}
