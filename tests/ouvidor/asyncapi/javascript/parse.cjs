// AsyncAPI's official parser, in its bundle for browsers: node parse.cjs BUNDLE DOCUMENT... gives a line of JSON for each.
const fs = require("fs");
const vm = require("vm");

globalThis.self = globalThis.window = globalThis;
globalThis.location = { href: "file:///", protocol: "file:" };
const [bundle, ...documents] = process.argv.slice(2);
vm.runInThisContext(fs.readFileSync(bundle, "utf8"));

(async () => {
  for (const path of documents) {
    const parser = new globalThis.AsyncAPIParser();
    const { document, diagnostics } = await parser.parse(fs.readFileSync(path, "utf8"));
    const told = diagnostics.map((each) => ({ severity: each.severity, code: each.code, path: each.path.join(".") }));
    const found = document && {
      version: document.version(),
      channels: document.channels().all().map((each) => each.address()),
      receives: document.operations().filterByReceive().length,
      sends: document.operations().filterBySend().length,
    };
    console.log(JSON.stringify({ found: found || null, told }));
  }
})();
