#include "lib/json.h"
#include "links.h"
#include "render/parts.h"

#include "base/utf8.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

Renderer *renderer_new(Layouts *layouts, int workers, bool strict)
{
	Renderer *r = mem_alloc(sizeof *r);
	*r = (Renderer){.layouts = layouts, .workers_n = workers, .strict = strict, .memo = liquid_memo_new(0)};
	r->workers = mem_resize(NULL, (size_t)workers, sizeof(RenderWorker));
	for (int i = 0; i < workers; i++) {
		r->workers[i] = (RenderWorker){.layouts = layouts};
		r->workers[i].icu = icu_open();
		r->workers[i].versions = versions_new(r->workers[i].icu);
	}
	return r;
}

void renderer_free(Renderer *r)
{
	if (!r)
		return;
	for (int i = 0; i < r->workers_n; i++) {
		RenderWorker *w = &r->workers[i];
		arena_release(&w->page);
		buf_release(&w->out);
		buf_release(&w->body);
		diags_release(&w->diags);
		versions_free(w->versions);
		if (w->repo)
			repo_free(w->repo);
		icu_close(w->icu);
	}
	liquid_memo_free(r->memo);
	free(r->workers);
	free(r);
}

void renderer_forget(Renderer *r)
{
	for (int i = 0; i < r->workers_n; i++)
		versions_forget(r->workers[i].versions);
	liquid_memo_free(r->memo);
	r->memo = liquid_memo_new(0);
}

Diags *renderer_diags(Renderer *r, int worker) { return &r->workers[worker].diags; }

/* A box of a text, by layouts/blocks/<word>, else blocks/default. */
bool renderer_box(void *renderer, int worker, Str word, Str title, Str body, Buf *out)
{
	Renderer *r = renderer;
	RenderWorker *w = &r->workers[worker];
	Arena a = {0};
	const LiquidTemplate *t = liquid_load(r->layouts->liquid, LIQUID_LAYOUT, str_join(&a, S("blocks/"), word), (Str){0}, &w->diags);
	if (!t)
		t = liquid_load(r->layouts->liquid, LIQUID_LAYOUT, S("blocks/default"), (Str){0}, &w->diags);
	bool done = false;
	if (t) {
		MapMaker m = {.arena = &a};
		map_put(&m, S("word"), value_str(word));
		map_put(&m, S("title"), title.n ? value_safe(title) : NIL);
		Pair vars[] = {{S("block"), map_seal(&m)}, {S("content"), value_safe(body)}};
		LiquidJob job = {.globals = vars, .n_globals = 2, .arena = &a, .diags = &w->diags, .user = w};
		done = liquid_render(r->layouts->liquid, t, &job, out);
	}
	arena_release(&a);
	return done;
}

static size_t view_globals(View *v, Pair globals[4], Arena *a)
{
	v->term = (TermView){{&own_term_type}, v};
	globals[0] = (Pair){S("page"), view_page(v)};
	globals[1] = (Pair){S("site"), site_value(v->site)};
	globals[2] = (Pair){S("content"), value_safe(v->content)};
	globals[3] = (Pair){S("paginator"), view_paginator(v, a)};
	return 4;
}

/* ---- bodies ---- */

typedef struct BodyUser {
	Renderer *renderer;
	const Site *site;
	const Document *document;
	int worker;
} BodyUser;

static DocTarget body_resolve(void *user, const DocLink *link, Arena *page)
{
	const BodyUser *b = user;
	return link_resolve(b->site, b->document, link, page);
}

static bool body_box(void *user, Str word, Str title, Str body, Buf *out)
{
	const BodyUser *b = user;
	return renderer_box(b->renderer, b->worker, word, title, body, out);
}

static bool from_spool(const Site *s, Spooled piece, Buf *into)
{
	buf_reserve(into, piece.n);
	while (into->n < piece.n) {
		ssize_t n = pread(s->spool, into->p + into->n, piece.n - into->n, (off_t)(piece.at + into->n));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		into->n += (size_t)n;
	}
	return true;
}

/* `liquid: true`: the body is a template too, before it is Markdown. What it shows is escaped as HTML, which
 * Markdown then takes as it is. */
