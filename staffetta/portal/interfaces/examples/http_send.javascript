const base64 = (text) => Buffer.from(text).toString("base64");
const answer = await fetch("@URL@/http/send_sms", {
  method: "POST",
  body: new URLSearchParams({
    authlogin: "@LOGIN@",
    authpasswd: @PASSWORD@,
    sender: base64("BRUNI"),
    body: base64("Il tuo ordine è pronto."),
    destination: "393300000001",
    id_api: "@TYPE@",
    client_id: `order-${Date.now()}`,
  }),
});
console.log(await answer.text());
