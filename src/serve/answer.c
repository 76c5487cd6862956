#include "serve/answer.h"

#include "graph/graph.h"
#include "render/render.h"
#include "serve/request.h"
#include "serve/overview.h"

#include <stdlib.h>

/* ---- what the preview adds to a page ---- */

/* The links by which editors open a file, by the command that --editor, $VISUAL or $EDITOR names. The first stands for
 * those that are not here: a browser that knows no such editor says so. */
static const struct {
	Str command, link;
} editors[] = {
	{STR_INIT("code"), STR_INIT("vscode://file{file}:{line}")},
	{STR_INIT("codium"), STR_INIT("vscodium://file{file}:{line}")},
	{STR_INIT("cursor"), STR_INIT("cursor://file{file}:{line}")},
	{STR_INIT("zed"), STR_INIT("zed://file{file}:{line}")},
	{STR_INIT("subl"), STR_INIT("subl://open?url=file://{file}&line={line}")},
	{STR_INIT("mate"), STR_INIT("txmt://open?url=file://{file}&line={line}")},
	{STR_INIT("idea"), STR_INIT("idea://open?file={file}&line={line}")},
};

static Str editor_link(const Options *o)
{
	const char *visual = getenv("VISUAL"), *editor = getenv("EDITOR");
	Str named = o->editor.n ? o->editor : str_of(visual && *visual ? visual : editor ? editor : "");
	if (str_find(named, S("{file}")) != SIZE_MAX)
		return named;
	Str command = str_upto(named, str_find_char(named, ' ')); /* code --wait */
	command = str_from(command, str_rfind_char(command, '/') + 1);
	for (size_t i = 0; i < sizeof editors / sizeof *editors; i++)
		if (str_eq(editors[i].command, command))
			return editors[i].link;
	return editors[0].link;
}

/* A link that opens a file, with its whole path for {file} and the line for {line}. */
static void put_editor_link(Buf *b, const Options *o, const Diag *d)
{
	Arena a = {0};
	char *folder = realpath(str_c(&a, o->source), NULL);
	Str file = str_join(&a, folder ? str_of(folder) : o->source, str_join(&a, S("/"), d->file)), rest = editor_link(o);
	Buf link = {0};
	while (rest.n) {
		bool is_file = str_starts(rest, S("{file}")), is_line = str_starts(rest, S("{line}"));
		if (is_file)
			buf_puts(&link, file);
		else if (is_line)
			buf_printf(&link, "%u", d->line ? d->line : 1);
		else
			buf_putc(&link, *rest.p);
		rest = str_from(rest, is_file || is_line ? 6 : 1);
	}
	buf_lit(b, "<a href=\"");
	esc_url(b, buf_str(&link));
	buf_lit(b, "\">open</a>\n");
	buf_release(&link);
	free(folder);
	arena_release(&a);
}

/* Under a heading. Whatever stands in a message is text, hostile file names too. */
static void put_faults(Buf *b, const Follow *f, const Diags *faults, const char *heading)
{
	enum { SHOWN = 20 };
	size_t n = 0;
	for (size_t i = 0; i < faults->n; i++) {
		const Diag *d = &faults->list[i];
		if (d->level < DIAG_ERROR || ++n > SHOWN)
			continue;
		if (n == 1)
			buf_printf(b, "<aside class=\"gen-faults\" role=\"alert\">\n<h2>%s</h2>\n", heading);
		Diags one = {0};
		Buf text = {0};
		diag_add(&one, *d);
		diags_print(&one, &text, false, DIAG_ERROR);
		buf_lit(b, "<pre>");
		esc_text(b, buf_str(&text));
		buf_lit(b, "</pre>\n");
		if (d->file.n)
			put_editor_link(b, f->options, d);
		buf_release(&text);
		diags_release(&one);
	}
	if (n > SHOWN)
		buf_printf(b, "<p>and %zu more</p>\n", n - SHOWN);
	if (n)
		buf_lit(b, "</aside>\n");
}

/* Before the end of the body, or at the end. The page's own hash stands in the tag, and is its ETag. */
static void put_preview(Follow *f, const Document *page, HttpAnswer *a)
{
	Str html = buf_str(&a->body), base = f->site->base;
	size_t at = str_find(html, S("</body>"));
	Buf out = {0}, faults = {0}, tag = {0};
	Diags all = {0}, checks = {0};
	follow_faults(f, &all);
	put_faults(&faults, f, &all, "This is the last good state. What keeps the newest one from being shown:");
	follow_checks(f, page, &checks);
	put_faults(&faults, f, &checks, "What is shown is the newest state, but a build would stop at this:");
	HashStream *h = hash_start();
	hash_more(h, html);
	hash_more(h, buf_str(&faults));
	buf_putc(&tag, '"');
	buf_put_hash(&tag, hash_end(h));
	buf_putc(&tag, '"');
	a->etag = str_dup(&a->arena, buf_str(&tag));
	buf_puts(&out, str_upto(html, at));
	if (faults.n)
		buf_printf(&out, "<link rel=\"stylesheet\" href=\"%.*s/_preview/style.css\">\n", STR_ARG(base));
	buf_puts(&out, buf_str(&faults));
	buf_printf(&out, "<script src=\"%.*s/_preview/live.js\" data-tag=\"&quot;%.*s&quot;\"></script>\n", STR_ARG(base), (int)a->etag.n - 2, a->etag.p + 1);
	buf_puts(&out, str_from(html, at));
	buf_release(&a->body);
	a->body = out;
	buf_release(&faults);
	buf_release(&tag);
	diags_release(&all);
	diags_release(&checks);
}

