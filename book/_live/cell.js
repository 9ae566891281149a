/* One code cell of a page: it is changed, run and checked. */

import { Output, element, verdict } from "./output.js";
import { page } from "./place.js";
import { Python } from "./python.js";
import { forget, load, save } from "./store.js";

const startBytes = Number(document.querySelector("script[data-start-bytes]").dataset.startBytes);
const megabytes = (bytes) => (bytes / 1e6).toFixed(1);

let busy = null; // the cell that Python is at work for
const python = new Python((what, loaded, starting) => {
  const all = starting ? ` of ${megabytes(startBytes)}` : "";
  busy?.say(what ? `Loading ${what}: ${megabytes(loaded)}${all} MB` : busy.meanwhile);
});

export const button = (text, title = "") => element("button", { type: "button", textContent: text, title });

/** Whether an exercise has been solved in this browser. */
export const isSolved = (number) => load(`solved/${number}`) !== null;

export class Cell {
  /** `above` are the cells before it, `box` is its place on the page. */
  constructor(box, above) {
    const tagged = (start) => [...box.classList].find((name) => name.startsWith(`tag_live-${start}`));
    this.box = box;
    this.above = above;
    this.input = box.querySelector(".cell_input");
    this.source = this.input.querySelector("pre").textContent.replace(/\n+$/, "");
    this.kind = ["answer", "check", "locked"].find(tagged) ?? "free";
    this.id = tagged("id-")?.slice("tag_live-id-".length) ?? `code-${digest(this.source)}`;
    this.key = `${page}/${this.id}`;
    this.check = null; // the cell that checks it
    this.waiting = new Set(); // cells that were told to wait for it
    this.editor = null;
  }

  get editable() {
    return this.kind === "answer" || this.kind === "free";
  }

  /** What the reader has made of the code. */
  get text() {
    return this.editor?.text ?? (this.editable ? load(this.key) : null) ?? this.source;
  }

  set text(text) {
    if (text === this.source) forget(this.key);
    else if (!save(this.key, text)) this.say("This browser cannot keep what you write: download your work.");
    if (this.editor && this.editor.text !== text) this.editor.text = text;
  }

  get changed() {
    return this.text !== this.source;
  }

  /** The number of the exercise: of answer-5-3 it is 5.3. */
  get number() {
    return this.check && this.id.match(/\d+/g).join(".");
  }

  /** Put an editor in place of the code, buttons under it, and room for what comes of it. */
  async open() {
    this.equip();
    const { createEditor } = await import("./editor.js").catch(() => ({}));
    if (!createEditor) return this.say("The editor could not be loaded: load the page again.");
    const host = element("div", { className: "bl-editor" });
    this.editor = createEditor(host, {
      text: this.text,
      label: `${this.check ? `Your answer to ${this.number}` : "Code"}. Escape, then Tab leaves the editor.`,
      keys: { "Shift-Enter": () => this.run(), ...(this.check && { "Mod-Enter": () => this.judge() }) },
      onChange: (text) => {
        this.text = text;
        this.answer.replaceChildren(); // the verdict was on another text
      },
    });
    this.input.replaceChildren(host);
  }

  equip() {
    this.buttons = {
      run: button("Run", "Shift and Enter"),
      judge: this.check && button("Check", "Control and Enter"),
      hint: this.check && button("Hint"),
      again: this.editable && button("Start again", "Bring back the code of the book"),
      stop: element("button", { type: "button", textContent: "Stop", className: "bl-stop" }),
    };
    for (const [action, each] of Object.entries(this.buttons)) {
      if (each) each.addEventListener("click", () => this[action]());
      else delete this.buttons[action];
    }
    this.buttons.stop.hidden = true;
    this.status = element("span", { className: "bl-status", role: "status" });
    this.answer = element("div", { className: "bl-answer", "aria-live": "polite" });
    this.hints = element("ol", { className: "bl-hints", hidden: true, "aria-live": "polite" });
    this.output = new Output();
    const bar = element("div", { className: "bl-bar" }, ...Object.values(this.buttons), this.status);
    this.input.after(bar, this.answer, this.output.box, this.hints);
    if (this.check) this.showSolved();
  }

  run() {
    return this.ask("run", { cells: this.cells }, "Running…");
  }

  async judge() {
    const answer = await this.ask("check", { cells: this.cells, check: this.check.source }, "Checking…");
    if (!answer) return;
    const missing = `${this.number} not answered yet. Replace the last line with your answer, then check it.`;
    this.answer.replaceChildren(verdict(answer.state, answer.state === "not answered yet" ? missing : answer.message));
    if (answer.state === "right") save(`solved/${this.number}`, "yes");
    else forget(`solved/${this.number}`);
    this.showSolved();
  }

  showSolved() {
    this.box.classList.toggle("bl-solved", isSolved(this.number));
    dispatchEvent(new Event("bl-solved"));
  }

  async hint() {
    const level = this.hints.childElementCount + 1;
    const hint = await this.ask("hint", { number: this.number, level }, "One moment…");
    if (!hint) return;
    this.hints.append(element("li", { textContent: hint.text }));
    this.hints.hidden = false;
    if (level === hint.levels) this.buttons.hint.disabled = true;
  }

  again() {
    this.reset();
    this.editor?.focus();
  }

  /** Bring back the code of the book, and forget what came of the reader's. */
  reset() {
    this.text = this.source;
    this.clear();
    this.showPrinted(true);
    this.say("");
    if (!this.check) return;
    this.hints.replaceChildren();
    this.hints.hidden = true;
    this.buttons.hint.disabled = false;
    forget(`solved/${this.number}`);
    this.showSolved();
  }

  stop() {
    python.stop("Stopped. Python starts again with the next run.");
  }

  /** What Python is given: the code cells down to this one. Checks change nothing that a cell needs. */
  get cells() {
    return [...this.above.filter((cell) => cell.kind !== "check"), this].map((cell) => cell.text);
  }

  /** Ask Python, which does one thing at a time; return nothing where it fails. */
  async ask(action, request, meanwhile) {
    if (busy === this) return;
    if (busy) {
      busy.waiting.add(this);
      return this.say(`${busy.number ? `Exercise ${busy.number}` : "Another cell"} is running: wait for it, or stop it.`);
    }
    busy = this;
    this.meanwhile = meanwhile;
    if (action !== "hint") this.clear();
    this.showPrinted(false);
    this.work(true);
    this.say(python.running ? meanwhile : "Starting Python in your browser…");
    try {
      const result = await python.request(action, request, (kind, content) => this.output.put(kind, content));
      this.say("");
      return result;
    } catch (error) {
      this.say(error.message);
    } finally {
      busy = null;
      for (const cell of this.waiting) cell.say("");
      this.waiting.clear();
      this.work(false);
    }
  }

  work(on) {
    for (const each of Object.values(this.buttons)) each.setAttribute("aria-disabled", on && each !== this.buttons.stop);
    this.buttons.stop.hidden = !on;
  }

  clear() {
    this.output.clear();
    this.answer.replaceChildren();
  }

  /** Show the output that the book has printed for this cell, or hide it, when there is one of the reader's. */
  showPrinted(on) {
    const printed = this.box.querySelector(".cell_output");
    if (printed) printed.hidden = !on;
  }

  say(text) {
    this.status.textContent = text;
  }
}

/** The same code has the same short name. */
function digest(text) {
  let hash = 5381;
  for (const letter of text) hash = (hash * 33 + letter.codePointAt(0)) >>> 0;
  return hash.toString(36);
}
