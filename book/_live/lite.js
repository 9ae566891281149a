/* The button that opens a page's notebook in JupyterLite. JupyterLite keeps a notebook that the reader has changed, in
   IndexedDB, and opens that one; here the reader is told when the book has a newer one, and can take it. */

import { element } from "./output.js";
import { lite as site } from "./place.js";
import { load, save } from "./store.js";

const box = document.querySelector(".bl-notebook");
const link = box.querySelector("a");
const { notebook, edition } = box.dataset;
const begun = `notebook/${notebook}`; // the edition that the reader began with

/** Do something with the notebooks that JupyterLite keeps; without any, return undefined. */
async function kept(mode, action) {
  const database = await new Promise((resolve) => {
    const request = indexedDB.open(`JupyterLite Storage - ${site.pathname}`);
    request.onupgradeneeded = () => request.transaction.abort(); // there is none, and none shall be made here
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => resolve(null);
  });
  if (!database?.objectStoreNames.contains("files")) return undefined;
  try {
    return await action(database.transaction("files", mode).objectStore("files"));
  } finally {
    database.close();
  }
}

const answer = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

const own = () => kept("readonly", (files) => answer(files.get(notebook)));

/** Give the reader's notebook another name, so that the book's is opened; return that name. */
function setAside() {
  return kept("readwrite", async (files) => {
    const [file, taken] = await Promise.all([answer(files.get(notebook)), answer(files.getAllKeys())]);
    let number = 1;
    const name = () => notebook.replace(".ipynb", ` (mine ${number}).ipynb`);
    while (taken.includes(name())) number += 1;
    await Promise.all([
      answer(files.put({ ...file, path: name(), name: name().split("/").pop() }, name())),
      answer(files.delete(notebook)),
    ]);
    return name();
  });
}

function tell() {
  const note = element("p", { className: "bl-newer" });
  const mine = element("a", { href: link.href, target: "_blank", rel: "noopener", textContent: "Open mine" });
  const take = element("button", { type: "button", textContent: "Take the new one" });
  take.addEventListener("click", async () => {
    const name = await setAside();
    save(begun, edition);
    const address = new URL(link.href);
    address.searchParams.set("path", name);
    const aside = element("a", { href: address.href, target: "_blank", rel: "noopener", textContent: name.split("/").pop() });
    note.replaceChildren("Open live gives you the new one. Close the tab with the old one. Yours is kept as ", aside, ".");
    link.focus();
  });
  note.append("This notebook has changed in the book since you began yours. ", mine, " ", take);
  note.setAttribute("role", "status");
  box.append(note);
}

link.addEventListener("click", async () => {
  if (!(await own())) save(begun, edition);
});

if (load(begun) && load(begun) !== edition && (await own())) tell();
