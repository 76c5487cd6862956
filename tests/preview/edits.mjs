// edits.mjs [SEED [STEPS [drafts]]]: changes a small archive with a history at random while gen serve shows it (files made,
// renamed, removed, broken and mended, layouts, settings, commits, branches), and after each step compares every page
// with what a fresh gen build makes of the same state. What the build refuses must leave the last good state, with the
// reason over it. The seed that failed is printed.
import {execFileSync, spawn, spawnSync} from "node:child_process";
import fs from "node:fs";
import http from "node:http";
import path from "node:path";

const seed = Number(process.argv[2] ?? 1), steps = Number(process.argv[3] ?? 40), drafts = process.argv[4] === "drafts";
const root = fs.mkdtempSync(path.join(process.env.TMPDIR ?? "/tmp", "gen-edits-"));
const site = path.join(root, "archive"), out = path.join(root, "out");
const port = 20000 + (process.pid % 12000);

let state = seed >>> 0 || 1;
function random(n) { // xorshift: the same steps for the same seed everywhere
	state ^= state << 13; state >>>= 0; state ^= state >>> 17; state ^= state << 5; state >>>= 0;
	return state % n;
}
const pick = (list) => list[random(list.length)];
const at = (...names) => path.join(site, ...names);
const write = (name, text) => { fs.mkdirSync(path.dirname(at(name)), {recursive: true}); fs.writeFileSync(at(name), text); };
const git = (...words) => execFileSync("git", ["-C", site, ...words], {stdio: ["ignore", "pipe", "pipe"]}).toString();
const words = ["water", "harbour", "levels", "tariff", "rivers", "forests", "housing", "transit", "schools", "clinics"];

const settings = (title, language) => `title: ${title}\nurl: https://briefs.example.org/policy\nlanguage: ${language}\nlanguages: {de: Deutsch, ko: 한국어}\npaginate: 3\n` +
	"taxonomies:\n  regions: {hierarchical: true}\n";

let made = 0;
function brief(slug, draft = "") { // a brief that was public may not become a draft
	made++;
	return `---\ntitle: "Brief ${slug} ${pick(words)} ${made}"\ndate: 20${10 + random(14)}-0${1 + random(9)}-1${random(9)}\nauthor: ${pick(["Ada Park", "Ben Cho", "Carla Diaz"])}\n` +
		`topics: [${pick(words)}, ${pick(words)}]\nabstract: About ${pick(words)}.\n${draft}---\n\nText of ${slug}: ${pick(words)} and ${pick(words)}, ${made}.\n\n## Part\n\nMore ${pick(words)}.\n`;
}
const briefs = () => fs.readdirSync(at("content/briefs"), {recursive: true}).filter((f) => f.endsWith(".md")).map((f) => "content/briefs/" + f).sort();
const healthy = (text) => text.startsWith("---\ntitle: \"Brief");

function archive() {
	write("site.yaml", settings("Harbour Institute", "en"));
	for (let i = 0; i < 10; i++)
		write(`content/briefs/${i % 2 ? "2024/" : ""}b${i}.md`, brief(`b${i}`));
	write("content/about.md", "---\ntitle: About\n---\nWho we are. See [b0](briefs/b0.md).\n");
	write("content/regions/europe.md", "---\nname: Europe\n---\n");
	write("content/regions/france.md", "---\nname: France\nparent: Europe\n---\n");
	write("content/authors/ada-park.md", "---\nname: Ada Park\nrole: Director\n---\nShe directs.\n");
	write("content/_data/figures.yaml", "count: 1\n");
	write("content/_root/robots.html", "kept as it is\n");
	write("content/images/a.txt", "an attachment\n");
	fs.mkdirSync(at("layouts/includes"), {recursive: true});
	write("layouts/includes/own.liquid", "<p>own 0 {{ site.data.figures.count }}</p>\n");
	write("layouts/page.liquid", "---\nlayout: base\n---\n<div class=\"leaf\"><h1>{{ page.title }}</h1>{{ content }}{% include \"own\" %}</div>\n");
	git("init", "-q", "-b", "main");
	commit();
	for (let i = 0; i < 3; i++) { edit(); commit(); }
}

