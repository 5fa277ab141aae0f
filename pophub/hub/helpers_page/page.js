// The helpers' page: it asks for its data every few seconds, and sends what a helper wants done.
(() => {
  "use strict";

  const EVERY = 5000;
  const GIB = 2 ** 30;
  const token = document.getElementById("helpers").dataset.xsrf;
  const at = (id) => document.getElementById(id);
  const make = (name, text = "", more = {}) => Object.assign(document.createElement(name), { textContent: text, ...more });
  const headers = { "X-XSRFToken": token, Accept: "application/json" };
  let state = null;

  const say = (words, problem = false) => {
    at("outcome").textContent = words;
    at("outcome").className = problem ? "problem" : "";
  };

  const clock = (moment) => new Intl.DateTimeFormat("en-GB", {
    hour: "2-digit", minute: "2-digit", weekday: "short", timeZone: state.timezone,
  }).format(new Date(moment));
  const ago = (moment) => {
    const minutes = Math.max(0, Math.round((new Date(state.at) - new Date(moment)) / 60000));
    return minutes < 1 ? "just now" : minutes < 120 ? `${minutes} min ago` : clock(moment);
  };
  const gib = (bytes) => (bytes / GIB).toFixed(1);
  const use = (it) => (it ? (it.limit ? `${gib(it.used)} of ${gib(it.limit)} GiB` : `${gib(it.used)} GiB`) : "");

  // --- what is done

  const act = async (name, asked = {}) => {
    say("…");
    try {
      const answer = await fetch(`do/${name}`, {
        method: "POST", headers: { ...headers, "Content-Type": "application/json" }, body: JSON.stringify(asked),
      });
      const result = await answer.json();
      await look();
      say(answer.ok ? `${result.done}.` : `${result.problem}: ${result.hint}.`, !answer.ok);
    } catch {
      say("No answer: reload the page, and try again.", true);
    }
  };

  const ask = (question, consequence, yes, typed = "") => new Promise((resolve) => {
    const dialog = at("ask");
    at("question").textContent = question;
    at("consequence").textContent = consequence;
    at("yes").textContent = yes;
    at("typed").hidden = !typed;
    at("typed").querySelector("label").textContent = typed && `Type “${typed}” to do it`;
    at("word").value = "";
    dialog.returnValue = "";
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes" && { word: at("word").value }), { once: true });
    dialog.showModal();
  });

  const LOST = "What is not saved is lost; saved files stay.";
  const stop = async (user) => (await ask(`Stop the server of ${user}?`, LOST, "Stop it")) && act("stop", { user });
  const restart = async (user) => (await ask(`Restart the server of ${user}?`, LOST, "Restart it")) && act("restart", { user });

  const form = (id, name, done = () => {}) => at(id).addEventListener("submit", async (event) => {
    event.preventDefault();
    await act(name, Object.fromEntries(new FormData(event.target)));
    done(event.target);
  });
  form("message-form", "message", (it) => it.reset());
  form("keep-form", "keep");
  form("guest-form", "add-guest", (it) => it.reset());
  at("take-back").addEventListener("click", () => act("message", { text: "" }));
  at("prepare").addEventListener("click", async () => {
    const words = "The servers of everybody who has been here start now, some at once, if they fit.";
    if (await ask("Start everybody's servers?", words, "Start them")) act("prepare");
  });
  at("stop-all").addEventListener("click", async () => {
    const typed = await ask("Stop every server?", `For everybody: ${LOST}`, "Stop all", "stop all");
    if (typed) act("stop-all", typed);
  });

  // --- what is seen

  const card = (name, figure, about = "") => {
    const box = make("div");
    const value = make("dd", figure);
    value.append(make("small", about));
    box.append(make("dt", name), value);
    return box;
  };

  const waits = ({ pending, trouble }) => {
    const waiting = pending ? `${pending} ${pending === 1 ? "server waits" : "servers wait"} for room` : "";
    return [waiting, trouble && `AWS starts none: ${trouble}`].filter(Boolean).join("; ");
  };

  const cards = () => {
    const { counts, watch, memory, workers } = state;
    const found = [
      card("servers", `${counts.running} of ${state.server_limit ?? "?"}`, `${counts.starting} starting, ${counts.stopping} stopping`),
      card("need a look", counts.problems, `of ${counts.people} people`),
    ];
    if (counts["never came"]) found.push(card("not here yet", counts["never came"], "of the roster"));
    if (memory) found.push(card("memory in use", `${Math.round((100 * memory.used) / memory.limit)} %`, `of ${gib(memory.limit)} GiB of the machine`));
    if (workers) found.push(card("workers ready", "ready" in workers ? `${workers.ready} of ${workers.wanted}` : "not known", waits(workers)));
    if (watch.spent_usd) found.push(card("spent", `${Number(watch.spent_usd).toFixed(2)} USD`, `of ${Number(watch.budget_usd).toFixed(0)}`));
    if (watch.reason) found.push(card(`cost-watch at ${clock(watch.at)}`, watch.action, watch.reason));
    if (state.message.text) found.push(card(`said by ${state.message.by}`, "“…”", state.message.text));
    return found;
  };

  const buttons = (person) => {
    const box = make("span", "", { className: "line" });
    const button = (text, onclick) => box.append(make("button", text, { type: "button", onclick, ariaLabel: `${text} the server of ${person.user}` }));
    if (person.state === "running") {
      button("Restart", () => restart(person.user));
      button("Stop", () => stop(person.user));
    } else if (person.state === "starting") button("Stop", () => stop(person.user));
    else if (person.state === "off") button("Start", () => act("start", { user: person.user }));
    return box;
  };

  const COLUMNS = ["person", "server", "last work", "memory", "home", ""];
  const row = (person) => {
    const line = make("tr");
    const who = make("th", person.user, { scope: "row" });
    const about = [person.name, person.helper && "helper", person.guest && "guest"].filter(Boolean).join(", ");
    if (about) who.append(make("small", about));
    const server = make("td", person.state);
    if (person.since && person.state === "running") server.append(make("small", `since ${clock(person.since)}`));
    if (person.problem) server.append(make("div", person.problem, { className: "problem-text" }));
    const cells = [server, make("td", person.last_activity ? ago(person.last_activity) : ""), make("td", use(person.memory)), make("td", use(person.home)), make("td")];
    cells.forEach((cell, place) => { if (COLUMNS[place + 1]) cell.dataset.label = COLUMNS[place + 1]; });
    cells[4].append(buttons(person));
    line.append(who, ...cells);
    return line;
  };

  const table = () => {
    const wanted = at("find").value.trim().toLowerCase();
    const found = state.people.filter((it) => `${it.user} ${it.name}`.toLowerCase().includes(wanted));
    const made = make("table");
    const head = make("tr");
    COLUMNS.forEach((name) => head.append(make(name ? "th" : "td", name, name ? { scope: "col" } : {})));
    const top = make("thead");
    top.append(head);
    const body = make("tbody");
    body.append(...found.map(row));
    made.append(top, body);
    return made;
  };

  const show = () => {
    document.title = `${state.title}: helpers`;
    at("title").textContent = state.title;
    at("at").textContent = `${clock(state.at)}, ${state.timezone}. This page renews itself.`;
    at("take-back").hidden = !state.message.text;
    at("cards").replaceChildren(...cards());
    // who has the keyboard on a button keeps it there
    const label = document.activeElement?.ariaLabel;
    at("table").replaceChildren(table());
    if (label) [...at("table").querySelectorAll("button")].find((it) => it.ariaLabel === label)?.focus();
  };

  const look = async () => {
    try {
      const answer = await fetch("state.json", { headers, cache: "no-store" });
      if (!answer.ok) throw new Error(answer.status);
      const result = await answer.json();
      state = result;
      show();
    } catch {
      at("at").textContent = "The hub does not answer just now; this page tries again. If it stays so, reload it.";
    }
  };

  at("find").addEventListener("input", () => state && show());
  const again = async () => {
    if (!document.hidden) await look();
    setTimeout(again, EVERY);
  };
  again();
})();
