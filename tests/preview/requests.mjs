// requests.mjs: what hostile, wrong and slow clients get from gen serve, by raw sockets; then ranges, types, events, the
// overlay and the end. Each row says what it expects; whatever holds the canary, which no page does, is a failure.
import {execFileSync, spawn, spawnSync} from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import path from "node:path";

const root = fs.mkdtempSync(path.join(process.env.TMPDIR ?? "/tmp", "gen-requests-")), site = path.join(root, "archive");
const port = 20000 + (process.pid % 12000), canary = "CANARY-7f3a";
const write = (name, text) => { fs.mkdirSync(path.dirname(path.join(site, name)), {recursive: true}); fs.writeFileSync(path.join(site, name), text); };
let failed = 0, passed = 0;
const check = (name, right, said = "") => {
	if (process.env.VERBOSE) console.error(name); if (right) passed++; else { failed++; console.log(`wrong: ${name} ${said}`); } };
const wait = (ms) => new Promise((yes) => setTimeout(yes, ms));

function raw(bytes, {timeout = 3000, end = false, to = port} = {}) {
	return new Promise((yes) => {
		const s = net.connect(to, "127.0.0.1"), parts = [];
		const done = () => { s.destroy(); yes(Buffer.concat(parts).toString("latin1")); };
		s.on("connect", () => { s.write(bytes); if (end) s.end(); }).on("data", (b) => parts.push(b)).on("end", done).on("error", done);
		setTimeout(done, timeout);
	});
}
const ask = (target, headers = "", method = "GET") => raw(`${method} ${target} HTTP/1.1\r\nHost: localhost:${port}\r\n${headers}Connection: close\r\n\r\n`);
const status = (answer) => Number(/^HTTP\/1\.[01] (\d+)/.exec(answer)?.[1] ?? 0);
const header = (answer, name) => new RegExp(`^${name}: (.*)\r$`, "mi").exec(answer.split("\r\n\r\n")[0] + "\r")?.[1];
const body = (answer) => answer.slice(answer.indexOf("\r\n\r\n") + 4);

write("site.yaml", `title: Harbour Institute\nurl: https://briefs.example.org/\nlanguage: en\ndisclaimer: none\n`);
for (const n of ["water", "bus", "rivers"])
	write(`content/briefs/${n}.md`, `---\ntitle: Brief ${n}\ndate: 2024-01-02\nauthor: Ada Park\n---\nText of ${n}.\n`);
write("content/briefs/secret.md", `---\ntitle: Secret\ndate: 2024-01-02\nauthor: Ada Park\ndraft: true\n---\n${canary}\n`);
write("content/images/data.csv", "0123456789");
write("content/images/odd.xyz", "<script>alert(1)</script>");
write(".env", canary);
write("content/_data/hidden.yaml", `value: ${canary}\n`);
fs.writeFileSync(path.join(root, "outside.txt"), canary);
fs.symlinkSync(path.join(root, "outside.txt"), path.join(site, "content/images/link.txt"));
execFileSync("git", ["init", "-q", site]);
fs.writeFileSync(path.join(site, ".git/description"), canary);

const server = spawn("gen", ["serve", "--no-drafts", "--quiet", "--source", site, "--port", String(port)], {stdio: ["ignore", "inherit", "pipe"]});
let said = "";
server.stderr.on("data", (b) => { said += b; });
const over = new Promise((yes) => server.on("exit", (code, signal) => yes(signal ?? code)));
for (let i = 0; i < 400 && !status(await ask("/")); i++)
	await wait(25);