static bool run_body(Renderer *r, View *v, const Document *d, Str *text)
{
	RenderWorker *w = v->worker;
	LiquidSource source = {.file = d->path, .text = *text, .body = d->record.body, .escape = LIQUID_HTML};
	const LiquidTemplate *t = liquid_parse_once(r->layouts->liquid, source, &w->page, &w->diags);
	Pair globals[4];
	Buf out = {0};
	LiquidJob job = {.globals = globals, .n_globals = view_globals(v, globals, &w->page), .arena = &w->page, .diags = &w->diags, .user = w,
	                 .icu = w->icu, .language = v->lang, .now = v->site->told_now, .memo = r->memo, .strict = r->strict, .no_layout = true};
	buf_puts(&out, str_upto(*text, d->record.body));
	w->view = v;
	bool done = t && liquid_render(r->layouts->liquid, t, &job, &out);
	w->view = NULL;
	if (done)
		*text = str_dup(&w->page, buf_str(&out));
	buf_release(&out);
	return done;
}

Str body_html(Renderer *r, View *v, const Document *d, Buf *into)
{
	const Site *s = v->site;
	int worker = (int)(v->worker - r->workers);
	RenderWorker *w = &r->workers[worker];
	Str text;
	buf_clear(into);
	if (d->spooled && from_spool(s, d->html, into))
		return buf_str(into);
	size_t limit = (size_t)s->settings->max_file << 20;
	int error = (text = d->text).n ? 0 : source_read_again((Source *)s->source, d->path, limit, &d->stat, &w->page, &text);
	if (error) {
		source_complain(&w->diags, d->path, error, limit);
		return (Str){0};
	}
	if (d->record.liquid && !run_body(r, v, d, &text))
		return (Str){0};
	BodyUser user = {r, s, d, worker};
	Doc *doc = document_doc(s, d, text, &w->page, NULL);
	doc_html(doc, &(DocHtml){.resolve = body_resolve, .box = body_box, .user = &user, .words = layouts_words(r->layouts, d->record.lang)},
	         &w->page, into);
	return buf_str(into);
}

/* ---- leaves ---- */

RedlineWords redline_words(const Layouts *l, Str lang)
{
	return (RedlineWords){.inserted = value_as_str(layouts_word(l, lang, S("rl_inserted"))),
	                      .deleted = value_as_str(layouts_word(l, lang, S("rl_deleted"))),
	                      .moved = value_as_str(layouts_word(l, lang, S("rl_moved"))),
	                      .moved_from = value_as_str(layouts_word(l, lang, S("rl_moved_from")))};
}

static Str field_label(void *user, Str field)
{
	const RenderWorker *w = user;
	return value_as_str(layouts_word(w->layouts, w->lang, field));
}

/* The body of a page about versions; false: it cannot be shown. */
static bool version_body(Renderer *r, View *v, int worker)
{
	RenderWorker *w = &r->workers[worker];
	const Leaf *leaf = v->leaf;
	const Brief *b = (const Brief *)leaf->page;
	DocHtml how = {.words = layouts_words(r->layouts, v->lang)};
	RedlineWords words = redline_words(r->layouts, v->lang);
	uint32_t i = leaf->version, last = leaf->history->versions_n - 1;
	w->lang = v->lang;
	versions_labels(w->versions, field_label, w);
	bool done = true;
	buf_clear(&w->body);
	versions_trim(w->versions);
	if (leaf->kind == LEAF_VERSION) {
		const Brief *then = version_brief(w->versions, v->site, b, i);
		if (!then || !version_html(w->versions, v->site, b, i, &how, &w->page, &w->body))
			return false;
		v->page = &then->page;
		v->lang = then->page.lang.n ? then->page.lang : v->lang;
	} else if (leaf->kind == LEAF_REDLINE) {
		done = version_changes_html(w->versions, v->site, b, i - 1, i, &words, &w->page, &w->body);
		v->redline = done ? version_redline(w->versions, v->site, b, i - 1, i) : NULL;
	} else if (leaf->kind == LEAF_SINCE) {
		done = version_changes_html(w->versions, v->site, b, i, last, &words, &w->page, &w->body);
		v->redline = done ? version_redline(w->versions, v->site, b, i, last) : NULL;
	}
	v->content = buf_str(&w->body);
	return done;
}

static bool view_of_leaf(Renderer *r, const Site *s, const Leaf *leaf, int worker, View *out)
{
	RenderWorker *w = &r->workers[worker];
	const Page *p = leaf->page;
	const Document *d = p ? p->document : NULL;
	View v = {.object = {&page_type}, .site = s, .leaf = leaf, .page = p, .worker = w};
	v.lang = p && p->lang.n ? p->lang : s->settings->language;
	w->listed = NIL;
	bool wants_body = leaf->kind == LEAF_PAGE || (leaf->kind == LEAF_LIST && d);
	if (wants_body && d && !d->failed)
		v.content = body_html(r, &v, d, &w->body);
	if (leaf->kind == LEAF_TOMBSTONE)
		v.gone = version_record(w->versions, s, leaf->history, leaf->version, &w->page);
	*out = v;
	return !leaf->history || leaf->kind == LEAF_TOMBSTONE || version_body(r, out, worker);
}

