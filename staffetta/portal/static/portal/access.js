/* Getting in: show the password, say that Caps Lock is on, confirm by itself, check cookies and clock. Every page works without. */
"use strict";

for (const button of document.querySelectorAll("[data-show]")) {
  const field = document.getElementById(button.dataset.show);
  const words = [button.textContent, button.dataset.hide];
  button.hidden = false;
  button.addEventListener("click", () => {
    const shown = field.type === "password";
    field.type = shown ? "text" : "password";
    button.textContent = words[Number(shown)];
    button.setAttribute("aria-pressed", String(shown));
    field.focus();
  });
}

// The hint stands in the field's own box.
for (const name of ["keyup", "keydown", "pointerup"]) {
  document.addEventListener(name, (event) => {
    const box = event.target.closest && event.target.closest(".field.password");
    const hint = box && box.querySelector(".capslock");
    if (hint && event.getModifierState) hint.hidden = !event.getModifierState("CapsLock");
  });
}

// The link in the mail was the click; programs that only read the page do not get so far.
const press = document.querySelector("form[data-press]");
if (press) press.requestSubmit();

function say(place, good, text) {
  place.textContent = text;
  place.classList.add(good ? "good" : "bad");
}

const cookies = document.querySelector("[data-cookies]");
if (cookies) {
  document.cookie = "staffetta_try=1; path=/; max-age=60; SameSite=Lax";
  const good = document.cookie.includes("staffetta_try=1");
  say(cookies, good, good ? cookies.dataset.good : cookies.dataset.bad);
}

// The codes of an app bear about half a minute.
const clock = document.querySelector("[data-clock]");
if (clock) {
  const begun = performance.timing ? performance.timing.responseStart : Date.now();
  const off = Math.round(Math.abs(begun - Number(clock.dataset.clock)) / 1000);
  say(clock, off <= 30, off <= 30 ? clock.dataset.good : clock.dataset.bad.replace("SECONDS", off));
}
