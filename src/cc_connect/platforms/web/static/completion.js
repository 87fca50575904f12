// Commands behind a slash: a list above the text that is moved through with the arrows.

import { announce, byId, element, say } from "./words.js";

const MOST = 8;

export class Completion {
  constructor(wire, text) {
    this.wire = wire;
    this.text = text;
    this.list = byId("suggestions");
    this.commands = [];
    this.items = [];
    this.at = -1;
    this.round = 0;
    this.list.addEventListener("mousedown", (event) => {
      event.preventDefault();  // the text keeps the focus
      const item = event.target.closest("[role=option]");
      if (item) this.take(Number(item.dataset.at));
    });
    text.addEventListener("blur", () => this.close());
  }

  async look() {
    const round = ++this.round;
    const line = this.text.value;
    const items = line.startsWith("/") && !line.includes("\n") ? await this.fitting(line) : [];
    if (round === this.round) this.show(items);
  }

  async fitting(line) {
    const [word, ...rest] = line.slice(1).split(" ");
    if (!rest.length) return this.fittingCommands(word.toLowerCase());
    const command = this.commands.find((one) => one.name === word || one.aliases?.includes(word));
    const option = command?.options?.[rest.length - 1];
    if (!option) return [];
    const prefix = rest[rest.length - 1];
    let values = command.choices?.[option] ?? [];
    if (command.suggests?.includes(option)) values = await this.wire.suggest(command.name, option, prefix);
    const before = line.slice(0, line.length - prefix.length);
    return values
      .filter((value) => value.startsWith(prefix) && value !== prefix)
      .map((value) => ({ label: value, summary: "", text: before + value, offered: !prefix }));
  }

  fittingCommands(prefix) {
    return this.commands
      .filter((one) => [one.name, ...(one.aliases ?? [])].some((name) => name.startsWith(prefix)))
      .map((one) => ({
        label: `/${one.name}`,
        summary: one.summary,
        text: `/${one.name}${one.options?.length ? " " : ""}`,
      }));
  }

  show(items) {
    this.items = items.slice(0, MOST);
    // A value of which nothing is typed is only offered: Enter sends the command as it stands.
    this.at = this.items.length && !this.items[0].offered ? 0 : -1;
    this.list.replaceChildren(
      ...this.items.map((item, at) =>
        element(
          "li",
          { role: "option", id: `suggestion-${at}`, "data-at": at },
          element("b", {}, item.label),
          element("span", {}, item.summary),
        ),
      ),
    );
    this.list.hidden = !this.items.length;
    this.text.setAttribute("aria-expanded", String(!this.list.hidden));
    if (this.items.length) {
      const count = this.items.length;
      announce(say(count === 1 ? "suggestions_one" : "suggestions_many", { count }));
    }
    this.mark();
  }

  mark() {
    [...this.list.children].forEach((item, at) => {
      item.setAttribute("aria-selected", String(at === this.at));
    });
    if (this.at < 0) this.text.removeAttribute("aria-activedescendant");
    else this.text.setAttribute("aria-activedescendant", `suggestion-${this.at}`);
  }

  close() {
    this.round++;
    this.show([]);
  }

  take(at) {
    this.text.value = this.items[at].text;
    this.text.dispatchEvent(new Event("input"));
  }

  // Whether the chosen line says more than what is typed.
  changes() {
    return this.at >= 0 && this.items[this.at].text.trimEnd() !== this.text.value.trimEnd();
  }

  // Returns true when the key was meant for the list.
  typed(event) {
    if (this.list.hidden) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && !event.altKey) {
      this.at = (this.at + step + this.items.length) % this.items.length;
      this.mark();
    } else if (event.key === "Tab" && !event.shiftKey) {
      this.take(Math.max(this.at, 0));
    } else if (event.key === "Enter" && !event.shiftKey && this.changes()) {
      const ready = !this.items[this.at].text.endsWith(" ");
      this.take(this.at);
      if (ready) this.close();
    } else if (event.key === "Escape") {
      this.close();
      event.stopPropagation();
    } else {
      return false;
    }
    event.preventDefault();
    return true;
  }
}
