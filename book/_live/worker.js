/* Python for a page, in a worker: Pyodide with NumPy and backprop_lab; other packages when code asks for them.

   The first message starts it: {id, start}, the address of JupyterLite, which has the settings. The others are {id, action, request}. Each is answered with
   {id, result} or {id, failed}; before that comes {id, put: [kind, content]} for each piece of output, and {loading, loaded,
   starting} tells what is being loaded, how many bytes have come and whether Python starts; an empty `loading` says that it is done. */
"use strict";

let python; // a promise of {pyodide, wheels, live}
let loading = "", loaded = 0, reported = 0, starting = true;

// What is fetched is counted, so that the reader sees that something happens.
const plainFetch = self.fetch;
self.fetch = async (...request) => {
  const response = await plainFetch(...request);
  if (!response.body) return response;
  const count = new TransformStream({
    transform(chunk, controller) {
      loaded += chunk.byteLength;
      if (loaded - reported > 200_000) report();
      controller.enqueue(chunk);
    },
  });
  const { status, statusText, headers } = response;
  return new Response(response.body.pipeThrough(count), { status, statusText, headers });
};

function report(what = loading) {
  [loading, reported] = [what, loaded];
  postMessage({ loading, loaded, starting });
}

const KERNEL = "@jupyterlite/pyodide-kernel-extension:kernel";

// Where Pyodide and the wheels are stands where JupyterLite reads it, too.
async function settings(lite) {
  const answer = await fetch(new URL("jupyter-lite.json", lite));
  if (!answer.ok) throw new Error(`${answer.status} ${answer.url}`);
  const { pyodideUrl, loadPyodideOptions } = (await answer.json())["jupyter-config-data"].litePluginSettings[KERNEL];
  const wheels = {};
  for (const path of loadPyodideOptions.packages.filter((each) => each.endsWith(".whl"))) {
    const file = path.split("/").pop();
    const module = file.split("-")[0].replace(/\.py$/, ""); // svg.py is imported as svg
    wheels[module] = new URL(`pypi/${file}`, lite).href;
  }
  return { pyodideUrl: new URL(pyodideUrl, lite).href, wheels };
}

async function start(lite) {
  report("Python");
  const { pyodideUrl, wheels } = await settings(lite);
  importScripts(pyodideUrl);
  const wheel = fetch(wheels.backprop_lab);
  const pyodide = await loadPyodide({
    indexURL: pyodideUrl.replace(/[^/]*$/, ""),
    packages: ["numpy"],
    env: { HOME: "/home/pyodide", MPLBACKEND: "module://backprop_lab.live.backend" },
  });
  report("the library");
  const answer = await wheel;
  if (!answer.ok) throw new Error(`${answer.status} ${wheels.backprop_lab}`);
  pyodide.unpackArchive(await answer.arrayBuffer(), "whl");
  const live = pyodide.pyimport("backprop_lab.live");
  report("");
  starting = false;
  return { pyodide, wheels, live };
}

// A program may print without end: text goes to the page in larger pieces, and no more than a reader could read.
const MOST_TEXT = 50_000;

class Printer {
  #text = "";
  #kind = "text";
  #length = 0;
  #pieces = 0;
  #sent = 0;

  constructor(id) {
    this.id = id;
  }

  put(kind, content) {
    if (kind !== this.#kind) this.flush();
    if (kind !== "text" && kind !== "warning") return postMessage({ id: this.id, put: [kind, content] });
    this.#kind = kind;
    if (this.#length > MOST_TEXT) return;
    this.#length += content.length;
    this.#text += content.slice(0, MOST_TEXT);
    const full = this.#length > MOST_TEXT;
    if (full) this.#text += "\n[It printed more than is shown here.]\n";
    if (full || ++this.#pieces < 100 || performance.now() - this.#sent > 50) this.flush();
  }

  flush() {
    if (this.#text) postMessage({ id: this.id, put: [this.#kind, this.#text] });
    [this.#text, this.#sent] = ["", performance.now()];
  }
}

// Load the package of a module that code imports: a wheel that the book brings, or one of Pyodide's, if it has one.
async function load({ pyodide, wheels }, module) {
  loaded = 0;
  report(module);
  if (wheels[module]) await pyodide.loadPackage(wheels[module]);
  else await pyodide.loadPackagesFromImports(`import ${module}`);
}

const actions = {
  run: (live, { cells }, put, loadable) => live.run_cell(cells, put, loadable),
  check: (live, { cells, check }, put, loadable) => {
    const answer = live.check_cell(cells, check, put, loadable);
    return { state: answer.state, message: answer.message };
  },
  hint: (live, { number, level }) => {
    const [text, levels] = live.hint_text(number, level);
    return { text, levels };
  },
};

async function act({ id, action, request }) {
  const session = await python;
  const tried = new Set();
  for (;;) {
    let missing = "";
    const loadable = (module) => {
      if (!tried.has(module)) missing = module;
      return Boolean(missing);
    };
    const out = new Printer(id);
    const put = (kind, content) => out.put(kind, content);
    try {
      const result = actions[action](session.live, request, put, loadable);
      out.flush();
      return result;
    } catch (error) {
      if (!missing) throw error;
      tried.add(missing);
      await load(session, missing);
      postMessage({ id, put: ["clear", ""] }); // it starts again, with the package
      report("");
    }
  }
}

self.onmessage = async ({ data }) => {
  const { id, start: lite } = data;
  try {
    if (lite) await (python = start(lite));
    postMessage({ id, result: lite ? true : await act(data) });
  } catch (error) {
    const failed = String(error.message ?? error).trim().split("\n").at(-1); // of a traceback, what happened
    postMessage({ id, failed, fatal: Boolean(error.pyodide_fatal_error) });
  }
};
