// hostile.mjs: markup, scripts, templates and addresses that were made to run, in every field, text, file name, term, commit
// message, trailer and author's name. Chromium opens every page of the preview and of the built site: nothing runs, nothing
// becomes an element, nothing is asked of another host, and what is XML or JSON is read as such.
import {execFileSync, spawn} from "node:child_process";
import fs from "node:fs";
import {createRequire} from "node:module";
import path from "node:path";

const require = createRequire(path.join(process.argv[2] ?? path.join(import.meta.dirname, "../site"), "package.json"));
const {chromium} = require("playwright-core");
const root = fs.mkdtempSync(path.join(process.env.TMPDIR ?? "/tmp", "gen-hostile-")), site = path.join(root, "archive"), port = 20000 + (process.pid % 12000);
const write = (name, text) => { fs.mkdirSync(path.dirname(path.join(site, name)), {recursive: true}); fs.writeFileSync(path.join(site, name), text); };
let wrong = 0;
const check = (name, right) => { if (!right) { wrong++; console.log(`wrong: ${name}`); } };

// Each begins with a word of its own, so that what comes of it can be found.
const run = "window.ran=1", polyglots = [
	`jaVasCript:/*-/*\`/*\\\`/*'/*"/**/(/* */oNcliCk=${run} )//%0D%0A%0d%0a//</stYle/</titLe/</teXtarEa/</scRipt/--!>\x3csVg/<sVg/oNloAd=${run}//>\x3e`,
	`"'><x-planted onclick=${run}></x-planted><img src=x onerror=${run}>`,
	`' autofocus onfocus=${run} x='`, `" autofocus onfocus="${run}" x="`, `\` onmouseover=${run} \``,
	`</script><script>${run}</script><!--<script>`, `]]><x-planted/>&lt;x-planted&gt;`, `--><x-planted>`, `{{ "<x-planted>" | raw }}{% raw %}<x-planted>`,
	`</title><x-planted>`, `</textarea></style></noscript></template><x-planted>`, `&lt;img src=x onerror=${run}&gt;&#60;x-planted&#62;`, `\u2028</x>\u2029<x-planted>`,
	`<svg><style><x-planted onload=${run}></style></svg><math><mtext><x-planted></mtext></math>`,
];
const addresses = ["javascript:window.ran=1", "\u0001javascript:window.ran=1", "java\tscript:window.ran=1", "JaVaScRiPt:window.ran=1", "data:text/html,<script>window.ran=1</script>", "vbscript:x",
	"//evil.example/x", "https://evil.example/\"onclick=window.ran=1 x=\"", "blob:x", "\\\\evil.example\\x", "https://evil.example/'><x-planted>"];
const q = (s) => JSON.stringify(s.replace(/\x01/, "")), all = polyglots.join(" "), pick = (n, k) => `w${n} ${polyglots[(n * 5 + k) % polyglots.length]}`;
const body = (n) => `First words ${pick(n, 3)}\n\n# ${pick(n, 4)}\n\n> [!NOTE] ${pick(n, 5)}\n> ${pick(n, 6)}\n\n> [!${polyglots[1].replace(/[\]\n]/g, "")}] x\n> y\n\n| ${pick(n, 7).replace(/\|/g, "")} | b |\n|-|-|\n| ${all.replace(/[|\n]/g, "")} | d |\n\n` +
	`\`\`\`${polyglots[n % polyglots.length].replace(/[`\n]/g, "")}\n${all}\n\`\`\`\n\nA note[^n] and \`${polyglots[1]}\`.\n\n[^n]: ${pick(n, 8)}\n\n` +
	addresses.map((a, i) => `[${pick(n, i)}](<${a.replace(/[<>\n]/g, "")}> "${polyglots[3].replace(/"/g, "&quot;")}") ![${polyglots[2]}](<${a.replace(/[<>\n]/g, "")}>) <${a.replace(/[<>\s]/g, "")}>\n`).join("\n") + `\n${polyglots.join("\n\n")}\n\n` +
	`<a href="javascript:${run}" onclick="${run}">a</a> <details open ontoggle=${run}><summary>s</summary></details>\n\n<iframe srcdoc="<script>parent.ran=1</script>"></iframe>\n\n<form action="javascript:${run}"><button formaction="javascript:${run}">b</button></form>\n\n<svg onload=${run}><animate attributeName=href values=javascript:${run} /></svg>\n`;
