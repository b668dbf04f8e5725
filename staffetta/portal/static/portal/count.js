/* Counts a text as the network will: the same rule as staffetta/sms/parts.py, with the characters that the page brings along. */
"use strict";

const Counter = {
  /* `alphabet`: single, double (characters of one and of two septets), gsm and ucs2 (sizes alone and joined). */
  count(text, alphabet) {
    const single = new Set(alphabet.single), double = new Set(alphabet.double);
    let widths = [];
    for (const character of text) {
      if (single.has(character)) widths.push(1);
      else if (double.has(character)) widths.push(2);
      else { widths = null; break; }
    }
    if (widths) return Counter.cut("gsm", widths, alphabet.gsm);
    // By pairs of surrogates, which are never cut; a lone half counts one.
    return Counter.cut("ucs2", Array.from(text, (character) => character.length), alphabet.ucs2);
  },

  cut(name, widths, [alone, joined]) {
    const units = widths.reduce((sum, width) => sum + width, 0);
    if (units <= alone) return { alphabet: name, units, parts: 1 };
    let parts = 1, used = 0;
    for (const width of widths) {
      if (used + width > joined) { parts += 1; used = 0; }
      used += width;
    }
    return { alphabet: name, units, parts };
  },

  /* Fill the fields of a text as staffetta/messaging/merge.py does; without values they stand as they are written.
     `link` stands for {link}, as long as every recipient's own; "" where no link is counted. */
  fill(text, values, link = "") {
    const known = Object.keys(values).length > 0;
    return text.replace(/\{\s*([^{}|]+?)\s*(?:\|([^{}]*))?\}/g, (_, name, other) => {
      const field = name.toLowerCase();
      if (link && field === "link") return link;
      return known ? values[field] || other || "" : `{${field}}`;
    });
  },

  say(count, words) {
    const form = (name, number) => words[name][number === 1 ? 0 : 1].replace("#", number);
    return `${form("characters", count.units)} · ${form("parts", count.parts)} (${words[count.alphabet]})`;
  },
};
globalThis.Counter = Counter;
