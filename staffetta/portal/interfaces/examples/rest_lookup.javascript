const headers = { "Authorization": "Bearer " + @KEY@, "Content-Type": "application/json" };
const asked = await fetch("@URL@/api/v1/lookups", {
  method: "POST",
  headers,
  body: JSON.stringify({ number: "+393331234567" }),
});
let lookup = await asked.json();
while (lookup.state !== "settled") {
  await new Promise((done) => setTimeout(done, 1000));
  lookup = await (await fetch("@URL@/api/v1/lookups/" + lookup.id, { headers })).json();
}
console.log(lookup.result.operator, lookup.result.reach);
