/* What the reader has written is kept in the browser, cell by cell; where a browser keeps nothing, it lasts as long as the page. */

const PREFIX = "backprop-lab/";
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

export const load = (name) => memory.get(name) ?? attempt(() => localStorage.getItem(PREFIX + name), null);

export function save(name, text) {
  memory.set(name, text);
  attempt(() => localStorage.setItem(PREFIX + name, text));
}

export function forget(name) {
  memory.delete(name);
  attempt(() => localStorage.removeItem(PREFIX + name));
}
