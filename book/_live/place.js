/* Where this page stands in the book. */

export const root = new URL(document.documentElement.dataset.content_root || "./", location.href);

/** The name of the page, such as exercises/05_one_step_by_hand. */
export const page = decodeURI(location.pathname.slice(root.pathname.length)).replace(/\.html$/, "");

/** Where JupyterLite lies, with the notebooks as files. */
export const lite = new URL("lite/", root);
