/* The editor for code and for words: CodeMirror with what a cell needs and no more. It is bundled when the book is built. */

import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { EditorState, Prec } from "@codemirror/state";
import { EditorView, drawSelection, keymap } from "@codemirror/view";
import { classHighlighter } from "@lezer/highlight";

/** Make an editor in `parent`. `keys` maps names of keys to what they do; `onChange` gets the text. */
export function createEditor(parent, { text, label, words = false, keys = {}, onChange = () => {} }) {
  const commands = Object.entries(keys).map(([key, run]) => ({ key, run: () => (run(), true) }));
  const code = [python(), indentUnit.of("    "), indentOnInput(), bracketMatching(), syntaxHighlighting(classHighlighter)];
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: text,
      extensions: [
        Prec.highest(keymap.of(commands)),
        history(),
        drawSelection(),
        EditorView.lineWrapping, // a telephone is narrow
        words ? [] : [code, keymap.of([indentWithTab])],
        keymap.of([...defaultKeymap, ...historyKeymap]),
        EditorView.contentAttributes.of({ "aria-label": label }),
        EditorView.updateListener.of((update) => update.docChanged && onChange(view.state.doc.toString())),
      ],
    }),
  });
  return {
    get text() {
      return view.state.doc.toString();
    },
    set text(text) {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
    },
    focus: () => view.focus(),
  };
}