static bool render_page(Renderer *r, const Site *s, const Leaf *leaf, int worker, Buf *out)
{
	RenderWorker *w = &r->workers[worker];
	const LiquidTemplate *t = leaf_layout(r->layouts, leaf, &w->diags);
	View v;
	Pair globals[4];
	if (!view_of_leaf(r, s, leaf, worker, &v)) {
		const Version *version = &leaf->history->versions[leaf->version];
		diag_add(&w->diags, (Diag){.level = DIAG_WORLD, .file = version->path,
			.message = str_printf(&w->page, "the text of version %u cannot be read from the repository", version->number),
			.hint = S("git fsck says what is missing; git fetch may bring it back")});
		return false;
	}
	if (!t)
		return false;
	LiquidJob job = {.globals = globals, .n_globals = view_globals(&v, globals, &w->page), .arena = &w->page, .diags = &w->diags,
	                 .user = w, .icu = w->icu, .language = v.lang, .now = s->told_now, .memo = r->memo, .strict = r->strict};
	w->view = &v;
	bool done = liquid_render(r->layouts->liquid, t, &job, out);
	w->view = NULL;
	return done;
}

static bool read_file(const Site *s, Str path, Buf *out, Diags *d)
{
	int error = source_read_buf((Source *)s->source, path, (size_t)1 << 30, out);
	if (error)
		source_complain(d, path, error, (size_t)1 << 30);
	return !error;
}

/* Links to the site's own pages made relative to this one, for sites that are opened from a folder. */
static void make_portable(const Site *s, const Leaf *leaf, Buf *out);

bool render_leaf(Renderer *r, const Site *s, const Leaf *leaf, int worker, Buf *out)
{
	RenderWorker *w = &r->workers[worker];
	bool done = true, own;
	Str text;
	arena_reset(&w->page);
	if (leaf->kind == LEAF_BLOB && !w->repo && s->repo)
		w->repo = repo_again(s->repo);
	switch (leaf->kind) {
	case LEAF_FILE:
		done = read_file(s, leaf->file->path, out, &w->diags);
		break;
	case LEAF_SOURCE:
		if (leaf->page->document->text.n)
			buf_puts(out, leaf->page->document->text);
		else
			done = read_file(s, leaf->page->document->path, out, &w->diags);
		break;
	case LEAF_BLOB:
		if (leaf->history && !version_source_shown(w->versions, s, (const Brief *)leaf->page, leaf->version))
			return false; /* no fault: there is no such file */
		done = w->repo && repo_blob(w->repo, &leaf->blob, &w->page, &text) == REPO_FINE;
		if (done && str_ends(leaf->path, S("/index.md")) && utf8_invalid(text) != SIZE_MAX)
			return false; /* a source is text, and what is not UTF-8 is none */
		if (done)
			buf_puts(out, text);
		else
			diag_add(&w->diags, (Diag){.level = DIAG_WORLD, .message = str_printf(&w->page, "the file /%.*s cannot be read from the repository", STR_ARG(leaf->path))});
		break;
	case LEAF_ASSET:
		if (source_layout(r->layouts->source, leaf->asset, &w->page, &text, &own))
			return false;
		buf_puts(out, text);
		break;
	default:
		done = render_page(r, s, leaf, worker, out);
		if (done && s->portable && str_ends(leaf->path, S(".html")))
			make_portable(s, leaf, out);
	}
	return done;
}

typedef struct Run {
	Renderer *renderer;
	const Site *site;
	const Sink *sink;
} Run;

static void leaf_work(void *context, size_t i, int worker)
{
	const Run *run = context;
	const Leaf *leaf = run->site->leaves[i];
	RenderWorker *w = &run->renderer->workers[worker];
	if (leaf->kind == LEAF_FILE) {
		int file = source_open_file((Source *)run->site->source, leaf->file->path);
		if (file >= 0) {
			sink_copy(run->sink, leaf->path, file);
			close(file);
			return;
		}
	}
	buf_clear(&w->out);
	if (render_leaf(run->renderer, run->site, leaf, worker, &w->out))
		sink_put(run->sink, leaf->path, buf_str(&w->out));
}

void render_run(Renderer *r, const Site *s, Pool *pool, const Sink *sink, Diags *d)
{
	pool_run(pool, s->leaves_n, leaf_work, &(Run){r, s, sink});
	for (int i = 0; i < r->workers_n; i++) {
		diags_move(d, &r->workers[i].diags);
		diags_clear(&r->workers[i].diags);
	}
}

