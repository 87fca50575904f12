// What can be pressed, chosen, filled in, copied and unfolded inside messages.

import { announce, byId, say } from "./words.js";

export class Answers {
  constructor(wire) {
    this.wire = wire;
    const log = byId("log");
    log.addEventListener("click", (event) => this.clicked(event));
    log.addEventListener("submit", (event) => this.submitted(event));
    log.addEventListener("keydown", (event) => this.moved(event));
  }

  clicked(event) {
    const summary = event.target.closest("summary");
    if (summary) summary.parentElement.dataset.chosen = "1";
    const button = event.target.closest("button");
    if (!button) return;
    if ("action" in button.dataset) this.press(button);
    else if ("copy" in button.dataset) this.copy(button, button.closest(".code").querySelector("code"));
    else if ("copyMessage" in button.dataset) this.copy(button, button.closest("article").querySelector(".body"));
  }

  press(button) {
    const article = button.closest("article");
    const values = "value" in button.dataset ? [button.dataset.value] : [];
    this.wait(article, button);
    // "Send answers" also sends what is ticked and was not sent by itself.
    if (/^a:[^:]+:submit:/.test(button.dataset.action)) this.sendTicked(article);
    this.wire.act({ t: "press", action: button.dataset.action, message: article.dataset.key, values });
  }

  sendTicked(article) {
    for (const form of article.querySelectorAll("form[data-menu]")) {
      const values = new FormData(form).getAll("value").map(String);
      if (values.length) {
        this.wire.act({ t: "press", action: form.dataset.menu, message: article.dataset.key, values });
      }
    }
  }

  submitted(event) {
    event.preventDefault();
    const form = event.target;
    const article = form.closest("article");
    const data = new FormData(form);
    if ("menu" in form.dataset) {
      const values = data.getAll("value").map(String);
      if (!values.length) {
        form.querySelector("input")?.focus();
        return;
      }
      this.wire.act({ t: "press", action: form.dataset.menu, message: article.dataset.key, values });
    } else {
      const values = Object.fromEntries([...data].map(([name, value]) => [name, String(value)]));
      this.wire.act({ t: "submit", action: form.dataset.submit, values });
    }
    this.wait(article, form.querySelector("button"));
  }

  // Until the program answers, the message shows that it was pressed; should nothing come, it can be
  // pressed again.
  wait(article, button) {
    button.classList.add("pressed");
    article.classList.add("waiting");
    setTimeout(() => {
      button.classList.remove("pressed");
      article.classList.remove("waiting");
    }, 4_000);
  }

  moved(event) {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const group = event.target.closest(".buttons, .menu");
    if (!step || !group || event.target.matches("textarea, input:not([type=checkbox])")) return;
    const stops = [...group.querySelectorAll("button, input")];
    const next = stops[(stops.indexOf(event.target) + step + stops.length) % stops.length];
    event.preventDefault();
    next.focus();
  }

  async copy(button, source) {
    const text = source.innerText.trim();
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      this.copyOldWay(text);
    }
    button.textContent = say("copied");
    announce(say("copied"));
    setTimeout(() => (button.textContent = say("copy")), 2_000);
  }

  // The clipboard of today needs TLS or loopback; a page opened by a name of the network has neither.
  copyOldWay(text) {
    const box = document.createElement("textarea");
    box.value = text;
    document.body.append(box);
    box.select();
    document.execCommand("copy");
    box.remove();
  }

  goToOpen() {
    const open = [...document.querySelectorAll("#log article[data-asks]")].pop();
    const first = open?.querySelector("[data-action], form input, .form summary");
    first?.focus();
    open?.scrollIntoView({ block: "nearest" });
    return Boolean(first);
  }
}
