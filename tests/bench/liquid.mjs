#!/usr/bin/env node
// liquid.mjs [FOLDER WITH node_modules]: gen's engine beside LiquidJS in one run, on the templates and data of
// tests/bench/liquid/. Prints a table: bytes a page, pages a CPU second of each, and how many times faster.
// Where LiquidJS is not installed, its column says so.
import { readFileSync, readdirSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = join(dirname(fileURLToPath(import.meta.url)), 'liquid');
const program = process.env.BENCH ?? join(here, '../../../build/release/bench/liquid');
const folder = resolve(process.argv[2] ?? '.');
let Liquid;
try {
	({ Liquid } = createRequire(join(folder, 'x.js'))('liquidjs'));
} catch {
	console.log(`LiquidJS is absent below ${folder}: npm install liquidjs@10.30`);
}

function peer(text, data, seconds) {
	const engine = new Liquid({ outputEscape: 'escape', jekyllWhere: true });
	const template = engine.parse(text);
	for (let i = 0; i < 200; i++) engine.renderSync(template, data); // warm
	const start = process.cpuUsage();
	let pages = 0, used = 0;
	do {
		for (let i = 0; i < 20; i++, pages++) engine.renderSync(template, data);
		const now = process.cpuUsage(start);
		used = (now.user + now.system) / 1e6;
	} while (used < seconds);
	return pages / used;
}

const data = JSON.parse(readFileSync(join(here, 'data.json'), 'utf8'));
for (const name of readdirSync(here).filter(n => n.endsWith('.liquid')).sort()) {
	const ours = JSON.parse(execFileSync(program, [join('tests/bench/liquid', name), 'tests/bench/liquid/data.json', '20000'], { cwd: join(here, '../../..'), encoding: 'utf8' }));
	const theirs = Liquid ? peer(readFileSync(join(here, name), 'utf8'), data, 2) : NaN;
	const rate = ours.pages_per_cpu_second;
	console.log(`${name.padEnd(16)} ${ours.bytes} bytes  gen ${rate.toFixed(0)} pages/s  LiquidJS ${Liquid ? theirs.toFixed(0) : 'absent'}  ${Liquid ? (rate / theirs).toFixed(1) + ' times' : ''}`);
}
