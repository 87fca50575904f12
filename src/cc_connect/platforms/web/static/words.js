// The words of the page, times for people, and a few small tools of the other modules.

const entries = JSON.parse(document.body.dataset.texts);

export function say(key, fields = {}) {
  return entries[key].replace(/\{(\w+)\}/g, (_, name) => String(fields[name]));
}

export const byId = (id) => document.getElementById(id);

export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

// HTML comes only from our own server, which escapes everything that is not its own.
export function fragment(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}

// A line of our own: what stands in backticks is something to type.
export function marked(line) {
  return line.split("`").map((part, at) => (at % 2 ? element("code", {}, part) : part));
}

export function freshId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));  // a page without TLS has no randomUUID
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function announce(text) {
  byId("announce").textContent = text;
}

// Storage can be forbidden or full; the page works without it, it only forgets.
export const memory = {
  read(key) {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {
      return null;
    }
  },
  write(key, value) {
    try {
      if (value === null) localStorage.removeItem(key);
      else localStorage.setItem(key, JSON.stringify(value));
    } catch {
      // nothing to do about it
    }
  },
};

export function setCookie(name, value) {
  document.cookie = `${name}=${value}; path=/; max-age=31536000; SameSite=Strict`;
}

const language = document.documentElement.lang;
const clock = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" });
const full = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });
const day = new Intl.DateTimeFormat(language, { month: "short", day: "numeric" });

export function tellTime(time) {
  const at = new Date(time.dateTime);
  const today = at.toDateString() === new Date().toDateString();
  time.textContent = today ? clock.format(at) : `${day.format(at)} ${clock.format(at)}`;
  time.title = full.format(at);
}

export function notice(text) {
  const line = element("p", { class: "notice-line", role: "alert" }, ...marked(text));
  byId("notices").append(line);
  setTimeout(() => line.remove(), 10_000);
}
