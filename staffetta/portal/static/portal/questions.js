/* Questions are found while one types; an address with an anchor opens its answer. Without this all of them stand on the page. */
"use strict";

const plain = (text) => text.normalize("NFD").replace(/\p{Mn}/gu, "").toLowerCase().replace(/[’‘]/g, "'");
const answers = [...document.querySelectorAll(".questions details")].map((node) => ({ node, text: plain(node.textContent) }));
const field = document.getElementById("q");
document.getElementById("find").hidden = false;

const filter = () => {
  const words = plain(field.value).split(/\s+/).filter(Boolean);
  let found = 0;
  for (const { node, text } of answers) {
    node.hidden = !words.every((word) => text.includes(word));
    found += node.hidden ? 0 : 1;
  }
  for (const theme of document.querySelectorAll(".theme")) theme.hidden = !theme.querySelector("details:not([hidden])");
  document.getElementById("none").hidden = found > 0;
};
field.addEventListener("input", filter);
filter();  // what the browser has filled in again counts too

const open = () => {
  const node = location.hash && document.getElementById(location.hash.slice(1));
  if (!node || node.tagName !== "DETAILS") return;
  if (node.hidden) { field.value = ""; filter(); }
  node.open = true;
  node.scrollIntoView();
};
addEventListener("hashchange", open);
open();
