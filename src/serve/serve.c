/* The preview: one generation of the site in memory, made anew when anything has changed, and pages rendered when they
 * are asked for. Two threads: the main one waits for changes; the server's answers. Both first take the lock and look
 * whether something has happened, so a request that follows a save sees it, however fast it follows. */
#include "serve/serve.h"

#include "build.h"
#include "graph/graph.h"
#include "lib/http.h"
#include "lib/watch.h"
#include "load/load.h"
#include "render/render.h"
#include "serve/request.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

typedef struct Preview {
	const Options *options;
	pthread_mutex_t lock;
	Archive archive;
	Site *site;          /* the generation that is shown */
	Renderer *renderer;
	Watch *watch;
	Http *http;
	bool content, deeper; /* what has changed: files of content; layouts, settings or commits */
	Buf page;
	Str changed;         /* the path seen last, for the line on the terminal */
	Buf changed_text;
} Preview;

static volatile sig_atomic_t ended;
static Watch *to_wake; /* handler: whom to wake */

static void on_signal(int number)
{
	(void)number;
	ended = 1;
	if (to_wake)
		watch_wake(to_wake);
}

/* ---- changes ---- */

static void on_change(void *user, Str folder, Str name)
{
	Preview *p = user;
	Str root = p->options->source;
	Str path = str_starts(folder, root) ? str_from(folder, root.n + (folder.n > root.n)) : folder;
	if (str_starts(name, S(".")) && !str_starts(name, S(".mailmap")) && !str_starts(path, S(".git")))
		return; /* editors' swap files */
	if (str_starts(path, S("content"))) {
		Arena a = {0};
		Str below = name.n ? str_printf(&a, "%.*s/%.*s", STR_ARG(path), STR_ARG(name)) : path;
		load_touch(p->archive.loader, below);
		buf_clear(&p->changed_text);
		buf_puts(&p->changed_text, below);
		arena_release(&a);
		p->content = true;
	} else {
		buf_clear(&p->changed_text);
		buf_puts(&p->changed_text, path.n ? path : name);
		p->deeper = true;
	}
}

/* Every folder that holds something of the archive, and those of git that move when a commit is made. */
static void watch_folders_of(Preview *p)
{
	Arena a = {0};
	DiskEntry *list;
	size_t n;
	static const Str roots[] = {STR_INIT("content"), STR_INIT("layouts"), STR_INIT("_layouts"), STR_INIT("_includes"),
	                            STR_INIT(".git/refs"), STR_INIT(".git/logs")};
	const char *root = str_c(&a, p->options->source);
	int folder = source_folder(p->archive.source);
	watch_add(p->watch, root);
	watch_add(p->watch, str_printf(&a, "%s/.git", root).p);
	for (size_t r = 0; r < sizeof roots / sizeof *roots; r++) {
		watch_add(p->watch, str_printf(&a, "%s/%.*s", root, STR_ARG(roots[r])).p);
		if (disk_list(folder, roots[r], DISK_WITH_FOLDERS | DISK_WITH_DOTS, &a, &list, &n))
			continue;
		for (size_t i = 0; i < n; i++)
			if (str_ends(list[i].path, S("/")))
				watch_add(p->watch, str_printf(&a, "%s/%.*s", root, (int)list[i].path.n - 1, list[i].path.p).p);
	}
	arena_release(&a);
}

/* A new generation in the place of the old one. */
static void derive(Preview *p)
{
	Site *old = p->site;
	p->site = build_site(&p->archive, NULL);
	renderer_forget(p->archive.renderer);
	site_release(old);
}

/* site.yaml, a layout or a commit: everything above the files is made anew. */
static void reopen(Preview *p)
{
	renderer_forget(p->archive.renderer);
	site_release(p->site);
	p->site = NULL;
	archive_close(&p->archive);
	if (archive_open(&p->archive, p->options))
		p->site = build_site(&p->archive, NULL);
	p->archive.report.quiet = true;
}

/* Under the lock. */
static void look(Preview *p)
{
	double from = report_clock();
	watch_poll(p->watch);
	if (!p->content && !p->deeper)
		return;
	if (p->deeper)
		reopen(p);
	else
		derive(p);
	p->content = p->deeper = false;
	watch_folders_of(p);
	if (p->http)
		http_send(p->http, S("reload"), S("1"));
	if (!p->options->quiet)
		fprintf(stderr, "%.*s changed: %.0f ms\n", STR_ARG(buf_str(&p->changed_text)), (report_clock() - from) * 1e3);
}

/* ---- requests ---- */

static const char reload_script[] =
	"<script>new EventSource(\"%s/_preview/events\").addEventListener(\"reload\",()=>location.reload())</script>\n";