// Addresses: looked up in the site's own map, decoded once.
const addresses = [
	"/../site.yaml", "/../../etc/passwd", "/%2e%2e/site.yaml", "/%2e%2e%2fsite.yaml", "/..%2fsite.yaml", "/..%5csite.yaml", "/..\\site.yaml", "/%252e%252e/site.yaml",
	"/./site.yaml", "//site.yaml", "//etc/passwd", "/briefs/../../site.yaml", "/briefs/%2e%2e/%2e%2e/.env", "/%00", "/site.yaml%00.html", "/%c0%ae%c0%ae/site.yaml",
	"/%c0%af", "/%ff", "/%", "/%2", "/%zz", "/.env", "/.git/config", "/.git/description", "/.git/HEAD", "/.gen/", "/.gitignore", "/site.yaml", "/content/briefs/secret.md",
	"/content/_data/hidden.yaml", "/_data/hidden.yaml", "/layouts/base.liquid", "/briefs/secret/", "/briefs/secret/index.md", "/images/link.txt", "/images/", "/briefs/water/../secret/",
	"/_preview/../site.yaml", "/_preview/..%2fsite.yaml", "/_preview/nothing", "/_preview/style.css/../../.env", "/etc/passwd", "/proc/self/environ", "/C:/Windows/win.ini",
	"/briefs/water/index.html/", "/briefs/water/index.html/x", "/%0d%0aSet-Cookie:x", "/%7f", "/" + "a".repeat(3000),
];
for (const a of addresses) {
	const answer = await ask(a);
	check(`GET ${a.slice(0, 60)}`, [404, 400].includes(status(answer)), answer.split("\r\n")[0]);
	check(`GET ${a.slice(0, 60)}: canary`, !answer.includes(canary) && !/^set-cookie/mi.test(answer));
}
check("absolute form", [400, 404].includes(status(await raw(`GET http://localhost:${port}/briefs/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`))));

// Folders and redirects.
const folder = await ask("/briefs/water");
check("a folder without its slash", status(folder) === 301 && header(folder, "Location") === "/briefs/water/", folder);
check("no open redirect", status(await ask("//briefs/water")) === 404);
const missing = await ask("/nothing/");
check("the 404 page", status(missing) === 404 && missing.includes("<html"), missing.slice(0, 80));

// Who may ask.
const host = (h, more = "") => raw(`GET / HTTP/1.1\r\n${h}${more}Connection: close\r\n\r\n`);
for (const h of ["localhost", `localhost:${port}`, "127.0.0.1", "[::1]", "a.localhost"])
	check(`Host: ${h}`, status(await host(`Host: ${h}\r\n`)) === 200);
for (const h of ["evil.example", "localhost.evil.example", "evil.example:1313", "127.0.0.1.evil.example", "xlocalhost", ""])
	check(`Host: ${h}`, [403, 400].includes(status(await host(`Host: ${h}\r\n`))));
check("no Host", status(await host("")) === 400);
check("a foreign Origin", status(await ask("/_preview/events", "Origin: https://evil.example\r\n")) === 403);
check("a foreign Origin of any page", status(await ask("/", "Origin: null\r\n")) === 403);
const plain = await ask("/");
check("no CORS", !/^access-control/mi.test(plain));
check("headers", header(plain, "Cache-Control") === "no-store" && header(plain, "X-Content-Type-Options") === "nosniff" && header(plain, "Content-Type") === "text/html; charset=utf-8");

