// What somebody who reads the open page could complain of, as a list of sentences. It changes nothing.
() => {
  "use strict";
  const complaints = [];
  const pixel = document.createElement("canvas").getContext("2d", { willReadFrequently: true });

  const named = (element) => {
    const text = String(element.innerText || element.value || "").trim().slice(0, 40);
    return `<${element.localName}${element.id ? `#${element.id}` : ""}> "${text}"`;
  };

  // a box of one pixel is for screen readers only
  const seen = (element) => {
    const box = element.getBoundingClientRect();
    return element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && box.width > 1 && box.height > 1;
  };

  const rgba = (colour) => {
    pixel.clearRect(0, 0, 1, 1);
    pixel.fillStyle = colour;
    pixel.fillRect(0, 0, 1, 1);
    const [red, green, blue, alpha] = pixel.getImageData(0, 0, 1, 1).data;
    return [red, green, blue, alpha / 255];
  };

  const over = (front, back) => [0, 1, 2].map((i) => front[i] * front[3] + back[i] * (1 - front[3]));

  const background = (element) => {
    const behind = element.parentElement ? background(element.parentElement) : [255, 255, 255];
    return over(rgba(getComputedStyle(element).backgroundColor), behind);
  };

  // https://www.w3.org/TR/WCAG22/#dfn-relative-luminance
  const luminance = (colour) => {
    const [red, green, blue] = colour.map((it) => it / 255).map((it) => (it <= 0.04045 ? it / 12.92 : ((it + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };

  // https://www.w3.org/TR/WCAG22/#contrast-minimum
  const checkContrast = (element) => {
    const style = getComputedStyle(element);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && parseInt(style.fontWeight) >= 700);
    const behind = background(element);
    const [light, dark] = [luminance(over(rgba(style.color), behind)), luminance(behind)].sort((a, b) => b - a);
    const ratio = (light + 0.05) / (dark + 0.05);
    if (ratio < (large ? 3 : 4.5)) complaints.push(`contrast ${ratio.toFixed(1)}: ${named(element)}`);
  };

  const checkName = (element) => {
    const labels = [...(element.labels || [])].map((label) => label.innerText);
    const pointed = document.getElementById(element.getAttribute("aria-labelledby"))?.textContent;
    const own = ["aria-label", "title", "alt"].map((name) => element.getAttribute(name));
    const within = [...element.querySelectorAll("img")].map((image) => image.alt);
    const submit = element.type === "submit" ? element.value : "";
    if (![...labels, pointed, ...own, ...within, submit, element.textContent].some((name) => name?.trim()))
      complaints.push(`nothing says what it is: ${named(element)}`);
  };

  const all = [...document.body.querySelectorAll("*")];
  const visible = all.filter(seen);
  const hasText = (element) => [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
  const controls = "a[href], button, input:not([type=hidden]), select, textarea, progress, [role=progressbar]";
  const wide = document.scrollingElement.scrollWidth;

  if (wide > innerWidth) {
    const cause = visible.find((element) => element.getBoundingClientRect().right > innerWidth + 1);
    complaints.push(`${wide} pixels wide in ${innerWidth}: ${cause ? named(cause) : ""}`);
  }
  if (!document.documentElement.lang) complaints.push("no language");
  if (!document.title.trim()) complaints.push("no title");
  if ([...document.querySelectorAll("h1")].filter((it) => it.checkVisibility()).length !== 1) complaints.push("not one main heading");
  for (const image of document.images) if (!image.hasAttribute("alt")) complaints.push(`no alt: ${image.src}`);
  visible.filter(hasText).filter((element) => !element.disabled).forEach(checkContrast);
  visible.filter((element) => element.matches(controls)).forEach(checkName);
  return complaints;
}
