// Verifies the webhooks that come in a JSON list on stdin; prints the id of each event that is authentic, else "no".
const { Webhook } = require("standardwebhooks");
const calls = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
for (const { secret, headers, body } of calls) {
  try {
    console.log(new Webhook(secret).verify(body, headers).id);
  } catch {
    console.log("no");
  }
}
