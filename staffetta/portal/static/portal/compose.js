/* The compose page: a click on a field's name puts {field} where the cursor is; choosing a time chooses “at”. */
"use strict";

document.addEventListener("click", (event) => {
  const chip = event.target.closest("[data-insert]");
  const area = document.getElementById("id_text");
  if (!chip || !area) return;
  area.setRangeText(chip.dataset.insert, area.selectionStart, area.selectionEnd, "end");
  area.focus();
  area.dispatchEvent(new Event("input", { bubbles: true }));
});
