// The connection to the program: comes back by itself, and loses nothing that was to be sent.
//
// What a person does is kept (also over a reload) until the program says it has stored it. It goes
// out again after every reconnect under the same id, so that it arrives once.

import { freshId, memory } from "./words.js";

const FIRST_WAIT = 500;
const LONGEST_WAIT = 10_000;
const PING_EVERY = 25_000;
const ANSWER_WITHIN = 10_000;
const SEND_AGAIN_AFTER = 5_000;
const PRESS_IS_OLD_AFTER = 600_000;

export class Wire extends EventTarget {
  constructor(chat, project) {
    super();
    this.chat = chat;
    this.project = project;
    this.key = `unsent:${chat}`;
    this.socket = null;
    this.ready = false;
    this.wait = FIRST_WAIT;
    this.suggested = new Map();
    this.refs = 0;
    for (const act of this.unsent()) if (this.isOld(act)) this.forget(act.id);
    addEventListener("online", () => this.hurry());
    addEventListener("pageshow", () => this.hurry());
    document.addEventListener("visibilitychange", () => this.hurry());
    setInterval(() => this.ping(), PING_EVERY);
    setInterval(() => this.resend(), SEND_AGAIN_AFTER);
  }

  open() {
    clearTimeout(this.timer);
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/ws`);
    this.socket = socket;
    socket.onopen = () => {
      socket.send(JSON.stringify({ t: "hello", chat: this.chat, project: this.project }));
    };
    socket.onmessage = (event) => {
      clearTimeout(this.deadline);
      this.deadline = null;
      this.hear(JSON.parse(event.data));
    };
    socket.onclose = () => {
      if (this.socket === socket) this.closed();
    };
  }

  closed() {
    this.socket = null;
    this.ready = false;
    clearTimeout(this.deadline);
    this.deadline = null;
    this.tell("state", "disconnected");
    const jitter = 0.5 + Math.random();
    this.timer = setTimeout(() => this.open(), this.wait * jitter);
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
  }

  // Somebody looks at the page again: do not wait for the timer, and see whether the line is dead.
  hurry() {
    if (document.hidden) return;
    if (!this.socket) this.open();
    else this.ping();
  }

  ping() {
    if (!this.ready || this.deadline) return;
    this.put({ t: "ping" });
    this.deadline = setTimeout(() => {
      const dead = this.socket;
      this.closed();
      if (dead) dead.close();
    }, ANSWER_WITHIN);
  }

  hear(frame) {
    switch (frame.t) {
      case "welcome":
        this.ready = true;
        this.wait = FIRST_WAIT;
        this.tell("state", "connected");
        this.tell("frame", frame);
        this.resend(true);
        return;
      case "ack":
        this.forget(frame.id);
        break;
      case "refused":
        if (frame.id) this.forget(frame.id);
        break;
      case "suggestions":
        this.suggested.get(frame.ref)?.(frame.values);
        this.suggested.delete(frame.ref);
        return;
      case "pong":
        return;
    }
    this.tell("frame", frame);
  }

  tell(kind, detail) {
    this.dispatchEvent(new CustomEvent(kind, { detail }));
  }

  put(frame) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(frame));
  }

  // Send something a person did. Returns its id.
  act(frame) {
    const act = { ...frame, id: freshId() };
    memory.write(this.key, [...this.unsent(), { ...act, at: Date.now() }]);
    this.held = this.unsent().some((one) => one.id === act.id) ? this.held : [...(this.held ?? []), act];
    if (this.ready) this.put(act);
    return act.id;
  }

  unsent() {
    return memory.read(this.key) ?? [];
  }

  isOld(act) {
    return act.t !== "say" && Date.now() - act.at > PRESS_IS_OLD_AFTER;
  }

  forget(id) {
    const left = this.unsent().filter((act) => act.id !== id);
    memory.write(this.key, left.length ? left : null);
    this.held = this.held?.filter((act) => act.id !== id);
  }

  resend(all = false) {
    if (!this.ready) return;
    const before = Date.now() - (all ? 0 : SEND_AGAIN_AFTER);
    for (const { at, ...act } of this.unsent()) if (at <= before) this.put(act);
    for (const act of this.held ?? []) this.put(act);
  }

  suggest(command, option, prefix) {
    if (!this.ready) return Promise.resolve([]);
    const ref = ++this.refs;
    this.put({ t: "suggest", ref, command, option, prefix });
    return new Promise((resolve) => this.suggested.set(ref, resolve));
  }
}
