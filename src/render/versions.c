/* Versions: the text of a brief as it stood, read from git and shown by today's layouts, and redlines between two.
 *
 * A worker keeps the texts of the brief it is at: leaves come in the order of their paths, so a brief's versions,
 * redlines and history are neighbours, and each text is parsed once. A brief of hundreds of versions, or of a few
 * that are books, is let go of between two pages, so that no brief needs more memory than its largest page. */
#include "render/versions.h"

#include "base/utf8.h"
#include "links.h"
#include "record/permalink.h"
#include "render/render.h"

#include <stdlib.h>

typedef struct VersionText {
	bool tried;
	bool readable;
	Document document; /* of its time */
	Brief brief;
	Doc *doc;
	RedlineSide *side;
} VersionText;

struct Versions {
	Arena arena; /* of the brief at hand */
	Repo *repo;
	struct Icu *icu;    /* the worker's */
	Str (*label)(void *user, Str field); /* the interface's word for a field */
	void *label_user;
	const Site *site;
	const BriefHistory *history;
	const Brief *brief; /* as it is today */
	VersionText *texts;
	Redline **changes;  /* against the version before */
	uint32_t at;        /* the version whose links are being resolved */
};

Versions *versions_new(struct Icu *icu)
{
	Versions *v = mem_alloc(sizeof *v);
	*v = (Versions){.icu = icu};
	return v;
}

void versions_free(Versions *v)
{
	if (!v)
		return;
	if (v->repo)
		repo_free(v->repo);
	arena_release(&v->arena);
	free(v);
}

void versions_labels(Versions *v, Str (*label)(void *user, Str field), void *user)
{
	v->label = label;
	v->label_user = user;
}

void versions_forget(Versions *v)
{
	arena_reset(&v->arena);
	v->history = NULL;
	v->site = NULL;
	if (v->repo)
		repo_free(v->repo);
	v->repo = NULL;
}

enum { KEPT_MAX = 48 << 20 }; /* bytes of texts, trees and redlines that a worker keeps from page to page */

static void start_over(Versions *v)
{
	arena_reset(&v->arena);
	v->texts = NEW_N(&v->arena, VersionText, v->history->versions_n);
	v->changes = NEW_N(&v->arena, Redline *, v->history->versions_n);
}

void versions_trim(Versions *v)
{
	if (v->history && v->arena.held > KEPT_MAX)
		start_over(v);
}

static void turn_to(Versions *v, const Site *s, const Brief *b)
{
	if (v->site == s && v->history == b->history)
		return;
	if (!v->repo)
		v->repo = repo_again(s->repo);
	v->site = s;
	v->brief = b;
	v->history = b->history;
	start_over(v);
}

/* ---- a link of the time ---- */

static DocTarget to_address(const Site *s, Str address, Str target, Arena *page)
{
	LinkParts parts = link_parts(target);
	Str url = link_file_url(s, address, page);
	if (parts.query.n)
		url = str_join(page, url, parts.query);
	if (parts.fragment.n)
		url = str_printf(page, "%.*s#%.*s", STR_ARG(url), STR_ARG(parts.fragment));
	return (DocTarget){.state = DOC_GOES, .href = url};
}

/* The attachment as it stood, where it is stored. */
static bool to_file(Versions *v, Str path, DocTarget *out, Arena *page)
{
	const Version *version = &v->history->versions[v->at];
	for (uint32_t i = 0; i < version->files_n; i++) {
		if (!str_eq(version->files[i].path, path))
			continue;
		uint32_t first = version_of_file(v->history, v->at, &version->files[i]);
		Str name = str_from(path, str_rfind_char(path, '/') + 1);
		Str address = str_printf(page, "%.*sv%u/%.*s", STR_ARG(v->brief->page.document->address), v->history->versions[first].number, STR_ARG(name));
		*out = to_address(v->site, address, (Str){0}, page);
		return true;
	}
	return false;
}

