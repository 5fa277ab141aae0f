// Notes which elements the keyboard reaches, and whether that is seen. Returns how many there are.
() => {
  "use strict";
  const reached = new Map();
  const open = document.querySelector("dialog:modal") ?? document;
  const all = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]:not([tabindex^='-'])";
  const wanted = [...open.querySelectorAll(all)].filter((it) => !it.disabled && it.checkVisibility({ visibilityProperty: true }));
  const note = (element) => {
    const style = getComputedStyle(element);
    const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
    reached.set(element, outlined || style.boxShadow !== "none");
  };
  if (document.activeElement !== document.body) note(document.activeElement);
  document.addEventListener("focusin", (event) => note(event.target));
  window.notReached = () => [
    ...wanted.filter((it) => !reached.has(it) && it.isConnected).map((it) => `the keyboard does not reach ${it.outerHTML.slice(0, 80)}`),
    ...[...reached].filter(([, seen]) => !seen).map(([it]) => `nobody sees that the keyboard is at ${it.outerHTML.slice(0, 80)}`),
  ];
  return wanted.length;
}
