// browser.mjs: drives Debian's Chromium over edits, style sheets, errors and commits: pages reload by themselves with
// their scroll kept, styles change in place, the reason of an error comes and goes, one stream serves all tabs.
import {execFileSync, spawn} from "node:child_process";
import fs from "node:fs";
import {createRequire} from "node:module";
import path from "node:path";

const require = createRequire(path.join(process.argv[2] ?? path.join(import.meta.dirname, "../site"), "package.json"));
const {chromium} = require("playwright-core");
const root = fs.mkdtempSync(path.join(process.env.TMPDIR ?? "/tmp", "gen-browser-")), site = path.join(root, "archive"), port = 20000 + (process.pid % 12000);
const write = (name, text) => { fs.mkdirSync(path.dirname(path.join(site, name)), {recursive: true}); fs.writeFileSync(path.join(site, name), text); };
const git = (...words) => execFileSync("git", ["-C", site, ...words]);
let wrong = 0;
const check = (name, right) => { if (!right) { wrong++; console.log(`wrong: ${name}`); } };
const brief = (title, text) => `---\ntitle: ${title}\ndate: 2024-01-02\nauthor: Ada Park\n---\n${text}\n\n${"A paragraph to scroll over.\n\n".repeat(200)}`;

write("site.yaml", "title: Harbour Institute\nurl: https://briefs.example.org/policy\nlanguage: en\n");
write("content/briefs/water.md", brief("Water", "First text."));
write("content/briefs/bus.md", brief("Bus", "Other text."));
write("layouts/assets/style.css", "body { color: rgb(1, 2, 3) }\n");
git("init", "-q"), git("add", "-A"), git("commit", "-q", "-m", "First");
const start = (...more) => spawn("gen", ["serve", "--quiet", "--source", site, "--port", String(port), ...more], {stdio: "ignore", env: {...process.env, VISUAL: "/usr/bin/subl --wait"}});
let server = start();
const at = (address) => `http://localhost:${port}/policy${address}`;
for (let i = 0; i < 400; i++)
	try { await fetch(at("/")); break; } catch { await new Promise((yes) => setTimeout(yes, 25)); }
const browser = await chromium.launch({executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"]});
const context = await browser.newContext(), one = await context.newPage(), two = await context.newPage();
const errors = [];
for (const page of [one, two])
	page.on("pageerror", (e) => errors.push(String(e)));
await one.goto(at("/briefs/water/"));
await two.goto(at("/briefs/"));
await one.waitForTimeout(500);
const streams = () => fs.readFileSync("/proc/net/tcp", "latin1").split("\n").filter((l) => l.includes(` 0100007F:${port.toString(16).toUpperCase().padStart(4, "0")} `) && / 01 /.test(l)).length;
check(`one stream for both (${streams()} connections)`, streams() <= 12);

await one.evaluate(() => scrollTo(0, 900));
write("content/briefs/water.md", brief("Water again", "Second text."));
await one.getByText("Second text.").waitFor({timeout: 3000}).catch(() => check("the page reloads", false));
await two.getByText("Water again").first().waitFor({timeout: 3000}).catch(() => check("the list reloads", false));
await one.waitForTimeout(200);
const scrolled = await one.evaluate(() => scrollY);
check(`the scroll is kept (${scrolled})`, Math.abs(scrolled - 900) < 60);

await one.evaluate(() => { window.mark = 1; });
write("content/briefs/bus.md", brief("Bus", "Text that water does not show."));
await one.waitForTimeout(600);
check("a page that is the same stays", await one.evaluate(() => window.mark === 1));
write("layouts/assets/style.css", "body { color: rgb(4, 5, 6) }\n");
await one.waitForFunction(() => getComputedStyle(document.body).color === "rgb(4, 5, 6)", null, {timeout: 3000}).catch(() => check("styles change", false));
check("in place", await one.evaluate(() => window.mark === 1 && document.querySelectorAll("link[rel=stylesheet]").length >= 1));

write("content/briefs/water.md", "---\ntitle: [\n---\nBroken.\n");
await one.locator(".gen-faults").waitFor({timeout: 3000}).catch(() => check("the reason comes", false));
const opens = await one.locator(".gen-faults a").first().getAttribute("href");
check("it opens the editor", opens.startsWith(`subl://open?url=file://${fs.realpathSync(site)}/content/`) && /&line=\d+$/.test(opens), opens);
check("over the last good state", (await one.content()).includes("Second text."));
write("content/briefs/water.md", brief("Water", "Third text."));
await one.getByText("Third text.").waitFor({timeout: 3000}).catch(() => check("mended", false));
check("the reason goes", await one.locator(".gen-faults").count() === 0);

await one.goto(at("/_preview/"));
check("changes are listed", (await one.content()).includes("Water"));
git("add", "-A"), git("commit", "-q", "-m", "Second");
await one.getByText("2 briefs stay as public").waitFor({timeout: 3000}).catch(() => check("a commit is seen", false));

// The preview is ended and started again, with --navigate: pages come back, and follow what is saved.
server.kill("SIGINT");
await new Promise((yes) => server.on("exit", yes));
write("content/briefs/water.md", brief("Water", "Fourth text."));
server = start("--navigate");
await two.getByText("Fourth").waitFor({timeout: 10000}).catch(() => {});
await two.waitForTimeout(4000);
write("content/briefs/bus.md", brief("Bus", "Saved last."));
await two.getByText("Saved last.").waitFor({timeout: 5000}).catch(() => check("--navigate follows", false));
check("no script failed", errors.length === 0);
errors.forEach((e) => console.log(e));
await browser.close();
server.kill("SIGINT");
fs.rmSync(root, {recursive: true});
console.log(`${wrong} wrong`);
process.exit(wrong ? 1 : 0);