const fields = ["subtitle", "kind", "series", "region", "topic", "abstract", "rights", "acknowledgements", "funding", "disclosure", "disclaimer", "status_note"];
const brief = (n, more = "") => `---\ntitle: ${q(pick(n, 0))}\ndate: 2024-01-0${n + 1}\nauthor: [${q(pick(n, 1))}, {name: ${q(pick(n, 2))}, affiliation: ${q(pick(n, 3))}}, {given: ${q(pick(n, 4))}, family: ${q(pick(n, 5))}}, {org: ${q(pick(n, 6))}}]\n` +
	`${fields.map((f, i) => `${f}: ${q(pick(n, i + 7))}\n`).join("")}takeaways: [${q(pick(n, 1))}, ${q(pick(n, 2))}]\npartners: [${q(pick(n, 3))}]\nnumber: ${q(polyglots[1])}\nstatus: withdrawn\nimage: {path: water.svg, alt: ${q(pick(n, 2))}, caption: ${q(pick(n, 3))}, credit: ${q(pick(n, 4))}}\n` +
	`related: [${addresses.map((a, i) => `{title: ${q(pick(n, i))}, url: ${q(a)}}`).join(", ")}]\nchanges: [{date: 2024-02-02, type: correction, note: ${q(pick(n, 9))}}]\nodd: ${q(all)}\n${more}---\n${body(n)}`;

write("site.yaml", `title: ${q(`Harbour ${polyglots[1]}`)}\nurl: https://briefs.example.org/p\nlanguage: en\nbanner: {text: ${q(polyglots[0])}}\ninstitute: {name: ${q(`Institute ${polyglots[5]}`)}, address: ${q(polyglots[2])}}\ndisclaimer: ${q(polyglots[3])}\n` +
	`menu: [{title: ${q(polyglots[1])}, url: ${q(addresses[0])}}]\nhistory: {subjects: true, contributors: true}\nchecks: {${["field-value", "link-broken", "attachment-missing", "address-clash", "markdown-limit", "draft-published"].map((c) => `${c}: warning`).join(", ")}}\n`);
write("content/briefs/water.svg", `<svg xmlns="http://www.w3.org/2000/svg" onload="${run}"><script>${run}</script></svg>`);
for (let n = 0; n < 5; n++)
	write(`content/briefs/brief-${n}.md`, brief(n));
const names = ["<x-planted onclick=window.ran=1>.md", "\"'onfocus=window.ran=1 autofocus='.md", "&lt;x-planted&gt;.md", "javascript:window.ran=1.md", "{{ page.title }}.md"];
names.forEach((name, i) => write(`content/briefs/${name}`, brief(i + 3, `slug: named-${i}\n`)));
write("content/authors/someone.md", `---\nname: ${q(polyglots[1])}\nrole: ${q(polyglots[3])}\naffiliation: ${q(polyglots[5])}\nlinks: [${addresses.map((a) => `{title: ${q(polyglots[1])}, url: ${q(a)}}`).join(", ")}]\n---\n${body(2)}`);
write("content/about.md", `---\ntitle: ${q(polyglots[1])}\n---\n${body(1)}`);
write("content/briefs/bundle/index.md", brief(2));
write("content/briefs/bundle/<x-planted onclick=window.ran=1>.csv", "a,b\n");
let hour = 10;
const commit = (message, who) => execFileSync("git", ["-C", site, "-c", `user.name=${who}`, "-c", "user.email=x@example.org\"><x-planted>", "commit", "-q", "--allow-empty-message", "-F", "-"],
	{input: message, env: {...process.env, GIT_AUTHOR_DATE: `2024-03-01T${++hour}:00:00Z`, GIT_COMMITTER_DATE: `2024-03-01T${hour}:00:00Z`}});
