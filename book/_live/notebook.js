/* The reader's work as a notebook: the one of the book with their answers in it, as `backprop-lab grade` takes it. */

import { element } from "./output.js";
import { lite, page } from "./place.js";

const textOf = (source) => (Array.isArray(source) ? source.join("") : source).replace(/\n+$/, "");
const idOf = (cell) => cell.metadata?.nbgrader?.grade_id ?? cell.id;
const cellOf = (part, cells) => cells.find((cell) => idOf(cell) === part.id);

/** Return the exercise notebook with what the reader has written into these parts. */
export async function filled(parts) {
  const answer = await fetch(new URL(`files/${page}.ipynb`, lite));
  if (!answer.ok) throw new Error(`${answer.status} for ${answer.url}`);
  const notebook = await answer.json();
  for (const part of parts.filter((each) => each.changed)) cellOf(part, notebook.cells).source = part.text;
  return notebook;
}

export async function download(parts) {
  const text = JSON.stringify(await filled(parts), null, 1);
  const address = URL.createObjectURL(new Blob([text], { type: "application/x-ipynb+json" }));
  element("a", { href: address, download: `${page.split("/").pop()}.ipynb` }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** Take the answers out of a notebook that was downloaded; return what to say of it. */
export async function take(file, parts) {
  let cells;
  try {
    cells = JSON.parse(await file.text()).cells.map((cell) => ({ ...cell, source: textOf(cell.source) }));
  } catch {
    throw new Error(`${file.name} is no notebook.`);
  }
  const found = parts.map((part) => [part, cellOf(part, cells)?.source]).filter(([, text]) => text !== undefined);
  if (!found.length) throw new Error(`${file.name} has no exercise of this page.`);
  const answered = found.filter(([part, text]) => text !== part.source && text !== part.text);
  const lost = answered.filter(([part]) => part.changed).length;
  if (lost && !confirm(`The page has other answers in ${lost} places. Replace them by those of ${file.name}?`)) return "";
  for (const [part, text] of answered) part.text = text;
  return `From ${file.name}: ${answered.length} answers that were not on the page.`;
}
