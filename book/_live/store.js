/* What the reader has written is kept in the browser, cell by cell; where a browser keeps nothing, it lasts as long as the page. */

import { root } from "./place.js";

const PREFIX = `backprop-lab${root.pathname}`; // there may be two books on one host
const memory = new Map();

const attempt = (action, otherwise) => {
  try {
    return action();
  } catch {
    return otherwise;
  }
};

/** Whether this browser keeps anything. */
export const keeps = attempt(() => {
  localStorage.setItem(`${PREFIX}kept`, "yes");
  return localStorage.getItem(`${PREFIX}kept`) === "yes";
}, false);

export const load = (name) => attempt(() => localStorage.getItem(PREFIX + name), null) ?? memory.get(name) ?? null;

/** Keep a text; return whether the browser does, too. */
export function save(name, text) {
  memory.set(name, text);
  return attempt(() => (localStorage.setItem(PREFIX + name, text), true), false);
}

export function forget(name) {
  memory.delete(name);
  attempt(() => localStorage.removeItem(PREFIX + name));
}
