const answer = await fetch("@URL@/http/get_credit", {
  method: "POST",
  body: new URLSearchParams({ authlogin: "@LOGIN@", authpasswd: @PASSWORD@ }),
});
console.log(await answer.text());
