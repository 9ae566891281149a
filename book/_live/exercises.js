/* A page of exercises: each answer has its editor at once, and a bar says how far one is. */

import { button, isSolved } from "./cell.js";
import { Essay } from "./essay.js";
import { download, take } from "./notebook.js";
import { element } from "./output.js";
import { keeps } from "./store.js";

export function openExercises(cells) {
  const essays = [...document.querySelectorAll(".bl-essay")].map((box) => new Essay(box));
  for (const cell of cells) {
    if (cell.kind === "check") cell.box.hidden = true; // its button is the answer's
    else if (cell.editable) cell.open();
    else cell.equip();
  }
  for (const essay of essays) essay.open();
  openBar([...cells.filter((cell) => cell.editable), ...essays]);
}

/** The bar of a page of exercises: how far one is, and what there is to do with the work. */
function openBar(parts) {
  const bar = document.querySelector(".bl-work");
  const numbers = parts.filter((part) => part.check).map((part) => part.number);
  const done = element("span", { className: "bl-done", role: "status" });
  const status = element("span", { className: "bl-status", role: "status" });
  const file = element("input", { type: "file", accept: ".ipynb", hidden: true });
  const count = () => (done.textContent = `${numbers.filter(isSolved).length} of ${numbers.length} solved`);
  const tell = async (action) => {
    try {
      status.textContent = (await action()) ?? "";
    } catch (error) {
      status.textContent = error.message;
    }
  };
  const does = (text, title, action) => {
    const made = button(text, title);
    made.addEventListener("click", () => tell(action));
    return made;
  };
  file.addEventListener("change", async () => {
    await tell(() => take(file.files[0], parts));
    file.value = "";
  });
  if (!keeps) status.textContent = "This browser keeps nothing: download your work before you leave.";
  bar.replaceChildren(
    done,
    does("Check all", "Check every exercise that has an answer", async () => {
      for (const part of parts) if (part.check && part.changed) await part.judge();
    }),
    does("Download my notebook", "The exercise notebook with your answers in it, ready to hand in", () => download(parts)),
    does("Open my notebook", "Go on with a notebook that you downloaded", () => file.click()),
    does("Start all again", "Bring back the page as the book has it", () => {
      if (confirm("Throw away all that you have written on this page?")) for (const part of parts) part.reset();
    }),
    file,
    status,
  );
  addEventListener("bl-solved", count);
  count();
}
