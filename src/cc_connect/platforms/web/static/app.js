// The page of a conversation: puts the parts together.

import { Answers } from "./answers.js";
import { Calls } from "./calls.js";
import { Chats } from "./chats.js";
import { Composer } from "./composer.js";
import { Log } from "./log.js";
import { announce, byId, marked, notice, say, setCookie } from "./words.js";
import { Wire } from "./wire.js";

const { chat, project } = document.body.dataset;
const wire = new Wire(chat, project);
const log = new Log();
const chats = new Chats(chat);
const calls = new Calls(chats);
const answers = new Answers(wire);
const composer = new Composer(wire, log);

// --- is the agent at work -----------------------------------------------------------------------

let workTimer = 0;

function work(seconds) {
  clearTimeout(workTimer);
  byId("working").hidden = seconds <= 0;
  if (seconds > 0) workTimer = setTimeout(() => work(0), seconds * 1000 + 1000);
  offerStop();
  log.follow();
}

// A turn that waits for an answer shows no sign of work, but can be stopped all the same.
function offerStop() {
  byId("stop").hidden = byId("working").hidden && !log.isLive;
}

function stop() {
  if (byId("stop").hidden) return;
  wire.act({ t: "invoke", command: "stop", arguments: {} });
}

byId("stop").addEventListener("click", stop);

// --- what the program tells ---------------------------------------------------------------------

let welcomed = false;

function welcome(frame) {
  composer.completion.commands = frame.commands;
  const again = welcomed;
  welcomed = true;
  log.begin();
  const changed = frame.boot !== log.boot || frame.seq !== log.seq;
  log.keep(frame.live);
  work(frame.working);
  for (const act of wire.unsent()) if (act.t === "say") log.say(act.id, act.text, []);
  if (changed) {
    log.catchUp(chat, frame, again).catch((error) => {
      if (error.message === "401") shut();
      else wire.socket?.close();
    });
  }
}

function posted(frame) {
  log.seq = frame.seq;
  if (frame.stream) work(0);
  log.put(frame.key, frame.html, { stream: frame.stream, before: frame.before });
}

const heard = {
  welcome,
  post: posted,
  amend: (frame) => {
    log.seq = frame.seq;
    log.amend(frame.key, frame.html);
  },
  retract: (frame) => {
    log.seq = frame.seq;
    log.retract(frame.key);
  },
  prompt: (frame) => {
    log.seq = frame.seq;
    log.put(frame.key, frame.html);
  },
  extend: (frame) => log.grow(frame),
  typing: (frame) => work(frame.lasts),
  ack: (frame) => log.stored(frame.id),
  refused: (frame) => {
    if (!frame.id || !log.refused(frame.id, frame.text)) notice(frame.text);
  },
  chat: (frame) => {
    chats.tell(frame);
    calls.tell(frame);
  },
};

wire.addEventListener("frame", ({ detail }) => {
  heard[detail.t]?.(detail);
  offerStop();
});

// --- the connection -----------------------------------------------------------------------------

function showState(state, words = say(state === "connected" ? "connected" : "no_connection")) {
  const line = byId("state");
  line.dataset.state = state;
  line.querySelector(".words").textContent = words;
  line.title = words;
}

function showOffline(key) {
  byId("offline").hidden = !key;
  if (key) byId("offline").replaceChildren(...marked(say(key)));
}

function shut() {
  showState("disconnected", say("no_login_short"));
  showOffline("logged_out_here");
}

wire.addEventListener("state", async ({ detail }) => {
  showState(detail);
  document.body.classList.toggle("offline", detail !== "connected");
  if (detail === "connected") {
    showOffline("");
    return;
  }
  work(0);
  showOffline("disconnected");
  // A refused WebSocket says nothing about why; a plain request does.
  try {
    const answer = await fetch(`/c/${encodeURIComponent(chat)}/log`, { method: "HEAD" });
    if (answer.status === 401) shut();
  } catch {
    // not there at all: the line in the head says so
  }
});

// --- the frame around it ------------------------------------------------------------------------

const themes = ["system", "light", "dark"];

byId("theme").addEventListener("click", () => {
  const root = document.documentElement;
  root.dataset.theme = themes[(themes.indexOf(root.dataset.theme) + 1) % themes.length];
  setCookie("theme", root.dataset.theme);
  announce(say(`theme_${root.dataset.theme}`));
});

byId("language").addEventListener("change", (event) => {
  setCookie("language", event.target.value);
  location.reload();
});

byId("keys").addEventListener("click", () => byId("help").showModal());

const shortcuts = {
  KeyN: () => byId("new").requestSubmit(),
  KeyA: () => answers.goToOpen(),
  KeyK: () => byId("help").showModal(),
  ArrowUp: () => chats.go(-1),
  ArrowDown: () => chats.go(1),
};

addEventListener("keydown", (event) => {
  if (event.isComposing || event.defaultPrevented) return;
  if (event.key === "Escape") {
    if (byId("help").open) return;
    if (chats.isOpen) chats.open(false);
    else stop();
  } else if (event.altKey && !event.ctrlKey && !event.metaKey && shortcuts[event.code]) {
    event.preventDefault();
    shortcuts[event.code]();
  }
});

wire.open();
