// Calling the person: notifications of the browser, a dot in the title of the tab.

import { nameOf } from "./chats.js";
import { announce, byId, memory, notice, say } from "./words.js";

const WORTH_A_CALL = new Set(["prompt", "final"]);

export class Calls {
  constructor(chats) {
    this.chats = chats;
    this.title = document.title;
    this.unseen = false;
    this.button = byId("notify");
    this.button.hidden = !("Notification" in window);
    this.button.addEventListener("click", () => this.toggle());
    this.show();
    this.showTitle();
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) this.unseen = false;
      this.showTitle();
    });
  }

  get on() {
    return "Notification" in window && Notification.permission === "granted" && memory.read("notify") === true;
  }

  async toggle() {
    if (this.on) {
      memory.write("notify", false);
    } else if ((await Notification.requestPermission()) === "granted") {
      memory.write("notify", true);
    } else {
      notice(say("notify_denied"));
      return;
    }
    announce(say(this.on ? "notify_on" : "notify_off"));
    this.show();
  }

  show() {
    this.button.setAttribute("aria-pressed", String(this.on));
  }

  showTitle() {
    const name = byId("title").textContent;
    document.title = `${this.unseen || this.chats.needed ? "● " : ""}${name} · cc-connect`;
  }

  // A line of the list of conversations has changed, maybe by something worth a call.
  tell(line) {
    if (WORTH_A_CALL.has(line.event) && document.hidden) {
      this.unseen = true;
      this.call(line);
    }
    this.showTitle();
  }

  call(line) {
    if (!this.on) return;
    const note = new Notification(say(`notify_${line.event}`), {
      body: [nameOf(line), line.preview].filter(Boolean).join("\n"),
      tag: `${line.name}/${line.key}`,  // several tabs call once
    });
    note.onclick = () => {
      window.focus();
      if (line.name !== this.chats.current) location.assign(`/c/${encodeURIComponent(line.name)}`);
      note.close();
    };
  }
}