/* ---- pages of the site ---- */

static void answer_failed(Follow *f, HttpAnswer *a)
{
	Diags *d = renderer_diags(f->archive->renderer, 0);
	Buf text = {0};
	buf_clear(&a->body);
	diags_sort(d);
	diags_print(d, &text, false, DIAG_WARNING);
	buf_lit(&a->body, "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>This page cannot be shown</title></head>\n<body>\n<h1>This page cannot be shown</h1>\n<pre>");
	esc_text(&a->body, buf_str(&text));
	buf_lit(&a->body, "</pre>\n</body>\n</html>\n");
	buf_release(&text);
	a->status = 500;
	a->type = S("text/html; charset=utf-8");
	put_preview(f, NULL, a);
}

static void answer_leaf(Follow *f, const Leaf *leaf, int status, HttpAnswer *a)
{
	bool done = render_leaf(f->archive->renderer, f->site, leaf, 0, &a->body);
	if (done) {
		a->status = status;
		a->type = request_type(leaf->path);
		if (str_ends(leaf->path, S(".html")))
			put_preview(f, leaf->page ? leaf->page->document : NULL, a);
	} else {
		answer_failed(f, a);
	}
	diags_clear(renderer_diags(f->archive->renderer, 0));
}

static void answer_missing(Follow *f, HttpAnswer *a)
{
	const Leaf *leaf = graph_leaf(f->site, S("404.html"));
	a->status = 404;
	if (leaf)
		answer_leaf(f, leaf, 404, a);
}

static void answer_site(Follow *f, const HttpRequest *q, Str path, HttpAnswer *a)
{
	bool folder = !path.n || str_ends(path, S("/"));
	const Leaf *leaf = graph_leaf(f->site, folder ? str_join(&a->arena, path, S("index.html")) : path);
	if (leaf) {
		answer_leaf(f, leaf, 200, a);
	} else if (!folder && graph_leaf(f->site, str_join(&a->arena, path, S("/index.html")))) {
		a->status = 301;
		a->location = str_join(&a->arena, q->path, S("/"));
	} else {
		answer_missing(f, a);
	}
}

/* ---- /_preview/ ---- */

static void answer_own_file(Follow *f, Str path, HttpAnswer *a)
{
	Str text;
	bool own;
	if (source_layout(f->archive->source, str_from(path, 1), &a->arena, &text, &own)) {
		a->status = 404;
		return;
	}
	buf_puts(&a->body, text);
	a->type = request_type(path);
}

/* The address of the page whose file was saved last. */
static void answer_newest(Follow *f, HttpAnswer *a)
{
	const Target *t = table_get(&f->site->by_path, buf_str(&f->seen));
	a->type = S("text/plain; charset=utf-8");
	if (t && t->document && t->state == TARGET_PUBLIC)
		buf_printf(&a->body, "%.*s%.*s", STR_ARG(f->site->base), STR_ARG(t->address));
	else
		a->status = 404;
}

static void answer_view(Follow *f, Str below, HttpAnswer *a)
{
	if (!overview_page(f, below, &a->body)) {
		if (diags_worst(renderer_diags(f->archive->renderer, 0)) >= DIAG_ERROR)
			answer_failed(f, a);
		else
			answer_missing(f, a);
	} else {
		a->type = S("text/html; charset=utf-8");
		put_preview(f, NULL, a);
	}
	diags_clear(renderer_diags(f->archive->renderer, 0));
}

void answer(Follow *f, const HttpRequest *q, HttpAnswer *a)
{
	Str path;
	if (!f->site) {
		a->status = 503;
	} else if (!request_path(q->path, f->site->base, &a->arena, &path)) {
		a->status = str_eq(q->path, f->site->base) ? 301 : 404;
		if (a->status == 301)
			a->location = str_join(&a->arena, q->path, S("/"));
	} else if (str_eq(path, S("_preview/events"))) {
		a->stream = true;
	} else if (str_eq(path, S("_preview/live.js")) || str_eq(path, S("_preview/style.css"))) {
		answer_own_file(f, path, a);
	} else if (str_eq(path, S("_preview/newest"))) {
		answer_newest(f, a);
	} else if (str_starts(path, S("_preview/"))) {
		answer_view(f, str_from(path, 9), a);
	} else {
		answer_site(f, q, path, a);
	}
}