static DocTarget resolve_then(void *user, const DocLink *link, Arena *page)
{
	Versions *v = user;
	const Site *s = v->site;
	const Document *d = &v->texts[v->at].document;
	DocTarget out;
	if (link->external)
		return link_resolve(s, d, link, page);
	LinkParts parts = link_parts(link->target);
	if (!parts.path.n)
		return (DocTarget){.state = DOC_GOES, .href = link->target};
	Str path = link_path(d->path, parts.path, page);
	if (to_file(v, path, &out, page))
		return out;
	bool is_file;
	const Target *t = link_target(s, d, link->target, &is_file);
	if (!t)
		t = table_get(&s->by_former_path, path);
	if (t && t->state == TARGET_PUBLIC)
		return to_address(s, t->address, link->target, page);
	const BriefHistory *gone = s->history ? table_get(&s->history->by_path, path) : NULL;
	if (!t && gone && gone->versions_n && gone->state == BRIEF_REMOVED && !gone->suppressed)
		return to_address(s, gone->address, link->target, page);
	bool nowhere = str_starts(parts.path, S("/")) && !link_has_page(s, parts.path) && !link_loose_file(s, d, link->target, page).n;
	if (t || is_file || nowhere || link_is_hidden(s, d, link->target))
		return (DocTarget){.state = DOC_WITHHELD}; /* plain text: an old link is no fault */
	return link_resolve(s, d, link, page);
}

/* ---- a text of the time ---- */

static void make_document(Versions *v, VersionText *t, const Version *version, Str text)
{
	const Settings *set = v->site->settings;
	const Document *today = v->brief->page.document;
	RecordRules rules = {.settings = set, .collection = &set->collections[today->owner], .kind = RECORD_BRIEF, .old = true};
	t->document = (Document){.kind = DOCUMENT_BRIEF, .owner = today->owner, .path = version->path, .head = text,
	                         .slug = today->slug, .address = today->address, .bundle = str_ends(version->path, S("/index.md"))};
	record_parse(version->path, text, &rules, &v->arena, NULL, &t->document.record);
	if (!t->document.record.date.known && set->collections[today->owner].dates_from_history)
		t->document.record.date = today->record.date;
	t->doc = document_doc(v->site, &t->document, text, &v->arena, NULL);
	t->document.words = t->doc->words;
	t->document.minutes = t->doc->minutes;
	t->document.excerpt = doc_excerpt(t->document.record.abstract.n ? t->document.record.abstract : t->doc->lead, &v->arena);
	Buf toc = {0};
	doc_toc(t->doc, (Str){0}, 3, &toc);
	t->document.toc = str_dup(&v->arena, buf_str(&toc));
	buf_release(&toc);
}

/* The terms of its time, as far as they have a page today. */
static void make_terms(Versions *v, VersionText *t)
{
	const Site *s = v->site;
	uint32_t cap = 0;
	for (size_t i = 0; i < s->vocabularies_n; i++) {
		Items items = record_terms(&t->document.record, s->vocabularies[i].settings->field, &v->arena);
		for (size_t k = 0; k < items.n; k++) {
			Str slug;
			const Term *term = link_term(&s->vocabularies[i], items.at[k].text, &slug, &v->arena);
			if (!term)
				continue;
			ARENA_ROOM(&v->arena, t->brief.terms, t->brief.terms_n, cap);
			t->brief.terms[t->brief.terms_n++] = term;
		}
	}
}

/* The files of its time, where they are stored. */
static void make_attachments(Versions *v, VersionText *t, uint32_t i)
{
	const Version *version = &v->history->versions[i];
	Attachment *list = NEW_N(&v->arena, Attachment, version->files_n);
	for (uint32_t k = 0; k < version->files_n; k++) {
		const VersionFile *f = &version->files[k];
		uint32_t first = version_of_file(v->history, i, f);
		list[k].path = f->path;
		list[k].address = str_printf(&v->arena, "%.*sv%u/%.*s", STR_ARG(v->brief->page.document->address), v->history->versions[first].number,
		                             STR_ARG(str_from(f->path, str_rfind_char(f->path, '/') + 1)));
		repo_size(v->repo, &f->blob, &list[k].size);
	}
	t->brief.attachments = list;
	t->brief.attachments_n = version->files_n;
}

static VersionText *text_of(Versions *v, uint32_t i)
{
	VersionText *t = &v->texts[i];
	const Version *version = &v->history->versions[i];
	Str text;
	if (t->tried)
		return t->readable ? t : NULL;
	t->tried = true;
	if (version->suppressed || !v->repo || repo_blob(v->repo, &version->blob, &v->arena, &text) != REPO_FINE)
		return NULL;
	t->readable = true;
	make_document(v, t, version, text);
	t->brief = (Brief){.page = v->brief->page, .history = v->history, .updated = version->date, .names_hidden = v->brief->names_hidden};
	t->brief.page.document = &t->document;
	t->brief.page.title = t->document.record.title;
	t->brief.page.lang = t->document.record.lang;
	make_terms(v, t);
	make_attachments(v, t, i);
	return t;
}

const Brief *version_brief(Versions *v, const Site *s, const Brief *b, uint32_t i)
{
	turn_to(v, s, b);
	VersionText *t = text_of(v, i);
	return t ? &t->brief : NULL;
}

