// What the preview puts into each page: reloads it when it has changed. One stream serves all tabs, by a shared
// worker that is this same file; where there is none, each tab has its own. Events say that something has happened,
// never what: the page is asked for again.
"use strict";
const inWorker = typeof document === "undefined";
const base = new URL(".", inWorker ? self.location.href : document.currentScript.src);

function listen(tell) {
	const stream = new EventSource(new URL("events", base));
	for (const kind of ["reload", "styles", "navigate"])
		stream.addEventListener(kind, () => tell(kind));
	// A preview that was ended and started again may show another state.
	let lost = false;
	stream.addEventListener("error", () => { lost = true; });
	stream.addEventListener("open", () => { if (lost) tell("reload"); lost = false; });
}

if (inWorker) {
	const tabs = new Set();
	self.onconnect = (event) => tabs.add(event.ports[0]);
	listen((kind) => tabs.forEach((tab) => tab.postMessage(kind)));
} else {
	const shown = document.currentScript.dataset.tag;

	// A browser keeps the scroll over a reload only while it holds the page to be the same one.
	const place = "preview:" + location.pathname, kept = Number(sessionStorage.getItem(place));
	sessionStorage.removeItem(place);
	if (kept)
		addEventListener("load", () => scrollTo({top: kept, behavior: "instant"}));
	function again() {
		sessionStorage.setItem(place, scrollY);
		location.reload();
	}

	async function reload() {
		const answer = await fetch(location.href, {method: "HEAD", cache: "no-store"});
		if (answer.headers.get("ETag") !== shown)
			again();
	}

	// Style sheets alone: each is taken in beside the old one, which goes when the new one is there.
	async function restyle() {
		const answer = await fetch(location.href, {cache: "no-store"});
		const page = new DOMParser().parseFromString(await answer.text(), "text/html");
		const fresh = page.querySelectorAll("link[rel=stylesheet]"), old = document.querySelectorAll("link[rel=stylesheet]");
		if (fresh.length !== old.length)
			return again();
		old.forEach((link, i) => {
			const next = link.cloneNode();
			const url = new URL(fresh[i].getAttribute("href"), location.href);
			if (url.href === link.href)
				url.searchParams.set("again", Date.now());
			next.addEventListener("load", () => link.remove());
			next.href = url.href;
			link.after(next);
		});
	}

	async function navigate() {
		const answer = await fetch(new URL("newest", base), {cache: "no-store"});
		const address = await answer.text();
		if (answer.ok && address.startsWith("/") && new URL(address, location.href).pathname !== location.pathname)
			location.assign(address);
		else
			reload();
	}

	const acts = {reload, styles: restyle, navigate};
	const act = (kind) => acts[kind]().catch(() => {}); // the preview has ended; the stream says when it is back
	if (typeof SharedWorker === "function") {
		const worker = new SharedWorker(document.currentScript.src, "preview");
		worker.port.onmessage = (event) => act(event.data);
		worker.port.start();
		addEventListener("pagehide", () => worker.port.close());
	} else {
		listen(act);
	}
}