/* Before </body>, or at the end. */
static void put_script(Preview *p, Buf *page)
{
	Str html = buf_str(page), mark = S("</body>");
	Buf out = {0};
	size_t at = str_find(html, mark);
	at = at == SIZE_MAX ? html.n : at;
	buf_puts(&out, str_upto(html, at));
	buf_printf(&out, reload_script, p->site->base.n ? str_c(&p->site->arena, p->site->base) : "");
	buf_puts(&out, str_from(html, at));
	buf_release(page);
	*page = out;
}

static void answer_leaf(Preview *p, const Leaf *leaf, int status, HttpAnswer *a)
{
	if (!render_leaf(p->archive.renderer, p->site, leaf, 0, &a->body)) {
		Diags *d = renderer_diags(p->archive.renderer, 0);
		buf_clear(&a->body);
		diags_sort(d);
		diags_print(d, &a->body, false, DIAG_WARNING);
		diags_clear(d);
		a->status = 500;
		a->type = S("text/plain; charset=utf-8");
		return;
	}
	a->status = status;
	a->type = request_type(leaf->path);
	if (str_ends(leaf->path, S(".html")))
		put_script(p, &a->body);
}

static void answer_path(Preview *p, const HttpRequest *q, HttpAnswer *a)
{
	Str path;
	const Leaf *leaf;
	if (!request_path(q->path, p->site->base, &a->arena, &path)) {
		a->status = 400;
		return;
	}
	if (str_eq(path, S("_preview/events"))) {
		a->stream = true;
		return;
	}
	bool folder = !path.n || str_ends(path, S("/"));
	leaf = graph_leaf(p->site, folder ? str_join(&a->arena, path, S("index.html")) : path);
	if (!leaf && !folder && graph_leaf(p->site, str_join(&a->arena, path, S("/index.html")))) {
		a->status = 301;
		a->location = str_join(&a->arena, q->path, S("/"));
		return;
	}
	if (leaf)
		answer_leaf(p, leaf, 200, a);
	else if ((leaf = graph_leaf(p->site, S("404.html"))))
		answer_leaf(p, leaf, 404, a);
	else
		a->status = 404;
}

static void handle(void *user, const HttpRequest *q, HttpAnswer *a)
{
	Preview *p = user;
	if (!request_allowed(q, p->options)) {
		a->status = 403;
		return;
	}
	pthread_mutex_lock(&p->lock);
	look(p);
	if (p->site)
		answer_path(p, q, a);
	else
		a->status = 503;
	pthread_mutex_unlock(&p->lock);
	request_finish(q, a);
}

/* ---- gen serve ---- */

static bool start(Preview *p)
{
	const Options *o = p->options;
	Arena a = {0};
	HttpOptions http = {.address = o->bind.n ? str_c(&a, o->bind) : "127.0.0.1", .port = (uint16_t)o->port, .handler = handle, .user = p};
	p->http = http_open(&http);
	if (!p->http)
		fprintf(stderr, "gen: cannot listen on %s port %d: %s\n  = another gen serve may be running; gen serve --port %d takes another port\n",
		        http.address, (int)o->port, disk_why(errno), (int)o->port + 1);
	arena_release(&a);
	return p->http != NULL;
}

static void wait_for_changes(Preview *p)
{
	while (!ended) {
		watch_wait(p->watch, 1000);
		pthread_mutex_lock(&p->lock);
		look(p);
		pthread_mutex_unlock(&p->lock);
	}
}

int serve_run(const Options *given)
{
	Options options = *given;
	options.drafts = !given->no_drafts;
	Preview p = {.options = &options};
	pthread_mutex_init(&p.lock, NULL);
	int status = 3;
	if (archive_open(&p.archive, &options)) {
		p.archive.report = report_start(&options);
		p.watch = to_wake = watch_open(on_change, &p);
		watch_folders_of(&p);
		p.site = build_site(&p.archive, NULL);
		p.archive.report.quiet = true;
		signal(SIGINT, on_signal);
		signal(SIGTERM, on_signal);
		if (start(&p)) {
			fprintf(stderr, "http://localhost:%d%.*s/   (Ctrl-C ends it)\n", (int)options.port, STR_ARG(p.site->base));
			wait_for_changes(&p);
			status = 0;
		}
		http_close(p.http);
	}
	report_diags(&p.archive.diags, DIAG_ERROR);
	site_release(p.site);
	archive_close(&p.archive);
	watch_close(p.watch);
	buf_release(&p.changed_text);
	pthread_mutex_destroy(&p.lock);
	return status;
}
