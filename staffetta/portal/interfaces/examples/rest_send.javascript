const answer = await fetch("@URL@/api/v1/messages", {
  method: "POST",
  headers: {
    "Authorization": "Bearer " + @KEY@,
    "Content-Type": "application/json",
    "Idempotency-Key": `order-${Date.now()}`,
  },
  body: JSON.stringify({ type: @TYPE@, to: "+393300000001", text: "Il tuo ordine è pronto.", sender: "BRUNI" }),
});
const message = await answer.json();
console.log(answer.ok ? message.id : message.detail);