execFileSync("git", ["init", "-q", "-b", "main", site]);
execFileSync("git", ["-C", site, "add", "-A"]);
commit(`${polyglots[1]}\n\n${all}`, `${polyglots[1]} A`);
for (let k = 0; k < 4; k++) {
	for (let n = 0; n < 5; n++)
		write(`content/briefs/brief-${n}.md`, brief(n).replace("First words", `First ${polyglots[k + 1]} words ${k}`).replace(/^title: .*/m, `title: ${q(pick(n, k + 2))}`));
	execFileSync("git", ["-C", site, "add", "-A"]);
	commit(`${polyglots[k + 2]}\n\nChange-Type: correction\nChange-Note: ${polyglots[k + 4].replace(/\n/g, " ")}\nCo-authored-by: ${polyglots[1]} <y@example.org>\n`, `${polyglots[k + 3].replace(/\n/g, " ")} B`);
}
execFileSync("git", ["-C", site, "mv", "content/briefs/brief-4.md", "content/briefs/moved-<x-planted>.md"]);
commit(`moved ${polyglots[5]}`, "C");
execFileSync("git", ["-C", site, "rm", "-q", "content/briefs/brief-3.md"]);
commit(`removed\n\nChange-Type: removal\nChange-Note: ${polyglots[1]}\n`, polyglots[5]);
write("content/briefs/brief-1.md", brief(1).replace("First words", `Not committed ${polyglots[1]} words`));

const built = path.join(root, "public");
let said = "";
try {
	execFileSync("gen", ["build", "--quiet", "--source", site, "--output", built], {stdio: ["ignore", "pipe", "pipe"]});
} catch (e) {
	said = String(e.stderr);
	console.log(said.split("\n").filter((l) => l.includes("error")).slice(0, 10).join("\n"));
}
check("the archive builds", fs.existsSync(path.join(built, "index.html")));
const files = fs.readdirSync(built, {recursive: true, withFileTypes: true}).filter((f) => f.isFile()).map((f) => path.relative(built, path.join(f.parentPath ?? f.path, f.name)));
const server = spawn("gen", ["serve", "--quiet", "--source", site, "--port", String(port)], {stdio: "ignore"});
process.on("exit", () => server.kill("SIGKILL"));
const base = `http://127.0.0.1:${port}/p/`;
for (let i = 0; i < 400; i++)
	try { await fetch(base); break; } catch { await new Promise((yes) => setTimeout(yes, 25)); }
