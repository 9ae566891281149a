/* What ipywidgets and the theme leave out on a page without a kernel: each part mends one gap. */
(() => {
  // ipywidgets calls the MathJax 2 API to typeset its labels; hand the call to MathJax 3.
  addEventListener("DOMContentLoaded", () => {
    if (!window.MathJax) return;
    MathJax.Hub = {
      Queue: (call) => {
        MathJax.startup.promise = MathJax.startup.promise.then(() => MathJax.typesetPromise([call[2]]));
      },
    };
  });

  // A slider's handle gets the name and the value that the reader sees beside it.
  const nameHandles = () => {
    for (const handle of document.querySelectorAll(".bl-player [role=slider]")) {
      const widget = handle.closest(".widget-inline-hbox");
      const set = (name, text) => {
        if (text && handle.getAttribute(name) !== text) handle.setAttribute(name, text);
      };
      set("aria-label", widget.querySelector(".widget-label, label")?.textContent || "slider");
      set("aria-valuetext", widget.querySelector(".widget-readout")?.textContent);
    }
    // The readout repeats what the handle says, and is no place to stop at.
    for (const readout of document.querySelectorAll(".bl-player .widget-readout[contenteditable]")) {
      readout.removeAttribute("contenteditable");
    }
    for (const play of document.querySelectorAll("button.bl-play")) {
      play.setAttribute("aria-pressed", String(play.classList.contains("mod-active")));
    }
    for (const group of document.querySelectorAll(".bl-choice:not([role])")) {
      group.setAttribute("role", "group");
      group.setAttribute("aria-label", group.querySelector("label")?.textContent || "answers");
    }
    for (const button of document.querySelectorAll(".bl-choice button")) {
      button.setAttribute("aria-pressed", String(button.classList.contains("mod-active")));
    }
    for (const player of document.querySelectorAll(".bl-player:not([role])")) {
      const title = player.querySelector(".bl-title, .bl-question strong");
      if (!title) continue; // its parts are still on their way
      player.setAttribute("role", "group");
      player.setAttribute("aria-label", title.textContent);
    }
  };

  // The theme names these otherwise than their visible text; a name must contain what is seen.
  const nameButtons = () => {
    for (const summary of document.querySelectorAll("details.hide > summary")) summary.removeAttribute("aria-label");
    for (const summary of document.querySelectorAll("summary:has(.toctree-toggle)")) {
      const page = summary.closest("li").querySelector("a").textContent.trim();
      summary.setAttribute("aria-label", `Pages under ${page}`);
    }
    for (const list of document.querySelectorAll(".citation-list")) list.removeAttribute("role"); // its items are no list items
    for (const button of document.querySelectorAll(".theme-switch-button, .search-button-field")) {
      const seen = button.textContent.replace(/\s+/g, " ").trim();
      const name = button.getAttribute("aria-label") || "";
      if (seen && !name.includes(seen)) button.setAttribute("aria-label", seen.startsWith(name) ? seen : `${name}: ${seen}`);
    }
  };
  addEventListener("load", nameButtons);

  // What scrolls by itself, a wide table or formula, can be reached and scrolled with the keyboard.
  const reachWide = () => {
    for (const box of document.querySelectorAll('.bd-article table, .bd-article pre, mjx-container[display="true"]')) {
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    }
  };
  addEventListener("load", () => {
    reachWide();
    window.MathJax?.startup?.promise?.then(reachWide); // formulas come late
  });
  addEventListener("resize", reachWide);

  // One live region for the page: it reads the sentences that have just come into view, a verdict before what it opens.
  const live = document.createElement("div");
  live.className = "bl-live";
  live.setAttribute("aria-live", "polite");
  const fresh = new Set();
  let pending = 0;
  const announce = (sentence) => {
    fresh.add(sentence);
    clearTimeout(pending);
    pending = setTimeout(() => {
      const seen = [...fresh].filter((sentence) => sentence.isConnected); // while a slider is dragged: the last frame only
      seen.sort((a, b) => (a.compareDocumentPosition(b) & Node.DOCUMENT_POSITION_PRECEDING ? 1 : -1));
      live.replaceChildren(...seen.map((sentence) => sentence.cloneNode(true))); // with their formulas
      fresh.clear();
    }, 250);
  };

  let used = false; // the first pictures of a page come without anybody asking
  for (const event of ["pointerdown", "keydown"]) addEventListener(event, () => { used = true; }, true);

  addEventListener("DOMContentLoaded", () => {
    document.body.append(live);
    new MutationObserver((changes) => {
      nameHandles();
      nameButtons(); // their icons, and the icons' titles, come late
      if (!used) return;
      for (const change of changes) {
        for (const node of change.addedNodes) {
          for (const sentence of node.querySelectorAll?.(".bl-sentence") ?? []) {
            if (!sentence.closest(".bl-paper, .bl-live")) announce(sentence);
          }
        }
      }
    }).observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ["class"] });
  });

  // Back and Next press the arrow key of the slider beside them.
  addEventListener("click", (event) => {
    const button = event.target.closest?.(".bl-back, .bl-next");
    if (!button) return;
    const handle = button.closest(".bl-control").querySelector("[role=slider]");
    const key = button.classList.contains("bl-next") ? "ArrowRight" : "ArrowLeft";
    handle.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  });
})();
