/* Copies a value to the clipboard; where the browser does not allow that, the buttons stay hidden and the value can be marked by hand. */
"use strict";

// Not on a page without TLS: there is no clipboard then, but the old way still works.
async function copy(text) {
  if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "unseen";
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  if (!done) throw new Error("not allowed");
}

for (const button of document.querySelectorAll("[data-copy], [data-copy-code]")) {
  button.hidden = false;
  const words = button.textContent;
  button.addEventListener("click", async () => {
    const place = button.closest("div").querySelector("dd, code");
    try {
      await copy(button.dataset.copy ?? place.textContent);
    } catch {
      getSelection().selectAllChildren(place);
      return;
    }
    button.focus();
    button.textContent = "✓ " + button.dataset.done;
    const said = document.getElementById("copied");
    said.textContent = button.dataset.copy ? `${said.dataset.words}: ${button.dataset.copy}` : said.dataset.words;
    setTimeout(() => { button.textContent = words; }, 2500);
  });
}
