// check PUBLIC: holds a built site against checkers that are not ours, and writes TAP (tests/run reads it).
//   vnu             the W3C's validator, every page and style sheet
//   html-validate   every page, a second opinion that also knows good practice
//   links           every address a page names on this site is a file, and every #part an id in it
//   xml, json       feeds, sitemaps and data parse, and what they list is there
//   axe             WCAG 2.2 AA in Chromium, light, dark and 320 pixels wide
//   chromium        no request to another host, no error on the console, everything readable without JavaScript
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { readFileSync, readdirSync, statSync, existsSync } from 'node:fs';
import { join, relative, extname, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { HtmlValidate } from 'html-validate';
import { chromium } from 'playwright-core';

const here = dirname(fileURLToPath(import.meta.url));
const root = process.argv[2];
const files = walk(root).sort();
const pages = files.filter(f => f.endsWith('.html'));
const text = new Map(pages.map(f => [f, readFileSync(join(root, f), 'utf8')]));

function walk(folder) {
	return readdirSync(folder, { withFileTypes: true }).flatMap(e =>
		e.isDirectory() ? walk(join(folder, e.name)) : [relative(root, join(folder, e.name))]);
}

// One line of TAP: what stands in `faults` first, at most thirty of them.
function report(name, faults, count) {
	for (const f of faults.slice(0, 30)) console.log('# ' + f.replace(/\s*\n\s*/g, ' '));
	if (faults.length > 30) console.log(`# ... and ${faults.length - 30} more`);
	console.log(`${faults.length || !count ? 'not ok' : 'ok'} - ${name}, ${count} checked`);
}

const decode = s => s.replace(/&(amp|quot|lt|gt|#39|#x27|apos);/g, (_, e) => ({ amp: '&', quot: '"', lt: '<', gt: '>' })[e] ?? "'");
// The base path that the site was built for, as its home page says.
const canonical = /<link[^>]*rel="?canonical"?[^>]*href="?([^"> ]+)/.exec(text.get('index.html') ?? '')?.[1];
const base = canonical ? new URL(decode(canonical)).pathname : '/';
const origin = canonical ? new URL(decode(canonical)).origin : 'http://localhost';

// The file that an address of the site stands for, or nothing.
function file_of(path) {
	if (!path.startsWith(base)) return;
	let p = decodeURIComponent(path.slice(base.length));
	if (p === '' || p.endsWith('/')) p += 'index.html';
	return existsSync(join(root, p)) && statSync(join(root, p)).isFile() ? p : undefined;
}

async function vnu() {
	const jar = join(here, 'node_modules/vnu-jar/build/dist/vnu.jar');
	const { stderr } = await promisify(execFile)('java', ['-Xss8m', '-jar', jar, '--exit-zero-always', '--skip-non-html', '--also-check-css', '--also-check-svg', '--format', 'json', root],
		{ maxBuffer: 1 << 28 });
	const faults = JSON.parse(stderr).messages.map(m =>
		`${relative(root, fileURLToPath(m.url))}:${m.lastLine ?? 0}: ${m.type}: ${m.message}`);
	report('vnu', faults, pages.length);
}

async function html_validate() {
	const checker = new HtmlValidate(JSON.parse(readFileSync(join(here, 'html-validate.json'), 'utf8')));
	const faults = [];
	for (const [f, t] of text)
		for (const r of (await checker.validateString(t, f)).results)
			for (const m of r.messages) faults.push(`${f}:${m.line}:${m.column}: ${m.ruleId}: ${m.message}`);
	report('html-validate', faults, pages.length);
}

function links() {
	const ids = new Map([...text].map(([f, t]) => [f, new Set([...t.matchAll(/\sid="([^"]*)"/g)].map(m => decode(m[1])))]));
	const faults = [];
	let count = 0;
	for (const [f, t] of text) {
		const self = new URL(f.replace(/(^|\/)index\.html$/, '$1'), origin + base);
		for (const [, , quoted] of t.replace(/<(pre|code|script|style)\b[\s\S]*?<\/\1>/g, '').matchAll(/\s(href|src|poster|data)="([^"]*)"/g)) {
			let url;
			try { url = new URL(decode(quoted), self); } catch { faults.push(`${f}: not an address: ${quoted}`); continue; }
			if (url.origin !== origin) continue;
			count++;
			const target = file_of(url.pathname);
			if (!target) faults.push(`${f}: nothing at ${quoted}`);
			else if (url.hash.length > 1 && ids.has(target) && !ids.get(target).has(decodeURIComponent(url.hash.slice(1))))
				faults.push(`${f}: no ${url.hash} in ${target}`);
		}
	}
	report('links', faults, count);
}

function json() {
	const faults = [], found = files.filter(f => /\.json$/.test(f));
	for (const f of found) try { JSON.parse(readFileSync(join(root, f), 'utf8')); } catch (e) { faults.push(`${f}: ${e.message}`); }
	for (const [f, t] of text)
		for (const [, data] of t.matchAll(/<script[^>]*type="?application\/ld\+json"?[^>]*>([\s\S]*?)<\/script>/g))
			try { JSON.parse(data); } catch (e) { faults.push(`${f}: JSON-LD: ${e.message}`); }
	report('json', faults, found.length + pages.length);
}

async function xml(page) {
	const faults = [], found = files.filter(f => /\.(xml|svg)$/.test(f));
	for (const f of found) {
		const { error, addresses, missing } = await page.evaluate(source => {
			const d = new DOMParser().parseFromString(source, 'text/xml');
			const all = (n, a) => [...d.getElementsByTagName(n)].map(e => a ? e.getAttribute(a) : e.textContent);
			const one = (e, n) => [...e.children].some(c => c.localName === n);
			const missing = d.documentElement.localName === 'feed'
				? [d.documentElement, ...d.getElementsByTagName('entry')].flatMap(e => ['id', 'title', 'updated'].filter(n => !one(e, n)).map(n => `${e.localName} without ${n}`)) : [];
			return { error: d.querySelector('parsererror')?.textContent, addresses: [...all('loc'), ...all('link', 'href')], missing };
		}, readFileSync(join(root, f), 'utf8'));
		if (error) faults.push(`${f}: ${error}`);
		faults.push(...missing.map(m => `${f}: ${m}`));
		for (const a of addresses.filter(Boolean)) {
			const url = new URL(a, origin + base);
			if (url.origin === origin && !file_of(url.pathname)) faults.push(`${f}: lists ${a}, which is not there`);
		}
	}
	report('xml', faults, found.length);
}

// A page of each kind: of those whose address has the same shape, the largest, so that most parts are seen.
function kinds() {
	const shape = f => f.replace(/\/v\d+\//, '/v/').split('/').map((p, i, a) => i === 0 || i === a.length - 1 || /^(v|changes|since|history|page)$/.test(p) ? p : '*').join('/');
	const best = new Map();
	for (const f of pages) {
		const s = shape(f);
		if (!/http-equiv="?refresh/i.test(text.get(f)) && (!best.has(s) || text.get(f).length > text.get(best.get(s)).length)) best.set(s, f);
	}
	return [...best.values()];
}

async function browse() {
	const types = { '.html': 'text/html; charset=utf-8', '.css': 'text/css', '.js': 'text/javascript', '.mjs': 'text/javascript', '.json': 'application/json', '.svg': 'image/svg+xml', '.xml': 'application/xml', '.png': 'image/png', '.jpg': 'image/jpeg', '.webp': 'image/webp', '.woff2': 'font/woff2', '.pdf': 'application/pdf' };
	const server = createServer((q, a) => {
		const f = file_of(new URL(q.url, 'http://x').pathname);
		a.writeHead(f ? 200 : 404, { 'content-type': types[extname(f ?? '')] ?? 'application/octet-stream' });
		a.end(f ? readFileSync(join(root, f)) : '');
	});
	await new Promise(done => server.listen(0, '127.0.0.1', done));
	const at = `http://127.0.0.1:${server.address().port}${base}`;
	const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'] });
	const axe = readFileSync(join(here, 'node_modules/axe-core/axe.min.js'), 'utf8');
	const barriers = [], errors = [], foreign = [], sideways = [], silent = [];
	const chosen = kinds();
	let seen = 0;
	for (const look of [{ colorScheme: 'light' }, { colorScheme: 'dark' }, { colorScheme: 'light', viewport: { width: 320, height: 640 } }]) {
		const context = await browser.newContext({ ...look, bypassCSP: true });
		const page = await context.newPage();
		let current;
		page.on('console', m => m.type() === 'error' && !m.location().url.endsWith('/favicon.ico') /* the browser's own wish */ && errors.push(`${current}: ${m.text()} ${m.location().url}`));
		page.on('pageerror', e => errors.push(`${current}: ${e.message}`));
		page.on('request', q => !q.url().startsWith(at) && !/^(data|blob|about):/.test(q.url()) && foreign.push(`${current}: asks ${q.url()}`));
		for (current of chosen) {
			await page.goto(at + current.split('/').map(encodeURIComponent).join('/'), { waitUntil: 'load' });
			await page.evaluate(axe);
			const { violations } = await page.evaluate(() => axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
			for (const v of violations) barriers.push(`${current} (${look.viewport ? '320 pixels' : look.colorScheme}): ${v.id}: ${v.help}: ${v.nodes[0].html.slice(0, 160)}`);
			if (look.viewport && await page.evaluate(() => document.documentElement.scrollWidth > innerWidth + 1)) sideways.push(`${current}: scrolls sideways at 320 pixels`);
			seen++;
		}
		if (!look.viewport && look.colorScheme === 'light') await xml(page);
		await context.close();
	}
	const plain = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
	for (const f of chosen) {
		await plain.goto(at + f.split('/').map(encodeURIComponent).join('/'));
		if ((await plain.locator('main').innerText()).trim().length < 20) silent.push(`${f}: nothing to read without JavaScript`);
	}
	await browser.close();
	server.close();
	report('axe', barriers, seen);
	report('console errors', errors, seen);
	report('requests to other hosts', foreign, seen);
	report('reflow at 320 pixels', sideways, chosen.length);
	report('without JavaScript', silent, chosen.length);
}

links();
json();
await Promise.all([vnu(), html_validate()]);
await browse();