function commit() {
	git("add", "-A");
	git("commit", "-q", "--allow-empty", "-m", pick(["Work", "More work\n\nChange-Type: correction\nChange-Note: a figure was wrong", "Small things\n\nChange-Type: minor"]));
}
function edit() {
	const f = pick(briefs()), text = fs.readFileSync(at(f), "utf8");
	if (!healthy(text))
		return mend();
	const front = (field, value) => write(f, text.replace(new RegExp(`^${field}: .*\n`, "m"), "").replace("\nabstract:", `\n${field}: ${value}\nabstract:`));
	const other = pick(briefs()), slug = path.basename(other, ".md");
	switch (random(20)) {
	case 5: case 6: case 7: return write(f, text.replace(/^date: (....).*$/m, `date: ${pick(["$1", 2010 + random(14)])}-0${1 + random(9)}-1${random(9)}`));
	case 8: return write(f, text.replace(/^author: .*$/m, `author: [${pick(["Ada Park", "Ben Cho", "ada park", "Dora Elm", "dora elm"])}, ${pick(["Eve Fox", "Guy Hill", "GUY Hill"])}]`));
	case 9: return front("region", pick(["France", "Europe", "Peru", "[France, Chile]"]));
	case 10: return front("related", pick([`[${other.slice("content/".length)}]`, `[${slug}]`, `[{to: ${slug}, relation: ${pick(["replaces", "follows", "corrects"])}}]`, `["${/^title: "(.*)"$/m.exec(fs.readFileSync(at(other), "utf8"))?.[1]}"]`, "[]"]));
	case 11: return front("superseded_by", slug);
	case 12: return front(...pick([["featured", pick(["true", "false"])], ["kind", pick(["Report", "Note"])], ["series", pick(["Papers", "Letters"])], ["number", random(99)]]));
	case 13: return front(...pick([["aliases", `[/old${random(20)}/]`], ["lang", pick(["de", "ko", "en"])], ["id", `id${++made}`], ["layout", pick(["brief", "page"])]]));
	case 14: return write(f, text.replace(/^See \[another\].*\n/m, ""));
	case 15: return drafts && git("log", "--format=%h", "--", f) === "" ? front("draft", pick(["true", "false"])) : front("featured", "true");
	case 16: return write(f, text.replace(/^title: .*$/m, `title: "Shared ${pick(words)}"`));
	case 0: return write(f, text.replace(/^title: .*$/m, `title: "Brief again ${pick(words)} ${++made}"`));
	case 1: return write(f, brief(path.basename(f, ".md")));
	case 2: return write(f, text.replace(/^topics: .*$/m, `topics: [${pick(words)}, ${pick(words).toUpperCase()}]`));
	case 3: return write(f, text + `\nSee [another](/briefs/${path.basename(pick(briefs()), ".md")}/) and ${pick(words)}.\n`);
	default: return write(f, text + `\nOne more paragraph about ${pick(words)}, ${++made}.\n`);
	}
}
function mend() {
	acts.page(); // its links may lead nowhere
	if (fs.readFileSync(at("layouts/includes/own.liquid"), "utf8").includes("{% if %}"))
		acts.include();
	if (fs.readFileSync(at("site.yaml"), "utf8").endsWith("[\n"))
		acts.settings();
	for (const f of briefs())
		if (!healthy(fs.readFileSync(at(f), "utf8")))
			write(f, brief(path.basename(f, ".md")));
}

