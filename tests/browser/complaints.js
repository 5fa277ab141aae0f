// What axe-core does not say of the open page, as a list of sentences. It changes nothing.
() => {
  "use strict";
  const complaints = [];
  const wide = document.scrollingElement.scrollWidth;
  if (wide > innerWidth) {
    const beyond = (element) => element.checkVisibility() && element.getBoundingClientRect().right > innerWidth + 1;
    const cause = [...document.body.querySelectorAll("*")].find(beyond);
    complaints.push(`${wide} pixels wide in ${innerWidth}: ${cause ? cause.outerHTML.slice(0, 80) : ""}`);
  }
  const headings = [...document.querySelectorAll("h1")].filter((it) => it.checkVisibility());
  if (headings.length !== 1) complaints.push(`${headings.length} main headings`);
  return complaints;
}
