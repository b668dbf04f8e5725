/* The provider's card field on our page: mount it, confirm the payment, go on to the page that asks what became of it. */
"use strict";

const form = document.querySelector("[data-card-secret]");
const said = document.querySelector("#card-said");
if (form && window.Stripe) {
  const provider = window.Stripe(form.dataset.cardKey, { locale: document.documentElement.lang });
  // The provider's frame does not see our style sheet: light or dark, it is told our colours.
  const shown = getComputedStyle(document.body);
  const style = { base: { color: shown.color, fontFamily: shown.fontFamily, fontSize: "16px" } };
  const card = provider.elements().create("card", { hidePostalCode: true, style });
  card.mount("#card-field");
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button");
    button.disabled = true;
    said.textContent = form.dataset.waiting;
    const result = await provider.confirmCardPayment(form.dataset.cardSecret, { payment_method: { card } });
    // What was mistyped can be mended here; anything else is explained by the next page, which asks the provider.
    if (result.error && result.error.type === "validation_error") {
      said.textContent = result.error.message;
      button.disabled = false;
      return;
    }
    location.assign(form.dataset.cardReturn);
  });
} else if (said) {
  said.textContent = said.dataset.missing;
}