static bool names_hidden(const Site *s, const VersionText *t)
{
	const Record *r = &t->document.record;
	bool hidden = link_is_hidden(s, &t->document, r->superseded_by) || link_is_hidden(s, &t->document, r->translation_of);
	for (size_t i = 0; i < r->related_n && !hidden; i++)
		hidden = link_is_hidden(s, &t->document, r->related[i].target);
	for (uint32_t i = 0; i < t->doc->links_n && !hidden; i++)
		hidden = !t->doc->links[i].external && link_is_hidden(s, &t->document, t->doc->links[i].target);
	return hidden;
}

bool version_source_shown(Versions *v, const Site *s, const Brief *b, uint32_t i)
{
	turn_to(v, s, b);
	const VersionText *t = text_of(v, i);
	return t && !names_hidden(s, t) && utf8_invalid(t->document.head) == SIZE_MAX;
}

const Record *version_record(Versions *v, const Site *s, const BriefHistory *h, uint32_t i, Arena *page)
{
	const Version *version = &h->versions[i];
	RecordRules rules = {.settings = s->settings, .collection = &s->settings->collections[h->collection], .kind = RECORD_BRIEF, .old = true};
	Record *r = NEW(page, Record);
	Str text;
	if (!v->repo)
		v->repo = repo_again(s->repo);
	if (h->suppressed || version->suppressed || !v->repo || repo_blob(v->repo, &version->blob, page, &text) != REPO_FINE)
		return NULL;
	record_parse(version->path, text, &rules, page, NULL, r);
	return r;
}

bool version_html(Versions *v, const Site *s, const Brief *b, uint32_t i, const DocHtml *how, Arena *page, Buf *out)
{
	turn_to(v, s, b);
	VersionText *t = text_of(v, i);
	if (!t)
		return false;
	DocHtml then = *how;
	v->at = i;
	then.resolve = resolve_then;
	then.user = v;
	then.box = NULL; /* boxes of old texts are plain: a layout may have changed its mind about what they hold */
	doc_html(t->doc, &then, page, out);
	return true;
}

/* ---- redlines ---- */

/* A redline's words are those of the pages that it compares. */
static const DocWords *words_of(const Versions *v)
{
	Str lang = v->brief->page.lang;
	return layouts_words((void *)v->site->layouts, lang.n ? lang : v->site->settings->language);
}

static RedlineSide *side_of(Versions *v, uint32_t i)
{
	VersionText *t = text_of(v, i);
	if (!t)
		return NULL;
	if (!t->side) {
		v->at = i;
		t->side = redline_side(t->doc, &(DocHtml){.resolve = resolve_then, .user = v, .words = words_of(v)}, &v->arena);
	}
	return t->side;
}

const Redline *version_redline(Versions *v, const Site *s, const Brief *b, uint32_t from, uint32_t to)
{
	turn_to(v, s, b);
	bool next = to == from + 1;
	if (next && v->changes[to])
		return v->changes[to];
	const RedlineSide *x = side_of(v, from), *y = side_of(v, to);
	if (!x || !y)
		return NULL;
	Redline *r = redline(x, y, v->icu, &v->arena);
	if (next)
		v->changes[to] = r;
	return r;
}

static DocTarget resolve_now(void *user, const DocLink *link, Arena *page)
{
	const Versions *v = user;
	return link_resolve(v->site, v->brief->page.document, link, page);
}

const Redline *version_redline_now(Versions *v, const Site *s, const Brief *b, uint32_t i)
{
	Str text;
	turn_to(v, s, b);
	const RedlineSide *then = side_of(v, i);
	if (!then || (!(text = b->page.document->text).n && source_read((Source *)s->source, b->page.document->path, 0, &v->arena, &text)))
		return NULL;
	Doc *doc = document_doc(s, b->page.document, text, &v->arena, NULL);
	return redline(then, redline_side(doc, &(DocHtml){.resolve = resolve_now, .user = v, .words = words_of(v)}, &v->arena), v->icu, &v->arena);
}

static Str names_of(const Record *r, Arena *a)
{
	Buf b = {0};
	for (size_t i = 0; i < r->author_n; i++) {
		if (i)
			buf_lit(&b, ", ");
		buf_puts(&b, r->author[i].name);
	}
	Str s = str_dup(a, buf_str(&b));
	buf_release(&b);
	return s;
}

