// The place to write: text, files, commands behind a slash.

import { Completion } from "./completion.js";
import { byId, element, memory, notice, say } from "./words.js";

// On a telephone, Enter is the only way to a new line; there is a button to send.
const coarse = matchMedia("(pointer: coarse)");

export class Composer {
  constructor(wire, log) {
    this.wire = wire;
    this.log = log;
    this.text = byId("text");
    this.form = byId("composer");
    this.attached = byId("attached");
    this.files = [];
    this.said = "";
    this.eager = false;
    this.draft = `draft:${wire.chat}`;
    this.completion = new Completion(wire, this.text);
    this.text.value = this.text.value || memory.read(this.draft) || "";
    this.fit();
    this.text.addEventListener("input", () => this.changed());
    this.text.addEventListener("keydown", (event) => this.typed(event));
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    this.takeFiles();
  }

  changed() {
    this.eager = false;
    this.fit();
    memory.write(this.draft, this.text.value || null);
    this.completion.look();
  }

  fit() {
    this.text.style.height = "auto";
    this.text.style.height = `${this.text.scrollHeight}px`;
  }

  write(text) {
    this.text.value = text;
    this.changed();
  }

  typed(event) {
    if (event.isComposing || event.keyCode === 229) return;  // an input method is at work
    if (this.completion.typed(event)) return;
    if (event.key === "Enter" && !event.shiftKey && !event.altKey && !coarse.matches) {
      event.preventDefault();
      this.send();
    } else if (event.key === "ArrowUp" && !this.text.value && this.said && !event.altKey) {
      event.preventDefault();
      this.write(this.said);
    }
  }

  send() {
    const text = this.text.value.trim();
    if (!text && !this.files.length) return;
    this.eager = this.isUploading;  // said before its files were up: it goes out when they are
    if (this.eager) {
      this.showFiles();
      return;
    }
    const id = this.wire.act({ t: "say", text, files: this.files.map((file) => file.id) });
    this.log.say(id, text, this.files.map((file) => file.name));
    this.said = text;
    for (const file of this.files) file.chip.remove();
    this.files = [];
    this.showFiles();
    this.completion.close();
    this.write("");
    this.text.focus();
  }

  // --- files ----------------------------------------------------------------------------------

  takeFiles() {
    const input = byId("files");
    byId("attach").addEventListener("click", () => input.click());
    input.addEventListener("change", () => {
      this.attach([...input.files]);
      input.value = "";
    });
    this.text.addEventListener("paste", (event) => {
      const files = [...event.clipboardData.files];
      if (files.length) {
        event.preventDefault();
        this.attach(files);
      }
    });
    let depth = 0;
    const over = (step) => (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      depth = Math.max(0, depth + step);
      document.body.classList.toggle("dropping", depth > 0);
    };
    addEventListener("dragenter", over(1));
    addEventListener("dragleave", over(-1));
    addEventListener("dragover", over(0));
    addEventListener("drop", (event) => {
      over(-depth)(event);
      this.attach([...(event.dataTransfer?.files ?? [])]);
    });
    this.form.dataset.drop = say("drop_here");
  }

  attach(files) {
    const limit = Number(document.body.dataset.uploadLimit);
    for (const file of files) {
      if (file.size > limit) {
        notice(say("upload_too_large", { name: file.name, limit: Math.floor(limit / 1048576) }));
      } else {
        this.upload(file);
      }
    }
    this.text.focus();
  }

  upload(file) {
    const request = new XMLHttpRequest();  // fetch tells nothing about progress
    const remove = element("button", { type: "button", "aria-label": say("remove_file", { name: file.name }) }, "×");
    const bar = element("progress", { max: "1", value: "0", "aria-label": say("uploading", { name: file.name }) });
    const chip = element("li", { class: "chip" }, element("span", {}, file.name), bar, remove);
    const entry = { name: file.name, id: "", chip };
    this.files.push(entry);
    this.attached.append(chip);
    this.showFiles();
    const drop = () => {
      this.files = this.files.filter((one) => one !== entry);
      chip.remove();
      this.showFiles();
      if (this.eager && !this.isUploading) this.send();
    };
    const failed = (reason) => {
      this.eager = false;  // without the file it may mean something else
      drop();
      notice(say("upload_failed", { name: file.name, reason }));
    };
    remove.addEventListener("click", () => {
      request.abort();
      drop();
      this.text.focus();
    });
    request.upload.onprogress = (event) => (bar.value = event.loaded / event.total);
    request.onerror = () => failed(say("no_network"));
    request.onload = () => {
      const answer = JSON.parse(request.responseText || "{}");
      if (request.status !== 200) return failed(answer.error ?? String(request.status));
      entry.id = answer.id;
      bar.remove();
      chip.classList.add("ready");
      this.showFiles();
      if (this.eager && !this.isUploading) this.send();
    };
    request.open("POST", `/upload/${encodeURIComponent(this.wire.chat)}`);
    request.setRequestHeader("Content-Type", file.type || "application/octet-stream");
    request.setRequestHeader("X-File-Name", encodeURIComponent(file.name));
    request.send(file);
  }

  get isUploading() {
    return this.files.some((file) => !file.id);
  }

  showFiles() {
    this.attached.hidden = !this.files.length;
    byId("send").toggleAttribute("data-waiting", this.eager && this.isUploading);
  }
}
