/* What a run puts on the page, piece by piece. */

/** Make an element: `element("button", {type: "button", textContent: "Run"})`. */
export function element(tag, properties = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name in made) made[name] = value;
    else made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

/** The place for the output of one cell. */
export class Output {
  constructor() {
    this.box = element("div", { className: "bl-output", hidden: true });
  }

  clear() {
    this.box.replaceChildren();
    this.box.hidden = true;
  }

  put(kind, content) {
    if (kind === "clear") return this.clear();
    this.box.hidden = false;
    const shown = this[kind](content);
    if (shown) this.box.append(shown);
  }

  text(content, kind = "text") {
    const last = this.box.lastElementChild;
    const pre = last?.dataset.kind === kind ? last : element("pre", { "data-kind": kind, tabIndex: 0 });
    // A progress bar goes back to the beginning of its line.
    pre.textContent = (pre.textContent + content).replace(/[^\n]*\r(?!\n)/g, "");
    return pre === last ? null : pre;
  }

  warning(content) {
    return this.text(content, "warning");
  }

  error(content) {
    return element("pre", { "data-kind": "error", textContent: content, tabIndex: 0 });
  }

  html(content) {
    return element("div", { innerHTML: content });
  }

  latex(content) {
    const formula = element("div", { className: "math", textContent: `\\[${content.replace(/^\$+|\$+$/g, "")}\\]` });
    queueMicrotask(() => window.MathJax?.typesetPromise?.([formula])); // when it is on the page
    return formula;
  }

  image(content) {
    return element("img", { src: content, alt: "The figure that this code draws." });
  }
}

/** The verdict on an answer, told by a sign, a colour and its words. */
export function verdict(state, message) {
  return element("p", { className: "bl-verdict", "data-state": state, textContent: message });
}
