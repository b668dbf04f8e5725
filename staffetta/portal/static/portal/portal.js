/* Small things that pages do by themselves. Every page works without. */
"use strict";

// A part of the page that renews itself must not be changed between the press and the release of a button in it.
let pressed = null;
addEventListener("pointerdown", (event) => { pressed = event.target; }, true);
for (const name of ["pointerup", "pointercancel"]) addEventListener(name, () => setTimeout(() => { pressed = null; }), true);
document.addEventListener("htmx:beforeSwap", (event) => {
  if (pressed && event.detail.target.contains(pressed)) event.detail.shouldSwap = false;
  // Nor while a button in it waits for its own answer, which would then find no page to change.
  const waiting = event.detail.target.querySelector(".htmx-request");
  if (waiting && waiting !== event.detail.requestConfig.elt) event.detail.shouldSwap = false;
});

// What is wrong with a field is said until the field is changed.
document.addEventListener("input", (event) => {
  const field = event.target;
  if (!field.matches("[aria-invalid=true]")) return;
  field.removeAttribute("aria-invalid");
  const said = field.closest(".field, fieldset");
  if (said) for (const list of said.querySelectorAll(".errorlist")) list.remove();
});

// A form that was sent is not sent twice by a second click.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.hasAttribute("data-once")) return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "yes";
});
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => { delete form.dataset.sent; }));

// A file dropped anywhere on the drop zone is chosen.
for (const zone of document.querySelectorAll(".drop")) {
  const input = zone.querySelector("input[type=file]");
  for (const name of ["dragenter", "dragover"]) zone.addEventListener(name, (event) => { event.preventDefault(); zone.classList.add("over"); });
  for (const name of ["dragleave", "drop"]) zone.addEventListener(name, () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files.length) input.files = event.dataTransfer.files;
  });
}

// A send that was confirmed, asked for or made to repeat leaves nothing typed behind.
if (/^\/(sends|recurring)\/\d+\/$/.test(location.pathname) || document.querySelector("[data-forget-typed]")) {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith("compose.")) sessionStorage.removeItem(key);
}

// The chosen page of a row of pages is in sight.
for (const chosen of document.querySelectorAll(".money-nav [aria-current]")) chosen.scrollIntoView({ inline: "center", block: "nearest" });
