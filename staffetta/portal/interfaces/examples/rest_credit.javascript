const answer = await fetch("@URL@/api/v1/credit", { headers: { "Authorization": "Bearer " + @KEY@ } });
console.log((await answer.json()).available);
