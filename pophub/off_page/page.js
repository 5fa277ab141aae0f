"use strict";
const page = document.getElementById("page").dataset;
const LOOK_SECONDS = 5;

// The browser must ask the DNS anew and open another connection, so nothing is sent until then.
function lead() {
  document.getElementById("state").textContent = `The hub is up. This page leads you there in about ${page.seconds} seconds.`;
  setTimeout(() => location.reload(), page.seconds * 1000);
}

async function look() {
  let state;
  try {
    const answer = await fetch("/pophub/off.json", { cache: "no-store" });
    if (answer.headers.get("content-type") !== "application/json") return location.reload();
    state = (await answer.json()).state;
  } catch {
    return setTimeout(look, LOOK_SECONDS * 1000);
  }
  if (state === "up") return lead();
  if (state !== "starting") return location.reload();
  setTimeout(look, LOOK_SECONDS * 1000);
}

if (page.state === "up") lead();
if (page.state === "starting") setTimeout(look, LOOK_SECONDS * 1000);
