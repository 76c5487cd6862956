// endurance.mjs [LONG]: what lasts and what overflows: too few descriptors and watches, an event that never came, a storm
// of saves, thousands of open pages, heads of requests that never end, and being ended again and again. With LONG, idle
// pages are watched for a minute, and the end is tried a hundred times.
import {execFileSync, spawn, spawnSync} from "node:child_process";
import fs from "node:fs";
import http from "node:http";
import net from "node:net";
import path from "node:path";

const long = Boolean(process.argv[2]);
const root = fs.mkdtempSync(path.join(process.env.TMPDIR ?? "/tmp", "gen-endurance-")), site = path.join(root, "archive");
const port = 20000 + (process.pid % 12000);
const write = (name, text) => { fs.mkdirSync(path.dirname(path.join(site, name)), {recursive: true}); fs.writeFileSync(path.join(site, name), text); };
const wait = (ms) => new Promise((yes) => setTimeout(yes, ms));
const brief = (text) => `---\ntitle: Water\ndate: 2024-01-02\nauthor: Ada Park\n---\n${text}\n`;
let failed = 0;
const check = (name, right, said = "") => {
	if (process.env.VERBOSE) console.error(right ? "ok" : "wrong", name, said);
	if (!right) { failed++; console.log(`wrong: ${name} ${said}`); }
};
const get = (address) => new Promise((yes) => {
	const q = http.get({host: "127.0.0.1", port, path: address, headers: {Host: "localhost"}, agent: false, timeout: 3000}, (r) => {
		const parts = [];
		r.on("data", (b) => parts.push(b)).on("end", () => yes(Buffer.concat(parts).toString())).on("error", () => yes(""));
	});
	q.on("error", () => yes("")).on("timeout", () => q.destroy());
});
async function shows(address, text, ms) { // within so many milliseconds, or never
	for (const from = Date.now(); Date.now() - from < ms; await wait(20))
		if ((await get(address)).includes(text)) return true;
	return false;
}
const start = (...before) => {
	const words = [...before, "gen", "serve", "--quiet", "--source", site, "--port", String(port)];
	const s = spawn(words[0], words.slice(1), {stdio: ["ignore", "inherit", "pipe"]});
	s.said = "";
	s.stderr.on("data", (b) => { s.said += b; });
	s.over = new Promise((yes) => s.on("exit", (code, signal) => yes(signal ?? code)));
	return s;
};
const ready = () => shows("/", "<html", 20000);
const cpu = (pid) => fs.readFileSync(`/proc/${pid}/stat`, "latin1").split(") ")[1].split(" ").slice(11, 13).reduce((a, b) => a + Number(b), 0) * 10; // ms
const resident = (pid) => Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, "latin1"))[1]) / 1024; // MiB
const open = (bytes) => new Promise((yes) => { const s = net.connect(port, "127.0.0.1"); s.on("error", () => yes(s)).on("connect", () => { s.write(bytes); yes(s); }); });
async function median(address) {
	const times = [];
	for (let i = 0; i < 21; i++) { const from = process.hrtime.bigint(); await get(address); times.push(Number(process.hrtime.bigint() - from) / 1e6); }
	return times.sort((a, b) => a - b)[10];
}

write("site.yaml", "title: Harbour Institute\nurl: https://briefs.example.org/\nlanguage: en\n");
write("content/briefs/water.md", brief("First text."));
write("content/briefs/bus.md", brief("Of buses."));
let server = start();
await ready();

// An event that never came: a file written by its other name, outside the archive, is found when something else is saved.
fs.linkSync(path.join(site, "content/briefs/bus.md"), path.join(root, "bus.md"));
await wait(1500);
await get("/");
fs.writeFileSync(path.join(root, "bus.md"), brief("Of other buses."));
await get("/");
write("content/briefs/water.md", brief("Second text."));
check("a lost event is found by looking", await shows("/briefs/bus/", "Of other buses.", 4000));

// A storm: a thousand saves as fast as they go; the last one is what is served, and memory is as it was.
let before = resident(server.pid);
for (let round = 0; round < 3; round++) {
	for (let i = 0; i < 1000; i++) {
		write("content/briefs/water.md", brief(`Text ${round}.${i}.`));
		if (i % 50 === 49) await wait(20);
	}
	check(`storm ${round}`, (await get("/briefs/water/")).includes(`Text ${round}.999.`));
	await wait(1200);
}
check("memory after the storms", resident(server.pid) - before < 16, `${before.toFixed(1)} to ${resident(server.pid).toFixed(1)} MiB`);

// Idle pages: they cost little memory and no time.
before = resident(server.pid);
const quick = await median("/briefs/water/"), streams = [];
for (let i = 0; i < 2000; i++)
	streams.push(await open("GET /_preview/events HTTP/1.1\r\nHost: localhost\r\n\r\n"));
