// Shows in JupyterLab that the hub will stop, ten and two minutes before, with a button that asks for one more hour; and
// that the kernel ended programs for their memory, which hub-config/server/memory.py reports through the server's events.
// It shows the server's memory and disk in the status bar. On a phone it closes the list of files.
// Written in the form that JupyterLab loads, so that nothing must be built:
// https://jupyterlab.readthedocs.io/en/4.6.x/extension/extension_dev.html#prebuilt-extensions
(() => {
  "use strict";

  const ASKED_EVERY = 60000;
  const LAST_WARNING = 120;
  const NARROW = 600;
  const ENDED_FOR_MEMORY = "https://pophub.invalid/events/ended-for-memory";
  const here = document.currentScript.src;
  const page = JSON.parse(document.getElementById("jupyter-config-data").textContent);
  const address = `${page.hubHost || ""}${page.hubPrefix || ""}api/stop-notice`;

  let box = null;
  let timer = null;
  let asked = -Infinity;
  // the warning that the person has hidden
  let hidden = "";

  const make = (name, text, more = {}) => Object.assign(document.createElement(name), { textContent: text, ...more });
  const button = (text, onclick, className = "") => make("button", text, { type: "button", onclick, className });

  const hide = () => {
    box?.remove();
    box = null;
  };

  // first in the page, so that the keyboard reaches it first; it does not take the focus
  const open = (role, words, buttons) => {
    const opened = make("section", "", { className: "pophub-stop-notice" });
    const spoken = make("div", "", { role });
    opened.append(spoken, ...buttons);
    document.body.prepend(opened);
    // into an element that exists already, otherwise some screen readers do not read it
    spoken.append(...words);
    return opened;
  };

  const show = (role, words, buttons) => {
    hide();
    box = open(role, words, buttons);
  };

  let ended = null;
  const sayEnded = ({ programs, limit }) => {
    ended?.remove();
    const what = programs === 1 ? "A program was" : `${programs} programs were`;
    const heading = `${what} ended: your server's memory${limit && ` of ${limit}`} was full.`;
    const advice =
      "If it was a notebook's kernel, it starts anew without its variables; what you have saved is as it was. " +
      "Load less at once, and shut down the kernels that you do not need (the round icon at the left).";
    ended = open("alert", [make("strong", heading), make("p", advice)], [button("Hide", () => ended.remove())]);
    ended.classList.add("pophub-ended");
  };

  const say = (notice) => {
    const last = notice.seconds <= LAST_WARNING;
    const stage = `${notice.stop_at} ${last}`;
    // screen readers read a warning once
    if (stage === hidden || stage === box?.dataset.stage) return;
    const what = notice.server ? "Your server" : "The hub";
    const heading = last
      ? `${what} stops in less than two minutes, at ${notice.clock}: save your work now.`
      : `${what} stops at ${notice.clock}: save your work.`;
    const buttons = [button("Hide", () => { hidden = stage; hide(); })];
    if (notice.keep) {
      const label = notice.keep.minutes === 60 ? "Keep the hub on for an hour" : `Keep the hub on until ${notice.keep.clock}`;
      buttons.unshift(button(label, keep, "pophub-keep"));
    }
    show("alert", [make("strong", heading), make("p", `Why: ${notice.reason}.`)], buttons);
    box.dataset.stage = stage;
  };

  // what a helper says to everybody; the moment of saying it tells one message from the next
  let message = null;
  let seen = "";
  const sayMessage = (said) => {
    if (!said?.text) seen = "";
    if (message && said?.at !== seen) {
      message.remove();
      message = null;
    }
    if (!said?.text || said.at === seen) return;
    seen = said.at;
    message = open("status", [make("strong", "From the helpers"), make("p", said.text)], [button("Hide", () => message.remove())]);
  };

  const keep = async (event) => {
    event.target.disabled = true;
    let words = "The hub could not be asked: save your work, and try again.";
    let role = "alert";
    try {
      const answer = await fetch(address, {
        method: "POST",
        credentials: "omit",
        headers: { Authorization: `token ${page.token}`, "Content-Type": "application/json" },
      });
      const told = await answer.json();
      words = answer.ok ? `The hub stays on until ${told.clock}.` : told.message;
      if (answer.ok) role = "status";
    } catch {
      // no answer, or an answer of another program
    }
    show(role, [make("strong", words)], [button("Hide", hide)]);
    ask_in(ASKED_EVERY);
  };

  const ask_in = (milliseconds) => {
    clearTimeout(timer);
    timer = setTimeout(ask, milliseconds);
  };

  // without cookie and token, so that these requests do not count as activity
  const ask = async () => {
    if (document.hidden) return;
    asked = Date.now();
    let wait = ASKED_EVERY;
    try {
      const answer = await fetch(`${address}?user=${encodeURIComponent(page.hubUser || "")}`, { credentials: "omit", cache: "no-store" });
      const notice = await answer.json();
      sayMessage(notice.message);
      if (!notice.stop_at) hide();
      else {
        say(notice);
        // ask again in time for the last warning
        const left = (notice.seconds - LAST_WARNING) * 1000;
        if (left > 0) wait = Math.min(wait, left + 1000);
      }
    } catch {
      // the hub does not answer: there is nothing to show
    }
    ask_in(wait);
  };

  // --- memory and disk of the person's own server, in the status bar

  const USAGE_EVERY = 15000;
  const gib = (bytes) => (bytes / 2 ** 30).toFixed(1);
  const used = (name, it) => (it ? `${name} ${gib(it.used)} of ${gib(it.limit)} GiB` : "");
  const nearlyFull = (it) => it && it.used > 0.9 * it.limit;
  const usage = make("span", "", { className: "pophub-usage", title: "What your server uses of its memory, and your files of your home" });

  const showUsage = async () => {
    if (!document.hidden) {
      try {
        const answer = await fetch(`${page.baseUrl}pophub/usage`, {
          credentials: "omit", cache: "no-store", headers: { Authorization: `token ${page.token}` },
        });
        const { memory, home } = await answer.json();
        usage.textContent = [used("Memory", memory), used("Disk", home)].filter(Boolean).join(", ");
        usage.classList.toggle("pophub-nearly-full", Boolean(nearlyFull(memory) || nearlyFull(home)));
        document.querySelector("#jp-main-statusbar .jp-StatusBar-Right")?.prepend(usage);
      } catch {
        usage.textContent = "";
      }
    }
    setTimeout(showUsage, USAGE_EVERY);
  };

  const look = () => {
    if (!document.hidden) ask_in(Math.max(0, asked + ASKED_EVERY - Date.now()));
  };

  const plugin = {
    id: "pophub-stop-notice:plugin",
    description: "Tells that the hub stops soon, and that a program was ended for its memory",
    autoStart: true,
    activate: (app) => {
      if (!page.hubPrefix) return;
      app.serviceManager.events?.stream.connect((_, event) => {
        if (event.schema_id === ENDED_FOR_MEMORY) sayEnded(event);
      });
      document.head.append(make("link", "", { rel: "stylesheet", href: new URL("notice.css", here).href }));
      document.addEventListener("visibilitychange", look);
      look();
      app.restored.then(showUsage);
      // a phone has no room for the list of files beside the document
      if (window.innerWidth < NARROW) app.restored.then(() => app.shell.collapseLeft());
    },
  };

  (window._JUPYTERLAB ??= {})["pophub-stop-notice"] = {
    init: () => {},
    get: async () => () => ({ __esModule: true, default: plugin }),
  };
})();
