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

// What is typed survives a log-out: it is kept in this tab until the send is confirmed.
const KEPT = ["id_text", "id_numbers", "id_sender"];
for (const id of KEPT) {
  const field = document.getElementById(id);
  if (field && !field.value) field.value = sessionStorage.getItem(`compose.${id}`) || "";
}
document.addEventListener("input", (event) => {
  if (KEPT.includes(event.target.id)) sessionStorage.setItem(`compose.${event.target.id}`, event.target.value);
});

// After the browser's Back, or with what was kept, the cost is counted anew.
addEventListener("pageshow", () => {
  const area = document.getElementById("id_text");
  if (area && area.value) area.dispatchEvent(new Event("input", { bubbles: true }));
});
