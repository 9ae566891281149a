/* Python for a page: it starts with the first request, and only then; what is asked meanwhile waits. */

import { lite } from "./place.js";

export class Python {
  #worker = null;
  #started = null;
  #waiting = new Map();
  #count = 0;

  /** onLoading is called with (what is being loaded, bytes so far, whether Python starts); with "" when it is there. */
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
    this.#worker = new Worker(new URL("worker.js", import.meta.url));
    this.#worker.onmessage = ({ data }) => this.#receive(data);
    this.#worker.onerror = (event) => this.stop(event.message || "The worker could not be loaded.");
    try {
      await this.#send({ start: lite.href });
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

  #receive({ id, put, result, failed, fatal, loading, loaded, starting }) {
    if (loading !== undefined) return this.onLoading(loading, loaded, starting);
    const waiting = this.#waiting.get(id);
    if (put) return waiting?.put(...put);
    this.#waiting.delete(id);
    if (failed === undefined) waiting?.resolve(result);
    else waiting?.reject(new Error(failed));
    if (fatal) this.stop(failed);
  }
}
