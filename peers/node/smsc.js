// A small SMSC on node-smpp, which shares no line with our codec: `node smsc.js text|parameters`.
//
// Listens on a free port of loopback for one session, and tells on standard output what happens, a JSON object to a line. Receipts are
// sent as text (ids that are random words) or by optional parameters (ids in hexadecimal). Numbers that end in 903 are refused,
// those that end in 900 are taken and not delivered. Ends by itself after the session: 0 when it was unbound, 1 when it was lost.
"use strict";

const { randomUUID } = require("node:crypto");
const smpp = require("smpp");

const manner = process.argv[2];
let taken = 0;

const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);

function newId() {
  taken += 1;
  return manner === "text" ? randomUUID() : (1_000_000 + taken).toString(16).toUpperCase();
}

function receiptOf(pdu, id) {
  const good = !pdu.destination_addr.endsWith("900");
  const facts = { source_addr: pdu.destination_addr, destination_addr: pdu.source_addr, esm_class: smpp.ESM_CLASS.MC_DELIVERY_RECEIPT };
  if (manner === "parameters") {
    const state = good ? smpp.MESSAGE_STATE.DELIVERED : smpp.MESSAGE_STATE.UNDELIVERABLE;
    return { ...facts, receipted_message_id: id, message_state: state };
  }
  const [stat, err] = good ? ["DELIVRD", "000"] : ["UNDELIV", "001"];
  const text = `id:${id} sub:001 dlvrd:00${good ? 1 : 0} submit date:2611221430 done date:2611221431 stat:${stat} err:${err} text:Ciao`;
  return { ...facts, short_message: text };
}

function take(session, pdu) {
  const { udh = [], message } = pdu.short_message;
  say({
    took: message,
    udh: udh.map((element) => element.toString("hex")),
    from: pdu.source_addr,
    from_ton: pdu.source_addr_ton,
    to: pdu.destination_addr,
    to_ton: pdu.dest_addr_ton,
    data_coding: pdu.data_coding,
    esm_class: pdu.esm_class,
  });
  if (pdu.destination_addr.endsWith("903")) {
    session.send(pdu.response({ command_status: smpp.ESME_RINVDSTADR }));
    return;
  }
  const id = newId();
  session.send(pdu.response({ message_id: id }));
  if (pdu.registered_delivery) session.deliver_sm(receiptOf(pdu, id), (answer) => say({ receipt: answer.command_status }));
}

const server = smpp.createServer((session) => {
  let unbound = false;
  session.on("bind_transceiver", (pdu) => {
    say({ bound: pdu.system_id });
    session.send(pdu.response({ system_id: "node-smpp" }));
    session.enquire_link((answer) => say({ there: answer.command_status }));
  });
  session.on("submit_sm", (pdu) => take(session, pdu));
  session.on("enquire_link", (pdu) => {
    say({ asked: true });
    session.send(pdu.response());
  });
  session.on("unbind", (pdu) => {
    unbound = true;
    say({ unbound: true });
    session.send(pdu.response(), () => session.close());
  });
  // Who has said goodbye may hang up before our answer to that arrives.
  session.on("error", (error) => say({ [unbound ? "reset" : "error"]: String(error) }));
  session.on("close", () => {
    process.exitCode = unbound ? 0 : 1;
    server.close();
  });
});

server.listen(0, "127.0.0.1", () => say({ port: server.address().port }));
