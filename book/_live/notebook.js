/* The reader's work as a notebook: the one of the book with their answers in it, as `backprop-lab grade` takes it. */

import { element } from "./output.js";
import { lite, page } from "./place.js";

const textOf = (source) => (Array.isArray(source) ? source.join("") : source).replace(/\n+$/, "");
const idOf = (cell) => cell.metadata?.nbgrader?.grade_id;

/** Which cell of the notebook is this part of the page: by its id, or, where it has none, by its code. */
const isOf = (part, cell) => (idOf(cell) ? idOf(cell) === part.id : cell.cell_type === "code" && textOf(cell.source) === part.source);

/** Return the exercise notebook with what the reader has written into these parts. */
export async function filled(parts) {
  const answer = await fetch(new URL(`files/${page}.ipynb`, lite));
  if (!answer.ok) throw new Error(`${answer.status} for ${answer.url}`);
  const notebook = await answer.json();
  const places = parts.map((part) => notebook.cells.find((cell) => isOf(part, cell)));
  parts.forEach((part, number) => {
    if (places[number] && part.text && part.text !== part.source) places[number].source = part.text;
  });
  return notebook;
}

export async function download(parts) {
  const text = JSON.stringify(await filled(parts), null, 1);
  const address = URL.createObjectURL(new Blob([text], { type: "application/x-ipynb+json" }));
  element("a", { href: address, download: `${page.split("/").pop()}.ipynb` }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** Take the answers out of a notebook that was downloaded; return how many there were. */
export async function take(file, parts) {
  let cells;
  try {
    cells = JSON.parse(await file.text()).cells.filter(idOf);
  } catch {
    throw new Error(`${file.name} is no notebook.`);
  }
  const found = parts.map((part) => [part, cells.find((cell) => idOf(cell) === part.id)]).filter(([, cell]) => cell);
  if (!found.length) throw new Error(`${file.name} has no exercise of this page.`);
  for (const [part, cell] of found) {
    const text = textOf(cell.source);
    if (text && text !== "*Write your answer here.*") part.text = text;
  }
  return found.length;
}
