/* The code of a page comes to life; without this script it is plain code.

   On a page of exercises each answer has its editor at once. In a chapter a cell has a button, and its editor when it is pressed. */

import { Cell, button } from "./cell.js";
import { page } from "./place.js";

const cells = [];
for (const box of document.querySelectorAll("div.cell:has(.cell_input pre)")) cells.push(new Cell(box, [...cells]));
cells.forEach((cell, number) => {
  if (cell.kind === "answer" && cells[number + 1]?.kind === "check") cell.check = cells[number + 1];
});

if (page.startsWith("exercises/")) import("./exercises.js").then(({ openExercises }) => openExercises(cells));
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
