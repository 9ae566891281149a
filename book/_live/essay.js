/* An answer in words: it has an editor and no check, since a person reads it. */

import { element } from "./output.js";
import { page } from "./place.js";
import { forget, load, save } from "./store.js";

export class Essay {
  constructor(box) {
    this.box = box;
    this.id = [...box.classList].find((name) => name.startsWith("live-id-")).slice("live-id-".length);
    this.key = `${page}/${this.id}`;
    this.source = box.textContent.trim().replace(/^(.*)$/s, "*$1*"); // as the notebook has it: in italics
  }

  get text() {
    return this.editor?.text ?? load(this.key) ?? "";
  }

  get changed() {
    return this.text.trim() !== "";
  }

  set text(text) {
    if (text.trim()) save(this.key, text);
    else forget(this.key);
    if (this.editor && this.editor.text !== text) this.editor.text = text;
  }

  reset() {
    this.text = "";
  }

  async open() {
    const { createEditor } = await import("./editor.js");
    const host = element("div", { className: "bl-editor" });
    this.editor = createEditor(host, {
      text: this.text,
      label: "Your answer, in words.",
      words: true,
      onChange: (text) => (this.text = text),
    });
    this.box.replaceChildren(host);
  }
}