await wait(1500);
const spent = cpu(server.pid);
await wait(long ? 60000 : 3000);
check("2,000 idle pages take no time", cpu(server.pid) - spent <= (long ? 20 : 60), `${cpu(server.pid) - spent} ms`);
check("and little memory", resident(server.pid) - before < 40, `${(resident(server.pid) - before).toFixed(1)} MiB`);
const crowded = await median("/briefs/water/");
check("and nobody waits longer", crowded < quick + (long ? 3 : 30), `${quick.toFixed(2)} to ${crowded.toFixed(2)} ms`);
write("content/briefs/water.md", brief("For all of them."));
let told = 0;
streams.forEach((s) => s.on("data", (b) => { if (b.includes("event: reload")) told++; }));
await wait(1500);
check("all are told of a change", told === 2000, `${told}`);
streams.forEach((s) => s.destroy());
await wait(500);

// A head that never ends: each byte comes in time, the whole does not.
const from = Date.now(), slow = await open("GET / HTTP/1.1\r\nX: ");
const dripping = setInterval(() => slow.write("x"), 400);
await new Promise((yes) => { slow.on("close", yes).resume(); setTimeout(yes, 15000); });
clearInterval(dripping);
check("a head that never ends is ended after five seconds", Date.now() - from > 4500 && Date.now() - from < (long ? 6500 : 12000), `${Date.now() - from} ms`);

// No descriptors left: no busy waiting, and whoever comes later is served.
const used = fs.readdirSync(`/proc/${server.pid}/fd`).length;
if (spawnSync("prlimit", ["--pid", String(server.pid), `--nofile=${used + 8}:${used + 8}`]).status === 0) {
	const crowd = [];
	for (let i = 0; i < 40; i++)
		crowd.push(await open("GET /_preview/events HTTP/1.1\r\nHost: localhost\r\n\r\n"));
	await wait(300);
	const then = cpu(server.pid);
	await wait(2000);
	check("without descriptors it waits without work", cpu(server.pid) - then < 200, `${cpu(server.pid) - then} ms in 2 s`);
	crowd.forEach((s) => s.destroy());
	check("and serves whoever comes later", await shows("/briefs/water/", "For all of them.", 15000));
	spawnSync("prlimit", ["--pid", String(server.pid), "--nofile=1024:1024"]);
}

// Ended with pages open, again and again: under a second, and nothing is left that keeps the next from the port.
for (let i = 0; i < (long ? 100 : 5); i++) {
	await ready();
	const page = await open("GET /_preview/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
	const asked = Date.now();
	server.kill("SIGINT");
	const end = await server.over;
	check(`ended ${i}`, end === 0 && Date.now() - asked < (long ? 1000 : 5000), `${end} after ${Date.now() - asked} ms`);
	page.destroy();
	server = start();
}
await ready();
server.kill("SIGINT");
await server.over;

// A large archive keeps no texts in memory: one that breaks for the first time is shown as it was committed.
for (let i = 0; i < 40; i++)
	write(`content/briefs/long${i}.md`, `---\ntitle: Long ${i}\ndate: 2024-01-02\nauthor: Ada Park\n---\nText of long ${i}.\n\n${"Words upon words. ".repeat(60).concat("\n\n").repeat(1200)}`);
for (const words of [["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "All"]])
	execFileSync("git", ["-C", site, ...words]);
server = start();
await ready();
write("content/briefs/long9.md", "---\ntitle: [\n---\nBroken.\n");
const broken = await get("/briefs/long9/");
check("a long text that breaks is shown as it was", broken.includes("Text of long 9.") && broken.includes("gen-faults") && !broken.includes("<p>Broken."));
server.kill("SIGINT");
await server.over;
for (let i = 0; i < 40; i++)
	fs.rmSync(path.join(site, `content/briefs/long${i}.md`));

// No watches left: said once, and changes are found by looking.
const limit = "echo 2 >/proc/sys/user/max_inotify_watches && exec \"$@\"";
if (spawnSync("unshare", ["-Ur", "sh", "-c", limit, "sh", "true"]).status === 0) {
	server = start("unshare", "-Ur", "sh", "-c", limit, "sh");
	await ready();
	check("too few watches are said", server.said.split("every 2 seconds").length === 2, server.said);
	write("content/briefs/water.md", brief("Found by looking."));
	check("and changes are found", await shows("/briefs/water/", "Found by looking.", 5000));
	server.kill("SIGINT");
	await server.over;
}
fs.rmSync(root, {recursive: true});
console.log(`${failed} wrong`);
process.exit(failed ? 1 : 0);