const acts = {
	edit, edits() { edit(); edit(); edit(); },
	create() { write(`content/briefs/${pick(["", "2025/", "new/deep/"])}n${++made}.md`, brief(`n${made}`, random(4) === 0 ? "draft: true\n" : "")); },
	rename() { const f = pick(briefs()); fs.renameSync(at(f), at(path.dirname(f), `r${++made}.md`)); },
	remove() { if (briefs().length > 6) fs.rmSync(at(pick(briefs()))); },
	folder() { if (fs.existsSync(at("content/briefs/2024"))) fs.renameSync(at("content/briefs/2024"), at(`content/briefs/y${++made}`)); else fs.mkdirSync(at("content/briefs/2024")); },
	replace() { const f = pick(briefs()), t = fs.readFileSync(at(f), "utf8"); fs.writeFileSync(at("content/.swap"), t + "\nSaved by renaming.\n"); fs.renameSync(at("content/.swap"), at(f)); },
	break() { write(pick(briefs()), "---\ntitle: \"never closed\nauthor: [\n---\nBroken.\n"); },
	mend,
	record() { write(`content/authors/${pick(["ada-park", "ben-cho"])}.md`, `---\nname: ${pick(["Ada Park", "Ben Cho"])}\nrole: Head of ${pick(words)}\n---\nText ${++made}.\n`); },
	page() { write("content/about.md", `---\ntitle: About ${++made}\n---\nWho we are, ${pick(words)}.\n`); },
	data() { write("content/_data/figures.yaml", `count: ${++made}\n`); },
	attachment() { write("content/images/a.txt", `an attachment ${++made}\n`); },
	include() { write("layouts/includes/own.liquid", `<p>own ${++made} {{ site.data.figures.count }} {{ site.briefs.size }}</p>\n`); },
	style() { write("layouts/assets/own.css", `p { margin: ${++made}px }\n`); },
	brokenLayout() { write("layouts/includes/own.liquid", "{% if %} {{ nothing | unknown_filter }}\n"); },
	settings() { write("site.yaml", settings(`Harbour Institute ${++made}`, pick(["en", "de"]))); },
	block() { write("layouts/blocks/note.liquid", `<div class="own">${++made} {{ content }}</div>\n`); },
	words() { write("layouts/i18n/de.yaml", `home: Heim ${++made}\n`); },
	region() { write(`content/regions/${pick(["france", "peru"])}.md`, `---\nname: ${pick(["France", "Peru", "Frankreich"])}\n${pick(["", "parent: Europe\n", "aliases: [Chile]\n"])}---\nText ${++made}.\n`); },
	stash() { git("stash", "-q", "-u"); if (random(2)) git("stash", "pop", "-q"); else git("stash", "drop", "-q"); },
	rebase() { commit(); const all = git("branch", "--format=%(refname:short)").trim().split("\n"); const r = spawnSync("git", ["-C", site, "rebase", "-q", pick(all)]); if (r.status) git("rebase", "--abort"); },
	brokenSettings() { write("site.yaml", "title: [\n"); },
	commit, commitPart() { git("add", "content/briefs"); git("commit", "-q", "--allow-empty", "-m", "Part"); },
	branch() { commit(); const name = `side${++made}`; git("checkout", "-q", "-b", name); edit(); commit(); git("checkout", "-q", "main"); },
	merge() { commit(); const side = git("branch", "--format=%(refname:short)").split("\n").filter((b) => b.startsWith("side")); if (side.length) { const r = spawnSync("git", ["-C", site, "merge", "-q", "-m", "Merge work", pick(side)]); if (r.status) git("merge", "--abort"); } },
	switch() { commit(); const all = git("branch", "--format=%(refname:short)").trim().split("\n"); git("checkout", "-q", pick(all)); },
	reset() { if (Number(git("rev-list", "--count", "HEAD")) > 3) git("reset", "-q", "--hard", "HEAD~1"); },
	amend() { git("add", "-A"); git("commit", "-q", "--amend", "--allow-empty", "-m", "Amended"); },
	mailmap() { write(".mailmap", `Editor Name <editor@example.org>\n# ${++made}\n`); },
};