// Requests that are none.
for (const [name, bytes, wanted] of [
	["POST", `POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`, [405]],
	["DELETE", `DELETE / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`, [405]],
	["unknown method", `BREW / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`, [405, 400, 501]],
	["a body", `GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello`, [413]],
	["a huge body", `GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\n`, [413]],
	["a length beyond all", `GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999999999999999\r\n\r\n`, [400, 413]],
	["a negative length", `GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n`, [400, 413]],
	["chunked", `GET / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, [413, 400]],
	["chunked and a length", `POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n`, [413, 400]],
	["HTTP/2", `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n`, [505, 400, 405, 0]],
	["HTTP/9.9", `GET / HTTP/9.9\r\nHost: localhost\r\n\r\n`, [505, 400]],
	["HTTP/0.9", `GET /\r\n`, [400, 505, 0]],
	["a header of 9 kB", `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${"x".repeat(13000)}\r\n\r\n`, [431, 413, 414, 400]],
	["1,000 headers", `GET / HTTP/1.1\r\nHost: localhost\r\n${Array.from({length: 1000}, (_, i) => `X-${i}: y\r\n`).join("")}\r\n`, [431, 413, 400]],
	["an address of 1 MB", `GET /${"a".repeat(1 << 20)} HTTP/1.1\r\nHost: localhost\r\n\r\n`, [414, 431, 400, 0]],
	["NUL in a header", `GET / HTTP/1.1\r\nHost: loc\0alhost\r\nConnection: close\r\n\r\n`, [400, 403, 0]],
	["NUL in the address", `GET /\0 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`, [400]],
	["noise", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", [400, 0]],
]) {
	const answer = await raw(Buffer.from(bytes, "latin1"), {timeout: 2000, end: ["noise", "HTTP/0.9", "HTTP/2"].includes(name)});
	check(name, wanted.includes(status(answer)), answer.split("\r\n")[0]);
	check(`${name}: canary`, !answer.includes(canary));
}
const two = await raw(`GET / HTTP/1.1\r\nHost: localhost\r\n\r\nGET /briefs/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
check("two requests at once", two.match(/^HTTP\/1\.1 200/mg)?.length === 2, two.slice(0, 100));

// Ranges, one at a time; entity tags; HEAD.
for (const [range, code, text, says] of [
	["bytes=0-", 206, "0123456789", "bytes 0-9/10"], ["bytes=2-4", 206, "234", "bytes 2-4/10"], ["bytes=-3", 206, "789", "bytes 7-9/10"], ["bytes=-99", 206, "0123456789", "bytes 0-9/10"],
	["bytes=9-9", 206, "9", "bytes 9-9/10"], ["bytes=5-99", 206, "56789", "bytes 5-9/10"], ["bytes=10-", 416, "", "bytes */10"], ["bytes=-0", 416, "", "bytes */10"],
	["bytes=4-2", 200, "0123456789"], ["bytes=0-1,3-4", 200, "0123456789"], ["bytes=" + Array(1000).fill("0-1").join(","), 200, "0123456789"], ["bytes=9223372036854775808-", 200, "0123456789"],
	["bytes=0-99999999999999999999999", 200, "0123456789"], ["lines=0-1", 200, "0123456789"], ["bytes=", 200, "0123456789"], ["bytes=a-b", 200, "0123456789"],
]) {
	const answer = await ask("/images/data.csv", `Range: ${range}\r\n`);
	check(`Range: ${range.slice(0, 40)}`, status(answer) === code && body(answer) === text && (!says || header(answer, "Content-Range") === says), answer);
}
const csv = await ask("/images/data.csv"), tag = header(csv, "ETag");
check("the same again", status(await ask("/images/data.csv", `If-None-Match: ${tag}\r\n`)) === 304);
const conditional = await ask("/images/data.csv", `Range: bytes=0-1\r\nIf-Range: "other"\r\n`);
check("If-Range of another", status(conditional) === 200 && body(conditional) === "0123456789", conditional);
check("If-Range of this", status(await ask("/images/data.csv", `Range: bytes=0-1\r\nIf-Range: ${tag}\r\n`)) === 206);
const head = await ask("/images/data.csv", "", "HEAD");
check("HEAD", status(head) === 200 && body(head) === "" && header(head, "Content-Length") === "10", head);
check("a type unknown", header(await ask("/images/odd.xyz"), "Content-Type") === "application/octet-stream");
check("a type known", header(csv, "Content-Type") === "text/csv; charset=utf-8");

// Events carry nothing, and reach whoever waits; a broken file leaves the page, with the reason as text.
const stream = raw(`GET /_preview/events HTTP/1.1\r\nHost: localhost\r\n\r\n`, {timeout: 1500});
await wait(200);
write("content/briefs/bus.md", `---\ntitle: [<script>alert("${"x".repeat(5)}")</script>\n---\n`);
const broken = await ask("/briefs/bus/");
check("the last good state stays", status(broken) === 200 && broken.includes("Text of bus."), broken.slice(0, 200));
check("the reason is over it", /gen-faults[\s\S]*content\/briefs\/bus\.md:2/.test(broken) && !broken.includes("<script>alert("));
const events = await stream;
check("an event came", /event: reload\r?\ndata: 1\r?\n/.test(events) && header(events, "Content-Type") === "text/event-stream", events);
check("and says nothing", !events.includes("bus"));
fs.mkdirSync(path.join(site, "content/briefs"), {recursive: true});
write("content/briefs/<b onclick=x>.md", "---\ntitle: [\n---\n");
check("a hostile name is text", !(await ask("/briefs/water/")).includes("<b onclick"));
fs.rmSync(path.join(site, "content/briefs/<b onclick=x>.md"));
write("content/briefs/bus.md", `---\ntitle: Brief bus\ndate: 2024-01-02\nauthor: Ada Park\n---\nMended.\n`);
const mended = await ask("/briefs/bus/");
check("it clears itself", mended.includes("Mended.") && !mended.includes("gen-faults"));

// What a build would stop at, though it can be shown: on its page at once, on the others after a pause.
write("content/briefs/bus.md", `---\ntitle: Brief bus\ndate: 2024-01-02\nauthor: Ada Park\n---\nSee [it](nowhere.md).\n`);
const linked = await ask("/briefs/bus/");
check("a broken link is told on its page", /gen-faults[\s\S]*a build would stop[\s\S]*content\/briefs\/bus\.md:6:\d+[\s\S]*nowhere\.md/.test(linked) && linked.includes("See "), linked.slice(-900));
await wait(2000);
check("and after a pause on the others", (await ask("/")).includes("nowhere.md"));
write("content/briefs/bus.md", `---\ntitle: Brief bus\ndate: 2024-01-02\nauthor: Ada Park\n---\nMended.\n`);
check("gone from its page", !(await ask("/briefs/bus/")).includes("gen-faults"));
await wait(2000);
check("and from the others", !(await ask("/")).includes("gen-faults"));

// Many and slow clients: the next one is served.
const crowd = [];
for (let i = 0; i < 1500; i++) {
	const s = net.connect(port, "127.0.0.1");
	s.on("error", () => {}).on("connect", () => s.write("GET / HTTP/1.1\r\nX: "));
	crowd.push(s);
	if (i % 100 === 99) await wait(20);
}
await wait(200);
const then = Date.now(), served = await ask("/briefs/water/");
check("1,500 that never finish asking", status(served) === 200 && Date.now() - then < 1000, `${Date.now() - then} ms ${served.slice(0, 50)}`);
crowd.forEach((s) => s.destroy());

// A port in use; binding; Ctrl-C with streams open.
const second = spawnSync("gen", ["serve", "--source", site, "--port", String(port)]);
check("a port in use", second.status === 3 && second.stderr.includes(`--port ${port + 1} takes another port`), second.stderr.toString());
const sockets = fs.readFileSync("/proc/net/tcp", "latin1").split("\n").filter((l) => l.includes(`:${port.toString(16).toUpperCase().padStart(4, "0")} 00000000:0000 0A`));
check("bound to this machine alone", sockets.length === 1 && sockets[0].trim().split(/\s+/)[1].startsWith("0100007F:"), sockets.join());
const open = raw(`GET /_preview/events HTTP/1.1\r\nHost: localhost\r\n\r\n`);
await wait(100);
const from = Date.now();
server.kill("SIGINT");
const ended = await over;
check("Ctrl-C ends it", ended === 0 && Date.now() - from < 1000 * (process.env.VARIANT ? 5 : 1), `${ended} after ${Date.now() - from} ms\n${said}`);
await open;
fs.rmSync(root, {recursive: true});
console.log(`${failed} wrong`);
process.exit(failed ? 1 : 0);