const browser = await chromium.launch({executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"]});
const context = await browser.newContext({acceptDownloads: false});
await context.addInitScript(() => { window.violations = []; addEventListener("securitypolicyviolation", (e) => violations.push(`${e.violatedDirective} ${e.blockedURI} ${e.sample}`)); });
// A strict policy, as a host may set it: our layouts (with the accent's style in the head) and the preview's script live with it.
await context.route(/^http:/, async (route) => {
	if (new URL(route.request().url()).host !== `127.0.0.1:${port}` || route.request().url().endsWith("/events"))
		return route.continue();
	const answer = await route.fetch({maxRedirects: 0});
	check(`${route.request().url()} comes with a policy`, /object-src 'none'/.test(answer.headers()["content-security-policy"]));
	return route.fulfill({response: answer, headers: {...answer.headers(), "content-security-policy": "default-src 'self'; style-src 'self' 'unsafe-inline'; base-uri 'none'; form-action 'none'"}});
});
const page = await context.newPage();
page.on("dialog", (d) => { check(`a dialog on ${page.url()}`, false); d.dismiss(); });
page.on("request", (r) => { const u = new URL(r.url()); check(`${page.url()} asks ${u.href.slice(0, 100)}`, u.host === `127.0.0.1:${port}` || u.protocol === "file:"); });
page.on("pageerror", (e) => check(`a script on ${page.url()}: ${e}`, false));
const look = (from) => page.evaluate((preview) => {
	const bad = [], allowed = new Set(["application/ld+json", "application/json", "speculationrules"]);
	if (window.ran) bad.push("something ran");
	for (const e of document.querySelectorAll("*")) {
		if (/planted/.test(e.localName) || ["iframe", "object", "embed", "base", "math", "form"].includes(e.localName)) bad.push(`<${e.localName}>`);
		if (e.localName === "script" && !allowed.has(e.type) && (!preview || !/\/_preview\//.test(e.src))) bad.push(`script ${e.src} ${e.text.slice(0, 60)}`);
		if (e.localName === "script" && allowed.has(e.type)) try { JSON.parse(e.text); } catch (x) { bad.push(`JSON: ${x}`); }
		for (const a of e.attributes) {
			if (/^on/i.test(a.name) || a.name === "srcdoc" || /[<>"'`=]/.test(a.name)) bad.push(`${e.localName} ${a.name}`);
			if (["href", "src", "action", "formaction", "data", "poster", "srcset", "cite"].includes(a.name) && /^[\0-\x20]*(j\s*a\s*v\s*a\s*s|data|vbs|blob)[^/]*:/i.test(a.value)) bad.push(`${a.name} ${a.value.slice(0, 60)}`);
		}
		if (e.localName === "meta" && /refresh/i.test(e.httpEquiv) && /javascript|evil/i.test(e.content)) bad.push(`refresh ${e.content}`);
	}
	return bad.concat(window.violations ?? []);
}, from);
let pages = 0;
const html = files.filter((f) => f.endsWith(".html")), redirects = html.filter((f) => /http-equiv="?refresh/i.test(fs.readFileSync(path.join(built, f), "utf8")));
for (const f of redirects) // they would lead away while they are looked at
	check(`${f} redirects, and more`, !/<(x-planted|script|img|iframe)|javascript:|evil\.example/i.test(fs.readFileSync(path.join(built, f), "utf8")));
const stay = html.filter((f) => !redirects.includes(f)), preview = stay.map((f) => f.replace(/(^|\/)index\.html$/, "$1"));
const visits = [...preview.map((f) => [base + f.split("/").map(encodeURIComponent).join("/"), true]), [base + "_preview/", true], ...["brief-0", "brief-1", "bundle"].map((s) => [`${base}_preview/briefs/${s}/`, true]),
	...stay.map((f) => ["file://" + path.join(built, f).split("/").map(encodeURIComponent).join("/"), false])];
for (const [address, from] of visits) {
	const answer = await page.goto(address, {waitUntil: "domcontentloaded"}).catch((e) => { check(`${address}: ${e}`, /ERR_ABORTED|download/i.test(String(e))); return null; });
	if (!answer)
		continue;
	pages++;
	for (const bad of new Set(await look(from)))
		check(`${decodeURIComponent(address).slice(-80)}: ${bad}`, false);
}
// An error on the page, which quotes the hostile file.
write("content/briefs/<x-planted onclick=window.ran=1>.md", `---\ntitle: ${q(polyglots[1])}\nauhtor: ${q(polyglots[1])}\ndate: <x-planted>\n${polyglots[1]}\n---\n`);
await new Promise((yes) => setTimeout(yes, 1500));
for (const address of [base, base + "_preview/", base + "nowhere/%3Cx-planted%3E"]) {
	await page.goto(address);
	for (const bad of new Set(await look(true)))
		check(`with an error, ${address}: ${bad}`, false);
}
check("the error is told", await page.goto(base).then(() => page.locator(".gen-faults").count()) > 0);
// What is not HTML.
await page.goto(`file://${built}/404.html`);
for (const f of files) {
	const text = fs.readFileSync(path.join(built, f), "utf8");
	if (/\.(xml|svg)$/.test(f) && !/water/.test(f)) {
		const fault = await page.evaluate((t) => { const d = new DOMParser().parseFromString(t, "text/xml"); return d.querySelector("parsererror")?.textContent ?? (d.querySelector("x-planted") ? "an element" : ""); }, text);
		check(`${f}: ${fault}`, !fault);
	}
	if (/\.json$/.test(f))
		try { JSON.parse(text); } catch (e) { check(`${f}: ${e}`, false); }
	if (/_redirects$|\.link$|\.txt$/.test(f))
		check(`${f} has a line of its own making`, !/^\s*<x-planted|evil\.example/m.test(text));
}
await browser.close();
server.kill("SIGINT");
if (process.env.KEEP) console.log(root); else fs.rmSync(root, {recursive: true});
if (process.env.VERBOSE) console.log(`${pages} pages`);
check("there were pages", pages > 40);
console.log(`${wrong} wrong`);
