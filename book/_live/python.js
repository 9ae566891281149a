/* Python for a page: it starts with the first request, and only then; what is asked meanwhile waits. */

import { lite } from "./place.js";

const KERNEL = "@jupyterlite/pyodide-kernel-extension:kernel";

// Where Pyodide and the wheels are is written where JupyterLite reads it, too.
async function settings() {
  const answer = await fetch(new URL("jupyter-lite.json", lite));
  if (!answer.ok) throw new Error(`${answer.status} for ${answer.url}`);
  const { pyodideUrl, loadPyodideOptions } = (await answer.json())["jupyter-config-data"].litePluginSettings[KERNEL];
  const wheels = {};
  for (const path of loadPyodideOptions.packages.filter((each) => each.endsWith(".whl"))) {
    const file = path.split("/").pop();
    const module = file.split("-")[0].toLowerCase().replace(/[._]py$/, ""); // svg.py is imported as svg
    wheels[module] = new URL(`pypi/${file}`, lite).href;
  }
  return { pyodideUrl: new URL(pyodideUrl, lite).href, wheels };
}

export class Python {
  #worker = null;
  #started = null;
  #waiting = new Map();
  #count = 0;

  /** onLoading is called with (what is being loaded, bytes so far), and with an empty text when it is there. */
  constructor(onLoading) {
    this.onLoading = onLoading;
  }

  get running() {
    return this.#worker !== null;
  }

  /** Ask for an action; `put(kind, content)` is called with each piece of output. */
  async request(action, request, put = () => {}) {
    this.#started ??= this.#start();
    await this.#started;
    return this.#send({ action, request }, put);
  }

  /** End it at once, whatever it is doing. The next request starts it anew. */
  stop(reason = "Stopped.") {
    this.#worker?.terminate();
    this.#worker = this.#started = null;
    for (const { reject } of this.#waiting.values()) reject(new Error(reason));
    this.#waiting.clear();
  }

  async #start() {
    try {
      const start = await settings();
      this.#worker = new Worker(new URL("worker.js", import.meta.url));
      this.#worker.onmessage = ({ data }) => this.#receive(data);
      this.#worker.onerror = (event) => this.stop(event.message || "The worker could not be loaded.");
      await this.#send({ start });
    } catch (error) {
      this.stop();
      throw error;
    }
  }

  #send(message, put) {
    return new Promise((resolve, reject) => {
      const id = ++this.#count;
      this.#waiting.set(id, { resolve, reject, put });
      this.#worker.postMessage({ id, ...message });
    });
  }

  #receive({ id, put, result, failed, loading, loaded }) {
    if (loading !== undefined) return this.onLoading(loading, loaded);
    const waiting = this.#waiting.get(id);
    if (put) return waiting?.put(...put);
    this.#waiting.delete(id);
    if (failed === undefined) waiting?.resolve(result);
    else waiting?.reject(new Error(failed));
  }
}