static void put_field(const Versions *v, Buf *out, const char *name, Str from, Str to, const RedlineWords *words)
{
	Buf line = {0};
	if (redline_text(from, to, v->icu, words, &line)) {
		buf_printf(out, "<p class=\"rl-%s\"><span class=\"rl-label\">", name);
		Str label = v->label(v->label_user, str_of(name));
		esc_text(out, label.n ? label : str_of(name));
		buf_printf(out, "</span> %.*s</p>\n", STR_ARG(buf_str(&line)));
	}
	buf_release(&line);
}

/* Key points, one by one. */
static void put_items(const Versions *v, Buf *out, const char *name, Items from, Items to, const RedlineWords *words)
{
	for (size_t i = 0; i < from.n || i < to.n; i++)
		put_field(v, out, name, i < from.n ? from.at[i].text : (Str){0}, i < to.n ? to.at[i].text : (Str){0}, words);
}

static Str standing(const Record *r, Arena *a)
{
	return r->status == STATUS_PUBLISHED ? r->status_note : str_printf(a, "%s%s%.*s", status_name(r->status), r->status_note.n ? ": " : "", STR_ARG(r->status_note));
}

static void put_size(const Versions *v, const Oid *blob, Buf *out)
{
	uint64_t size = 0;
	repo_size(v->repo, blob, &size);
	buf_printf(out, " %llu bytes, <code>", (unsigned long long)size);
	buf_put_oid(out, blob);
	buf_lit(out, "</code>");
}

static void put_files(const Versions *v, Buf *out, const Version *x, const Version *y)
{
	for (uint32_t i = 0; i < y->files_n; i++) {
		const VersionFile *before = NULL;
		for (uint32_t k = 0; k < x->files_n; k++)
			if (str_eq(x->files[k].path, y->files[i].path))
				before = &x->files[k];
		if (before && oid_eq(&before->blob, &y->files[i].blob))
			continue;
		buf_lit(out, "<li><ins>");
		esc_text(out, str_from(y->files[i].path, str_rfind_char(y->files[i].path, '/') + 1));
		buf_lit(out, "</ins>");
		put_size(v, &y->files[i].blob, out);
		buf_lit(out, "</li>\n");
	}
	for (uint32_t i = 0; i < x->files_n; i++) {
		bool there = false;
		for (uint32_t k = 0; k < y->files_n; k++)
			there |= str_eq(x->files[i].path, y->files[k].path);
		if (there)
			continue;
		buf_lit(out, "<li><del>");
		esc_text(out, str_from(x->files[i].path, str_rfind_char(x->files[i].path, '/') + 1));
		buf_lit(out, "</del></li>\n");
	}
}

static void put_fields(const Versions *v, Buf *out, const Record *x, const Record *y, const RedlineWords *words, Arena *page)
{
	put_field(v, out, "title", x->title, y->title, words);
	put_field(v, out, "subtitle", x->subtitle, y->subtitle, words);
	put_field(v, out, "authors", names_of(x, page), names_of(y, page), words);
	put_field(v, out, "status", standing(x, page), standing(y, page), words);
	put_field(v, out, "abstract", x->abstract, y->abstract, words);
	put_items(v, out, "takeaways", x->takeaways, y->takeaways, words);
}

bool version_changes_now_html(Versions *v, const Site *s, const Brief *b, uint32_t i, const RedlineWords *words, Arena *page, Buf *out)
{
	const Redline *r = version_redline_now(v, s, b, i);
	if (!r)
		return false;
	buf_lit(out, "<div class=\"rl-head\">\n");
	put_fields(v, out, &v->texts[i].document.record, &b->page.document->record, words, page);
	buf_lit(out, "</div>\n");
	redline_inline(r, words, out);
	return true;
}

bool version_changes_html(Versions *v, const Site *s, const Brief *b, uint32_t from, uint32_t to, const RedlineWords *words, Arena *page, Buf *out)
{
	const Redline *r = version_redline(v, s, b, from, to);
	if (!r)
		return false;
	const Record *x = &v->texts[from].document.record, *y = &v->texts[to].document.record;
	size_t before = out->n;
	buf_lit(out, "<div class=\"rl-head\">\n");
	size_t empty = out->n;
	put_fields(v, out, x, y, words, page);
	size_t list = out->n;
	buf_lit(out, "<ul class=\"rl-files\">\n");
	size_t no_files = out->n;
	put_files(v, out, &v->history->versions[from], &v->history->versions[to]);
	if (out->n == no_files)
		out->n = list;
	else
		buf_lit(out, "</ul>\n");
	if (out->n == empty)
		out->n = before;
	else
		buf_lit(out, "</div>\n");
	redline_inline(r, words, out);
	return true;
}