bool render_view(Renderer *r, const Site *s, const RenderView *view, Buf *out)
{
	RenderWorker *w = &r->workers[0];
	arena_reset(&w->page);
	Page made = {.site = s, .kind = PAGE_MADE, .title = view->title, .lang = s->settings->language,
	             .url = link_url(s, str_join(&w->page, S("/"), view->path), &w->page)};
	Leaf leaf = {.kind = LEAF_PAGE, .path = view->path, .layout = view->layout, .page = view->brief ? &view->brief->page : &made};
	const LiquidTemplate *t = liquid_load(r->layouts->liquid, LIQUID_LAYOUT, view->layout, (Str){0}, &w->diags);
	View v;
	Pair globals[5];
	if (!t || !view_of_leaf(r, s, &leaf, 0, &v))
		return false;
	size_t n = view_globals(&v, globals, &w->page);
	globals[n++] = (Pair){S("preview"), view->preview};
	LiquidJob job = {.globals = globals, .n_globals = n, .arena = &w->page, .diags = &w->diags,
	                 .user = w, .icu = w->icu, .language = v.lang, .now = s->told_now, .memo = r->memo, .strict = r->strict};
	w->view = &v;
	bool done = liquid_render(r->layouts->liquid, t, &job, out);
	w->view = NULL;
	return done;
}

bool render_changes_now(Renderer *r, const Site *s, const Brief *b, Arena *a, Str *html)
{
	RenderWorker *w = &r->workers[0];
	RedlineWords words = redline_words(r->layouts, b->page.lang);
	Buf out = {0};
	w->lang = b->page.lang;
	versions_labels(w->versions, field_label, w);
	bool done = b->history && b->history->versions_n && version_changes_now_html(w->versions, s, b, b->history->versions_n - 1, &words, a, &out);
	*html = str_dup(a, buf_str(&out));
	buf_release(&out);
	return done;
}

bool render_dump(Renderer *r, const Site *s, const Leaf *leaf, Buf *out)
{
	RenderWorker *w = &r->workers[0];
	Pair globals[4];
	if (!leaf->page)
		return false;
	View v;
	if (!view_of_leaf(r, s, leaf, 0, &v))
		return false;
	size_t n = view_globals(&v, globals, &w->page);
	MapMaker m = {.arena = &w->page};
	w->view = &v;
	for (size_t i = 0; i < n; i++)
		if (!str_eq(globals[i].key, S("site")))
			map_put(&m, globals[i].key, globals[i].value);
	json_write(out, map_seal(&m), &w->page, (JsonStyle){.indent = true, .sorted = true});
	buf_putc(out, '\n');
	w->view = NULL;
	return true;
}

/* ---- portable ---- */

/* "../" as often as the page lies deep, then the path, with index.html where a folder is meant. */
static void put_relative(Buf *b, Str from_path, Str address)
{
	size_t mark = 0;
	while (mark < address.n && address.p[mark] != '#' && address.p[mark] != '?')
		mark++;
	Str path = str_from(str_upto(address, mark), 1);
	for (size_t i = 0; i < from_path.n; i++)
		if (from_path.p[i] == '/')
			buf_lit(b, "../");
	buf_puts(b, path);
	if (!path.n || str_ends(path, S("/")))
		buf_lit(b, "index.html");
	buf_puts(b, str_from(address, mark));
}

static void make_portable(const Site *s, const Leaf *leaf, Buf *out)
{
	static const Str heads[] = {STR_INIT(" href=\""), STR_INIT(" src=\""), STR_INIT("; url=")};
	Buf b = {0};
	Str rest = buf_str(out);
	while (rest.n) {
		size_t best = SIZE_MAX, which = 0;
		for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
			size_t at = str_find(rest, heads[i]);
			if (at < best)
				best = at, which = i;
		}
		if (best == SIZE_MAX)
			break;
		buf_puts(&b, str_upto(rest, best + heads[which].n));
		rest = str_from(rest, best + heads[which].n);
		Str value = str_upto(rest, str_find_char(rest, '"'));
		bool ours = value.n && *value.p == '/' && !(value.n > 1 && value.p[1] == '/') && str_starts(value, s->base);
		if (!ours)
			continue;
		put_relative(&b, leaf->path, str_from(value, s->base.n));
		rest = str_from(rest, value.n);
	}
	buf_puts(&b, rest);
	Buf old = *out;
	*out = b;
	buf_release(&old);
}
