import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";

const secret = Buffer.from(process.env.STAFFETTA_WEBHOOK_SECRET.slice("whsec_".length), "base64");
const same = (one, other) => one.length === other.length && timingSafeEqual(one, other);

createServer(async (request, answer) => {
  const pieces = [];
  for await (const piece of request) pieces.push(piece);
  const body = Buffer.concat(pieces).toString();
  const { "webhook-id": id, "webhook-timestamp": time, "webhook-signature": given = "" } = request.headers;
  const made = Buffer.from("v1," + createHmac("sha256", secret).update(`${id}.${time}.${body}`).digest("base64"));
  if (!given.split(" ").some((each) => same(Buffer.from(each), made)) || !(Math.abs(Date.now() / 1000 - time) < 300)) {
    answer.writeHead(401).end();
    return;
  }
  console.log(JSON.parse(body).type);
  answer.writeHead(204).end();
}).listen(process.env.PORT ?? 8080, "127.0.0.1");
