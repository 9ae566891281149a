/* The code of a page comes to life; without this script it is plain code.

   On a page of exercises each answer has its editor at once. In a chapter a cell has a button, and its editor when it is pressed. */

import { Cell, button, isSolved } from "./cell.js";
import { Essay } from "./essay.js";
import { download, take } from "./notebook.js";
import { element } from "./output.js";
import { page } from "./place.js";
import { keeps } from "./store.js";

const cells = [];
for (const box of document.querySelectorAll("div.cell:has(.cell_input pre)")) cells.push(new Cell(box, [...cells]));
cells.forEach((cell, number) => {
  if (cell.kind === "answer" && cells[number + 1]?.kind === "check") cell.check = cells[number + 1];
});

if (page.startsWith("exercises/")) openExercises();
else for (const cell of cells) offer(cell);

/** A small button on the code of a chapter; a cell that the reader has changed is open at once. */
function offer(cell) {
  if (cell.changed) {
    cell.open();
    cell.showPrinted(false); // it is of the book's code
    return cell.say("This is your code: run it.");
  }
  const open = button("Change and run", "Change this code and run it here");
  open.className = "bl-open";
  open.addEventListener("click", async () => {
    open.remove();
    await cell.open();
    cell.editor?.focus();
  });
  cell.input.after(open);
}

function openExercises() {
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
  const does = (text, title, action) => {
    const made = button(text, title);
    made.addEventListener("click", async () => {
      try {
        status.textContent = (await action()) ?? "";
      } catch (error) {
        status.textContent = error.message;
      }
    });
    return made;
  };
  file.addEventListener("change", async () => {
    try {
      status.textContent = await take(file.files[0], parts);
    } catch (error) {
      status.textContent = error.message;
    }
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
