// Drives the carrier's own Node SDK against a sandbox; prints one JSON object: what each call said.
// The SDK's base address is a private field of hidden services, so fetch is what gets redirected.
const base = process.argv[2];
const real = globalThis.fetch;
globalThis.fetch = (input, init) => {
  const url = typeof input === "string" ? input : input instanceof URL ? input.href : input.url;
  return real(url.replace("https://api.solapi.com", base), init);
};
const { SolapiMessageService } = require("solapi");

const sdk = new SolapiMessageService("NODEKEY0123456789", "NODESECRET");
const from = "0212345678";
const sms = (n, more) => ({ to: `010${String(n).padStart(8, "0")}`, from, text: "안녕하세요", ...more });

async function main() {
  const said = {};
  const call = async (name, work) => {
    try {
      said[name] = { ok: await work() };
    } catch (error) {
      said[name] = { error: error._tag ?? error.name, message: String(error.message).slice(0, 300) };
    }
    return said[name].ok;
  };
  await call("sendOne", () => sdk.send(sms(1)));
  await call("sendMany", () => sdk.send([sms(2), sms(3), sms(2)], { showMessageList: true }));
  await call("allRefused", () => sdk.send(sms(4, { from: "0299999999" })));
  const group = await call("createGroup", () => sdk.createGroup());
  await call("addMessages", () => sdk.addMessagesToGroup(group, [sms(5), sms(6)]));
  await call("groupMessages", () => sdk.getGroupMessages(group));
  await call("sendGroup", () => sdk.sendGroup(group));
  await call("sendGroupTwice", () => sdk.sendGroup(group));
  await call("getGroup", () => sdk.getGroup(group));
  await call("getGroups", () => sdk.getGroups());
  const doomed = await call("createDoomed", () => sdk.createGroup());
  await call("removeGroup", () => sdk.removeGroup(doomed));
  await call("addToRemoved", () => sdk.addMessagesToGroup(doomed, [sms(7)]));
  await call("getMessages", () => sdk.getMessages());
  await call("balance", () => sdk.getBalance());
  await call("blacks", () => sdk.getBlacks());
  await call("templates", () => sdk.getKakaoAlimtalkTemplates());
  await call("statistics", () => sdk.getStatistics());
  process.stdout.write(JSON.stringify(said));
}

main();
