/* The compose page: fields and times by a click, the count at once while typing; what is typed survives a log-out. */
"use strict";

const data = (id) => JSON.parse((document.getElementById(id) || { textContent: "{}" }).textContent);

function typed(field) {
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

document.addEventListener("click", (event) => {
  const chip = event.target.closest("[data-insert]"), time = event.target.closest("[data-when]");
  const area = document.getElementById("id_text");
  if (chip && area) {
    area.setRangeText(chip.dataset.insert, area.selectionStart, area.selectionEnd, "end");
    area.focus();
    typed(area);
  }
  if (time) {
    const field = document.getElementById("id_send_at");
    field.value = time.dataset.when;
    typed(field);
  }
});
for (const shortcuts of document.querySelectorAll(".shortcuts")) shortcuts.hidden = false;

// The count is there before the server's answer, by the same rule; the answer brings the rest.
document.addEventListener("input", (event) => {
  const place = document.getElementById("count"), text = document.getElementById("id_text").value;
  if (event.target.id !== "id_text" && event.target.id !== "id_link") return;
  // What a button did to the text is taken back no more.
  if (event.isTrusted && event.target.id === "id_text") document.getElementById("note").replaceChildren();
  if (!place || !text.trim()) return;
  const link = document.getElementById("id_link").value.trim() ? data("short-link") : "";
  place.hidden = false;
  place.textContent = Counter.say(Counter.count(Counter.fill(text, data("values"), link), data("alphabet")), data("count-words"));
});

// What is typed is kept in this tab until the send is confirmed; the text that a button brings too.
const KEPT = ["id_text", "id_link", "id_numbers", "id_sender"];
// Of this user alone, and only for a send that begins from nothing: one to a group or to those not reached has its own recipients.
const kept = (id) => `compose.${document.querySelector(".compose-form").dataset.user}.${id}`;
if (location.pathname === "/send/" && !location.search) {
  for (const id of KEPT) {
    const field = document.getElementById(id);
    if (field && !field.value) field.value = sessionStorage.getItem(kept(id)) || "";
  }
}
document.addEventListener("input", (event) => {
  if (KEPT.includes(event.target.id)) sessionStorage.setItem(kept(event.target.id), event.target.value);
});
document.addEventListener("htmx:oobAfterSwap", (event) => {
  // Counted anew: an answer about the text before may still be on its way.
  if (event.target.id === "id_text") typed(event.target);
});

// htmx lets a form ask at the address of the button that was clicked last: while someone writes it must always be the live one.
document.addEventListener("htmx:configRequest", (event) => {
  if (event.target.matches(".compose-form")) event.detail.path = event.target.getAttribute("hx-post");
});

// Enter in a field of a small part of the page does what the button beside it does, and never sends the whole.
document.addEventListener("keydown", (event) => {
  const part = event.key === "Enter" && event.target.matches(".more input") && event.target.closest(".inline");
  if (!part) return;
  event.preventDefault();
  part.querySelector("button").click();
});

// After the browser's Back, or with what was kept, the cost is counted anew.
addEventListener("pageshow", () => {
  const area = document.getElementById("id_text");
  if (area && area.value) typed(area);
});