const agent = new http.Agent({keepAlive: true});
function get(address) {
	return new Promise((yes, no) => http.get({host: "127.0.0.1", port, agent, path: address, headers: {Host: `localhost:${port}`}}, (r) => {
		const parts = [];
		r.on("data", (b) => parts.push(b)).on("end", () => yes({status: r.statusCode, body: Buffer.concat(parts)}));
	}).on("error", (e) => no(new Error(`${e.message}; gen serve ${server.exitCode ?? server.signalCode ?? "runs"}, and said: ${said}`))));
}
const own = /(<link rel="stylesheet" href="[^"]*\/_preview\/style\.css">\n)?(<aside class="gen-faults"[\s\S]*?<\/aside>\n)*<script src="[^"]*\/_preview\/live\.js"[^>]*><\/script>\n/;

function build() {
	fs.rmSync(out, {recursive: true, force: true});
	fs.rmSync(path.join(root, ".out.gen"), {recursive: true, force: true});
	const r = spawnSync("gen", ["build", "--quiet", ...(drafts ? ["--drafts"] : []), "--source", site, "--output", out]);
	return {ok: r.status === 0, said: r.stderr.toString()};
}
const files = () => fs.readdirSync(out, {recursive: true, withFileTypes: true}).filter((d) => d.isFile()).map((d) => path.relative(out, path.join(d.parentPath ?? d.path, d.name))).sort();
let known = new Set();

async function compare() {
	let wrong = [];
	const now = files();
	for (const f of now) {
		const address = "/policy/" + f.replace(/(^|\/)index\.html$/, "$1");
		const a = await get(encodeURI(address)), text = a.body.toString("latin1");
		const want = fs.readFileSync(path.join(out, f)), has = f.endsWith(".html") ? Buffer.from(text.replace(own, ""), "latin1") : a.body;
		if (a.status !== (f === "404.html" ? 200 : 200) || !want.equals(has)) {
			wrong.push(`${address} (${a.status})`);
			if (wrong.length === 1) { fs.writeFileSync(path.join(root, "wanted"), want); fs.writeFileSync(path.join(root, "served"), has); }
		}
	}
	for (const f of known)
		if (!now.includes(f) && (await get(encodeURI("/policy/" + f))).status === 200)
			wrong.push(`/policy/${f} is still there`);
	known = new Set(now);
	return wrong;
}

archive();
const server = spawn("gen", ["serve", ...(drafts ? [] : ["--no-drafts"]), "--source", site, "--port", String(port), ...(process.env.VERBOSE ? [] : ["--quiet"])], {stdio: ["ignore", "inherit", "pipe"]});
let said = "";
server.stderr.on("data", (b) => { said += b; if (process.env.VERBOSE) process.stderr.write(b); });
const done = new Promise((yes) => server.on("exit", (status, signal) => yes(signal ?? status)));
for (let i = 0; i < 400; i++) {
	try { await get("/policy/"); break; } catch { await new Promise((yes) => setTimeout(yes, 25)); }
}
let failed = 0, compared = 0, refused = 0;
const log = [];
for (let step = 0; step < steps && !failed; step++) {
	const name = step === 0 ? "edit" : random(4) === 0 ? "mend" : random(2) === 0 ? "edit" : pick(Object.keys(acts));
	try { acts[name](); } catch (e) { log.push(`${name} (could not: ${String(e.message).split("\n")[0]})`); continue; }
	log.push(name);
	if (process.env.VERBOSE) console.error(`step ${step}: ${name}`);
	if (random(3) === 0) continue; // several changes before anybody looks
	const b = build();
	if (!b.ok) {
		refused++;
		if (process.env.VERBOSE) console.error("refused: " + b.said.split("\n")[0]);
		const home = await get("/policy/");
		if (home.status !== 200) failed = 1, console.log(`refused by the build, and the home page answers ${home.status}: ${b.said}`);
		if (/^error: (content|site|layouts).*(front matter|never closed|flow|quoted)/m.test(b.said) && !home.body.includes("gen-faults"))
			failed = 1, console.log(`the build refuses, and the preview does not say so: ${b.said}`);
		continue;
	}
	compared++;
	const wrong = await compare();
	if (wrong.length) {
		failed = 1;
		console.log(`seed ${seed}, step ${step}, after ${log.slice(-6).join(", ")}: ${wrong.length} differ: ${wrong.slice(0, 5).join(", ")}`);
		spawnSync("diff", ["-a", path.join(root, "wanted"), path.join(root, "served")], {stdio: ["ignore", 1, 1]});
	}
}
server.kill("SIGTERM");
const end = await done;
if (end !== 0 && !failed) { failed = 1; console.log(`gen serve ended with ${end}:\n${said}`); }
agent.destroy();
if (process.env.VERBOSE || failed) console.error(`${compared} states compared, ${refused} refused`, failed ? `kept in ${root}` : "");
else if (compared < steps / 4) { failed = 1; console.log(`only ${compared} of ${steps} states could be compared`); }
if (!failed) fs.rmSync(root, {recursive: true, force: true});
process.exit(failed);
