/* The language chosen in one example is chosen in all of them, and on the next page too. Without this each example is switched by itself. */
"use strict";

const KEPT = "example-language";

function choose(language) {
  for (const radio of document.querySelectorAll(".langs input")) if (radio.value === language) radio.checked = true;
}

try { choose(localStorage.getItem(KEPT)); } catch { /* storage may be switched off */ }
document.addEventListener("change", (event) => {
  if (!event.target.matches(".langs input")) return;
  choose(event.target.value);
  try { localStorage.setItem(KEPT, event.target.value); } catch { /* as above */ }
});
