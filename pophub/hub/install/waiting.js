"use strict";
const element = (id) => document.getElementById(id);

async function look() {
  let status;
  try {
    const answer = await fetch("/pophub/status.json", { cache: "no-store" });
    if (!answer.ok) return;
    status = await answer.json();
  } catch {
    return;
  }
  // a hub that is restarting: leave the page as it is
  if (status.state === "ready") return;
  element("bar").hidden = false;
  element("bar").className = status.failed ? "failed" : "";
  element("bar").max = status.of;
  element("bar").value = status.step;
  const where = `step ${status.step} of ${status.of}: ${status.doing}`;
  element("state").textContent = status.failed
    ? `The hub could not be prepared yet. It failed at ${where}.`
    : `The hub is being prepared: ${where}.`;
  element("reason").hidden = !status.failed;
  element("reason").textContent = status.failed || "";
  element("next").textContent = status.failed
    ? `It tries again by itself. For the organizers: ${status.log} on the machine has the whole story.`
    : "This page updates itself. A first start usually takes 3 to 5 minutes.";
}

look();
setInterval(look, 2000);
// the hub's own page comes in place of this one as soon as it answers
setTimeout(() => location.reload(), 15000);
