/* Which file is what is said by its place: below a collection's path a brief, below content/<taxonomy>/ a term's
 * record, any other .md of content/ a page, _root/ and everything that is not Markdown a file to copy. Names that
 * begin with an underscore or a dot are nobody's page. */
#include "load/load.h"

#include "lib/hash.h"
#include "lib/icu.h"
#include "lib/json.h"
#include "lib/yaml.h"
#include "links.h"
#include "record/permalink.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct LoadWorker {
	Icu *icu;
	Arena scratch; /* emptied after each document */
	Buf html;
} LoadWorker;

enum { TEXTS_KEPT = 32 << 20 };

struct Loader {
	Source *source;
	const Settings *settings;
	Pool *pool;
	LoadWorker *workers;
	Document **documents; /* of the newest generation, by path */
	size_t documents_n;
	Arena listing;        /* the files as last seen, by path */
	SourceFile *files;
	size_t files_n;
	bool name_blobs;      /* wanted where there is a history */
	bool listed;          /* they still hold but for what was touched */
	bool keep_good;
	LoadCommitted *committed; /* where texts that were not kept may be had */
	void *committed_user;
	_Atomic uint64_t texts; /* bytes of files kept whole before any has changed */
	bool moved;           /* load_changed has seen another listing */
	Arena hints;
	Str *touched;
	size_t touched_n;
	_Atomic uint64_t spool_end;
};

Loader *loader_new(Source *source, const Settings *settings, Pool *pool, bool name_blobs)
{
	Loader *l = mem_alloc(sizeof *l);
	*l = (Loader){.source = source, .settings = settings, .pool = pool, .name_blobs = name_blobs};
	l->workers = mem_resize(NULL, (size_t)pool_threads(pool), sizeof(LoadWorker));
	for (int i = 0; i < pool_threads(pool); i++)
		l->workers[i] = (LoadWorker){.icu = icu_open()};
	doc_init();
	return l;
}

void document_release(Document *d)
{
	if (atomic_fetch_sub(&d->references, 1) != 1)
		return;
	diags_release(&d->diags);
	arena_release(&d->text_arena);
	Arena last = d->arena; /* the document lives in its own arena */
	arena_release(&last);
}

void loader_free(Loader *l)
{
	if (!l)
		return;
	for (size_t i = 0; i < l->documents_n; i++)
		document_release(l->documents[i]);
	for (int i = 0; i < pool_threads(l->pool); i++) {
		icu_close(l->workers[i].icu);
		arena_release(&l->workers[i].scratch);
		buf_release(&l->workers[i].html);
	}
	free(l->workers);
	free(l->documents);
	arena_release(&l->listing);
	arena_release(&l->hints);
	free(l);
}

/* ---- which file is what ---- */

static bool below(Str path, Str folder, Str *rest)
{
	if (path.n <= folder.n || !str_starts(path, folder) || path.p[folder.n] != '/')
		return false;
	*rest = str_from(path, folder.n + 1);
	return true;
}

static Document *document_new(const SourceFile *f)
{
	Arena arena = {0};
	Document *d = NEW(&arena, Document);
	d->references = 1;
	d->path = str_dup(&arena, f->path);
	d->stat = f->stat;
	d->arena = arena;
	return d;
}

/* The kind of a Markdown file, its owner, and its path below that. */
static void classify(const Settings *s, Document *d)
{
	Str rest = d->path;
	const Collection *c = settings_collection(s, d->path, false);
	d->kind = DOCUMENT_PAGE;
	if (c && below(d->path, c->path, &rest)) {
		d->kind = DOCUMENT_BRIEF;
		d->owner = (uint32_t)(c - s->collections);
	} else {
		below(d->path, S("content"), &rest);
		for (size_t i = 0; i < s->taxonomies_n; i++) {
			Str term;
			if (!below(rest, s->taxonomies[i].name, &term))
				continue;
			d->kind = DOCUMENT_TERM;
			d->owner = (uint32_t)i;
			rest = term;
		}
	}
	d->stem = str_upto(rest, rest.n - text_ending(rest));
	if (str_ends(d->stem, S("/index"))) {
		d->stem = str_upto(d->stem, d->stem.n - 6);
		d->bundle = true;
	}
}

/* ---- heads ---- */

static void place_document(Document *d, const Settings *s)
{
	const char *why = "";
	Str relative = str_join(&d->arena, d->stem, S(".md"));
	bool ok = true;
	d->slug = d->record.slug;
	if (d->kind == DOCUMENT_BRIEF)
		ok = permalink_expand(s->collections[d->owner].permalink, &d->record, relative, s->language, &d->arena, &d->address, &why);
	else if (d->kind == DOCUMENT_TERM)
		d->address = str_printf(&d->arena, "%.*s%.*s/", STR_ARG(s->taxonomies[d->owner].address), STR_ARG(d->slug));
	else if (str_eq(d->stem, S("index")))
		d->address = S("/");
	else
		ok = permalink_expand(S("/:path/:slug/"), &d->record, relative, s->language, &d->arena, &d->address, &why);
	if (ok)
		return;
	check_add(&s->checks, CHECK_FIELD_VALUE, d->record.draft, &d->diags,
	          diag_in(DIAG_ERROR, NULL, d->path, (Str){0}, record_place(&d->record, F_PERMALINK),
	                  str_printf(&d->arena, "no address can be made for this page: %s", why), S("give it a slug or a permalink")));
	d->failed = true;
}

static void complain(Document *d, const Settings *s, int error)
{
	size_t limit = (size_t)s->max_file << 20;
	d->failed = true;
	if (error != EFBIG) {
		source_complain(&d->diags, d->path, error, limit);
		return;
	}
	check_add(&s->checks, CHECK_FILE_SIZE, false, &d->diags,
	          (Diag){.file = d->path, .message = str_printf(&d->arena, "larger than %lld MiB; not read", (long long)s->max_file),
	                 .hint = S("make it smaller, or raise max_file in site.yaml")});
}

/* Git stores what the working file holds, or the same with its line ends made LF: either counts as committed. */
static void name_blobs(Document *d, Str text, Buf *lf)
{
	hash_git_blob(text, d->blob[0].id);
	d->blob[1] = d->blob[0];
	if (str_find_char(text, '\r') == SIZE_MAX)
		return;
	buf_clear(lf);
	for (size_t i = 0; i < text.n; i++)
		if (!(text.p[i] == '\r' && i + 1 < text.n && text.p[i + 1] == '\n'))
			buf_putc(lf, text.p[i]);
	hash_git_blob(buf_str(lf), d->blob[1].id);
}

static void take_head(Loader *l, Document *d, LoadWorker *w, Str text)
{
	static const RecordKind kinds[] = {[DOCUMENT_BRIEF] = RECORD_BRIEF, [DOCUMENT_TERM] = RECORD_TERM, [DOCUMENT_PAGE] = RECORD_PAGE};
	const Settings *s = l->settings;
	Str whole = text;
	/* The record borrows from the text, so its front matter is kept and the body is not. */
	Split parts = record_split(text);
	if (l->keep_good && (l->documents_n || atomic_fetch_add(&l->texts, text.n) < TEXTS_KEPT)) /* none is known the first time */
		d->text = str_dup(&d->text_arena, text);
	d->head = text = str_dup(&d->arena, parts.unclosed ? text : str_upto(text, parts.has_front_matter ? parts.body : 0));
	RecordRules rules = {.settings = s, .kind = kinds[d->kind], .icu = w->icu, .body = str_from(whole, parts.body),
	                     .collection = d->kind == DOCUMENT_BRIEF ? &s->collections[d->owner] : NULL};
	if (!record_parse(d->path, text, &rules, &d->arena, &d->diags, &d->record) && !d->record.draft)
		d->failed = true;
	place_document(d, s);
}

/* No more of a file than holds its front matter, where that is all that is asked of it now. */
static int read_for_head(Loader *l, Document *d, LoadWorker *w, Str *text, DiskStat *stat)
{
	size_t limit = (size_t)l->settings->max_file << 20;
	bool more = l->keep_good || (d->kind == DOCUMENT_BRIEF && l->settings->collections[d->owner].titles_from_headings);
	if (!more && !source_read_start(l->source, d->path, limit, &w->scratch, text, stat)) {
		Split parts = record_split(*text);
		if (parts.has_front_matter && parts.body < text->n)
			return 0;
	}
	return source_read_stat(l->source, d->path, limit, &w->scratch, text, stat);
}

static void read_head(Loader *l, Document *d, LoadWorker *w)
{
	const Settings *s = l->settings;
	Str text;
	DiskStat stat;
	classify(s, d);
	int error = read_for_head(l, d, w, &text, &stat);
	if (!error)
		d->stat = stat;
	if (error)
		complain(d, s, error);
	else
		take_head(l, d, w, text);
	arena_reset(&w->scratch);
}

typedef struct Heads {
	Loader *loader;
	Document **fresh;
} Heads;

static void head_work(void *context, size_t i, int worker)
{
	Heads *h = context;
	read_head(h->loader, h->fresh[i], &h->loader->workers[worker]);
}

/* The document of the last generation at this path, or NULL. Files come in order. */
static Document *kept(const Loader *l, const SourceFile *f, size_t *at)
{
	while (*at < l->documents_n && str_cmp(l->documents[*at]->path, f->path) < 0)
		++*at;
	return *at < l->documents_n && str_eq(l->documents[*at]->path, f->path) ? l->documents[*at] : NULL;
}

/* Whether its file has not changed since it was read. */
static bool is_fresh(const Document *d, const SourceFile *f)
{
	return !d->doubtful && f->stat.inode && d->stat.size == f->stat.size && d->stat.mtime == f->stat.mtime && d->stat.inode == f->stat.inode;
}

/* The text of a document that was not kept, as git has it. */
static bool find_text(const Loader *l, Document *d)
{
	for (int i = 0; i < 2 && l->name_blobs && !d->text.n; i++)
		if (!l->committed(l->committed_user, &d->blob[i], &d->text_arena, &d->text))
			d->text = (Str){0};
	return d->text.n;
}

/* The file cannot be shown as it is now: the document as it last was stays, with the messages about what is wrong. Where
 * its text was neither kept nor committed (the first change in a large archive), the new one stands below the old front
 * matter. */
static Document *stay(const Loader *l, Document *old, Document *broken)
{
	if (!old->text.n && !find_text(l, old)) {
		Split parts = record_split(broken->text);
		old->text = str_join(&old->text_arena, old->head, parts.unclosed ? (Str){0} : str_from(broken->text, parts.body));
	}
	old->stale = true;
	old->doubtful = false;
	old->stat = broken->stat;
	diags_clear(&old->diags);
	diags_move(&old->diags, &broken->diags);
	document_release(broken);
	atomic_fetch_add(&old->references, 1);
	return old;
}

/* ---- files that are copied ---- */

/* content/images/a.png -> /images/a.png; a bundle's files go beside its page. */
static Str attachment_address(Site *s, Str path)
{
	Str folder = str_upto(path, str_rfind_char(path, '/')), rest = path;
	Target *t = table_get(&s->by_path, str_join(&s->arena, folder, S("/index.md")));
	if (t && t->document && t->document->bundle)
		return str_join(&s->arena, t->document->address, str_from(path, folder.n + 1));
	below(path, S("content"), &rest);
	return str_join(&s->arena, S("/"), rest);
}

/* A text that another generator reads (a Jekyll page in HTML, an .mdx): its front matter would be published with it, and
 * so would one that is a draft. */
static bool is_foreign_text(Loader *l, Site *s, const SourceFile *f)
{
	static const Str endings[] = {STR_INIT(".html"), STR_INIT(".htm"), STR_INIT(".mdx"), STR_INIT(".mkd"), STR_INIT(".mdown"), STR_INIT(".txt"),
	                              STR_INIT(".qmd"), STR_INIT(".rmd"), STR_INIT(".textile"), STR_INIT(".adoc"), STR_INIT(".rst"), STR_INIT(".org")};
	Str dot = str_from(f->path, str_rfind_char(f->path, '.')), text;
	Arena a = {0};
	bool fences = false;
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
		if (str_eq_nocase(dot, endings[i]))
			fences = !source_read(l->source, f->path, (size_t)l->settings->max_file << 20, &a, &text) && record_split(text).has_front_matter;
	arena_release(&a);
	if (fences)
		check_add(&l->settings->checks, CHECK_FILE_NAME, false, &s->diags,
		          diag_in(DIAG_WARNING, NULL, str_dup(&s->arena, f->path), S("---"), (Place){1, 1, 3},
		                  str_printf(&s->arena, "a text with a front matter that does not end in .md; it is neither shown nor copied"),
		                  S("rename it to .md if it is to be a page; HTML in it is cleaned unless site.yaml says html: trusted")));
	return fences;
}

static void add_attachments(Loader *l, Site *s, const SourceFile *files, size_t n)
{
	const Settings *settings = l->settings;
	Attachment *list = NEW_N(&s->arena, Attachment, n);
	size_t kept_n = 0;
	for (size_t i = 0; i < n; i++) {
		Str root = files[i].path;
		bool in_root = below(files[i].path, S("content/_root"), &root);
		if (!in_root && (text_ending(files[i].path) || !settings_is_public(settings, files[i].path, false)))
			continue;
		if (!in_root && is_foreign_text(l, s, &files[i]))
			continue;
		Attachment *a = &list[kept_n++];
		a->path = str_dup(&s->arena, files[i].path);
		a->size = files[i].stat.size;
		a->address = in_root ? str_join(&s->arena, S("/"), root) : attachment_address(s, a->path);
		Target *t = NEW(&s->arena, Target);
		*t = (Target){.state = attachment_public(s, a) ? TARGET_PUBLIC : TARGET_HIDDEN, .address = a->address, .attachment = a};
		target_put(s, a->path, t);
	}
	s->attachments = list;
	s->attachments_n = kept_n;
}

/* ---- data files ---- */

static bool read_data(Loader *l, Site *s, Str path, Value *out)
{
	Str text, why;
	size_t at;
	int error = source_read(l->source, path, 0, &s->arena, &text);
	if (error) {
		source_complain(&s->diags, path, error, 0);
		return false;
	}
	if (!str_ends(path, S(".json")))
		return yaml_data(path, text, &s->arena, &s->diags, out);
	if (json_parse(text, &s->arena, out, &why, &at))
		return true;
	diag_add(&s->diags, diag_at(DIAG_ERROR, NULL, path, text, at, 1, str_printf(&s->arena, "not JSON: %.*s", STR_ARG(why)), (Str){0}));
	return false;
}

/* _data/x.yaml is site.data.x. */
static void load_data(Loader *l, Site *s)
{
	SourceFile *files;
	size_t n;
	MapMaker top = {.arena = &s->arena};
	source_list(l->source, S("content/_data"), 0, &s->arena, &files, &n, &s->diags);
	for (size_t i = 0; i < n; i++) {
		Str rest = str_from(files[i].path, sizeof "content/_data/" - 1);
		Str name = str_upto(rest, str_rfind_char(rest, '.'));
		Str ending = str_from(rest, name.n);
		Value v;
		if (str_eq(ending, S(".yaml")) || str_eq(ending, S(".yml")) || str_eq(ending, S(".json")))
			if (read_data(l, s, files[i].path, &v))
				map_put(&top, name, v);
	}
	s->data = map_seal(&top);
}

/* ---- the list ---- */

static int by_source_path(const void *a, const void *b)
{
	return str_cmp(((const SourceFile *)a)->path, ((const SourceFile *)b)->path);
}

static void append(Arena *a, SourceFile **all, size_t *n, const SourceFile *more, size_t more_n, bool only_dots)
{
	SourceFile *both = NEW_N(a, SourceFile, *n + more_n);
	if (*n)
		memcpy(both, *all, *n * sizeof *both);
	for (size_t i = 0; i < more_n; i++)
		if (!only_dots || str_find(more[i].path, S("/.")) != SIZE_MAX)
			both[(*n)++] = more[i];
	*all = both;
}

/* content/, what begins with a dot in _root/, and the collections that lie outside content/: sorted, each file once. */
static void list_everything(Loader *l, Diags *d)
{
	SourceFile *all, *more;
	size_t n, more_n, before;
	Arena *a = &l->listing;
	arena_reset(a);
	source_list(l->source, S("content"), DISK_WITH_STAT, a, &all, &n, d);
	before = n;
	source_list(l->source, S("content/_root"), DISK_WITH_STAT | DISK_WITH_DOTS, a, &more, &more_n, d);
	append(a, &all, &n, more, more_n, true);
	for (size_t c = 0; c < l->settings->collections_n; c++) {
		Str path = l->settings->collections[c].path, rest;
		if (str_eq(path, S("content")) || below(path, S("content"), &rest))
			continue;
		source_list(l->source, path, DISK_WITH_STAT, a, &more, &more_n, d);
		append(a, &all, &n, more, more_n, false);
	}
	if (n != before)
		qsort(all, n, sizeof *all, by_source_path);
	l->files = all;
	l->files_n = n;
	l->listed = true;
}

static int by_document_path(const void *path, const void *document)
{
	return str_cmp(*(const Str *)path, (*(Document *const *)document)->path);
}

static Document **document_slot(Document **documents, size_t n, Str path)
{
	return n ? bsearch(&path, documents, n, sizeof *documents, by_document_path) : NULL;
}

static Document *document_at(const Loader *l, Str path)
{
	Document **slot = document_slot(l->documents, l->documents_n, path);
	return slot ? *slot : NULL;
}

void load_touch(Loader *l, Str path)
{
	Document *d = document_at(l, path);
	if (d)
		d->doubtful = true; /* two writes can fall into one tick of the disk's clock */
	l->touched = arena_grow(&l->hints, l->touched, l->touched_n, l->touched_n + 1, sizeof *l->touched);
	l->touched[l->touched_n++] = str_dup(&l->hints, path);
}

void load_touch_all(Loader *l) { l->listed = false; }

void loader_keep_good(Loader *l, LoadCommitted *committed, void *user)
{
	l->keep_good = true;
	l->committed = committed;
	l->committed_user = user;
}

static bool is_listed_folder(const Settings *s, Str path)
{
	Str rest;
	bool in = below(path, S("content"), &rest);
	for (size_t c = 0; c < s->collections_n && !in; c++)
		in = below(path, s->collections[c].path, &rest);
	return in;
}

/* Looks again at one path: what is listed at or below it goes, and what is there now takes its place. */
static void look_again(Loader *l, Str path, Diags *d)
{
	size_t from = 0, to, n = 0;
	SourceFile *there = NULL, one;
	Arena *a = &l->listing;
	DiskStat stat;
	uint32_t mode;
	while (from < l->files_n && str_cmp(l->files[from].path, path) < 0)
		from++;
	for (to = from; to < l->files_n; to++) {
		Str rest;
		if (!str_eq(l->files[to].path, path) && !below(l->files[to].path, path, &rest) && str_starts(l->files[to].path, path) == false)
			break;
		if (!str_eq(l->files[to].path, path) && !below(l->files[to].path, path, &rest)) {
			l->listed = false; /* a sibling sorts between: a full listing is simpler than splicing */
			return;
		}
	}
	if (is_listed_folder(l->settings, path) && !disk_stat(source_folder(l->source), path, &stat, &mode)) {
		if (S_ISREG(mode)) {
			one = (SourceFile){.path = str_dup(a, path), .stat = stat};
			there = &one;
			n = 1;
		} else if (S_ISDIR(mode)) {
			source_list(l->source, path, DISK_WITH_STAT, a, &there, &n, d);
		}
	}
	SourceFile *files = l->files;
	if (n != to - from) {
		files = NEW_N(a, SourceFile, l->files_n - (to - from) + n);
		memcpy(files, l->files, from * sizeof *files);
		memcpy(files + from + n, l->files + to, (l->files_n - to) * sizeof *files);
	}
	if (n)
		memcpy(files + from, there, n * sizeof *files);
	l->files = files;
	l->files_n = l->files_n - (to - from) + n;
}

/* The list as it is now. Spliced lists leave their forerunners in the arena, so now and then all is listed anew. */
static void list_archive(Loader *l, Diags *d)
{
	enum { LISTING_BYTES_A_FILE = 1024, LISTING_LEAST = 1 << 22 };
	if (l->listing.held > LISTING_LEAST && l->listing.held > l->files_n * LISTING_BYTES_A_FILE)
		l->listed = false;
	for (size_t i = 0; i < l->touched_n && l->listed; i++)
		look_again(l, l->touched[i], d);
	if (!l->listed)
		list_everything(l, d);
	arena_reset(&l->hints);
	l->touched = NULL;
	l->touched_n = 0;
}

/* The listing in one number. */
static Hash print_of(const Loader *l)
{
	HashStream *h = hash_start();
	for (size_t i = 0; i < l->files_n; i++) {
		hash_more(h, l->files[i].path);
		hash_more(h, (Str){(const char *)&l->files[i].stat, sizeof l->files[i].stat});
	}
	return hash_end(h);
}

bool load_changed(Loader *l, Diags *d)
{
	bool doubtful = false;
	for (size_t i = 0; i < l->touched_n; i++)
		doubtful |= document_at(l, l->touched[i]) != NULL;
	Hash before = print_of(l);
	list_archive(l, d);
	l->moved |= doubtful || !hash_eq(before, print_of(l));
	return l->moved;
}

static TargetState state_of(const Site *s, const Document *d)
{
	if (d->failed || (d->record.draft && !s->drafts))
		return TARGET_HIDDEN;
	bool waits = d->kind == DOCUMENT_BRIEF && d->record.date.known && d->record.date.seconds > s->now.seconds;
	return waits && !s->drafts ? TARGET_HIDDEN : TARGET_PUBLIC;
}

static void remember(Loader *l, Document **documents, size_t n)
{
	for (size_t i = 0; i < n; i++)
		atomic_fetch_add(&documents[i]->references, 1);
	for (size_t i = 0; i < l->documents_n; i++)
		document_release(l->documents[i]);
	l->documents = mem_resize(l->documents, n, sizeof *documents);
	if (n)
		memcpy(l->documents, documents, n * sizeof *documents);
	l->documents_n = n;
}

/* Hugo's pages of its sections: gen makes lists itself, so these are not shown, which is said once. */
static void say_sections(Loader *l, Site *s)
{
	size_t n = 0;
	Str first = {0};
	for (size_t i = 0; i < l->files_n; i++) {
		Str name = str_from(l->files[i].path, str_rfind_char(l->files[i].path, '/') + 1);
		if (!str_eq(name, S("_index.md")))
			continue;
		first = n++ ? first : l->files[i].path;
	}
	if (n)
		diag_add(&s->diags, (Diag){.level = DIAG_NOTICE, .message = str_printf(&s->arena,
			"%zu file%s named _index.md, as Hugo names the pages of its sections, %s not shown (the first is %.*s)", n, n == 1 ? "" : "s",
			n == 1 ? "is" : "are", STR_ARG(first)),
			.hint = S("gen makes lists itself; to show such a text, rename it to index.md")});
}

void load_heads(Loader *l, Site *s)
{
	size_t known = 0, fresh_n = 0;
	size_t said = s->diags.n;
	list_archive(l, &s->diags);
	check_apply(&l->settings->checks, false, &s->diags, said);
	l->moved = false;
	size_t n = l->files_n;
	const SourceFile *files = l->files;
	s->documents = NEW_N(&s->arena, Document *, n);
	Document **fresh = NEW_N(&s->arena, Document *, n), **before = NEW_N(&s->arena, Document *, n);
	size_t *places = NEW_N(&s->arena, size_t, n);
	for (size_t i = 0; i < n; i++) {
		if (!text_ending(files[i].path) || !settings_is_public(l->settings, files[i].path, false))
			continue;
		Document *old = kept(l, &files[i], &known), *d = old;
		if (d && is_fresh(d, &files[i])) {
			atomic_fetch_add(&d->references, 1);
		} else {
			before[fresh_n] = old;
			places[fresh_n] = s->documents_n;
			d = fresh[fresh_n++] = document_new(&files[i]);
		}
		s->documents[s->documents_n++] = d;
	}
	pool_run(l->pool, fresh_n, head_work, &(Heads){l, fresh});
	for (size_t i = 0; l->keep_good && i < fresh_n; i++)
		if (fresh[i]->failed && before[i] && !before[i]->failed)
			s->documents[places[i]] = stay(l, before[i], fresh[i]);
	remember(l, s->documents, s->documents_n);
	s->by_path.arena = &s->arena;
	table_reserve(&s->by_path, n);
	Target *targets = NEW_N(&s->arena, Target, s->documents_n);
	for (size_t i = 0; i < s->documents_n; i++) {
		Document *d = s->documents[i];
		targets[i] = (Target){.state = state_of(s, d), .address = d->address, .document = d};
		target_put(s, d->path, &targets[i]);
	}
	add_attachments(l, s, files, n);
	say_sections(l, s);
	load_data(l, s);
}

/* ---- bodies ---- */

typedef struct Bodies {
	Loader *loader;
	Site *site;
	const LoadHtml *html;
} Bodies;

typedef struct BodyUser { /* doc_html's user */
	const Bodies *bodies;
	const Document *document;
	int worker;
} BodyUser;

static DocTarget body_resolve(void *user, const DocLink *link, Arena *page)
{
	const BodyUser *b = user;
	return link_resolve(b->bodies->site, b->document, link, page);
}

static bool body_box(void *user, Str word, Str title, Str body, Buf *out)
{
	const BodyUser *b = user;
	const LoadHtml *html = b->bodies->html;
	return html->box && html->box(html->box_user, b->worker, word, title, body, out);
}

static void spool(Loader *l, Site *s, Document *d, Str html)
{
	d->html = (Spooled){atomic_fetch_add(&l->spool_end, html.n), (uint32_t)html.n};
	d->spooled = true;
	for (size_t done = 0; done < html.n;) {
		ssize_t n = pwrite(s->spool, html.p + done, html.n - done, (off_t)(d->html.at + done));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			diag_add(&d->diags, (Diag){.level = DIAG_WORLD,
				.message = str_printf(&d->arena, "the spool of finished texts cannot be written: %s", disk_why(n < 0 ? errno : ENOSPC))});
			return;
		}
		done += (size_t)n;
	}
}

/* Links that stay in the archive: the graph and the checks want them later. */
static void keep_links(Document *d, const Doc *doc)
{
	d->links = NEW_N(&d->arena, DocLink, doc->links_n);
	for (uint32_t i = 0; i < doc->links_n; i++) {
		const DocLink *from = &doc->links[i];
		bool loads = from->kind == DOC_LINK_IMAGE || from->kind == DOC_LINK_MEDIA;
		if (from->refused || (from->external && !loads))
			continue;
		DocLink *to = &d->links[d->links_n++];
		*to = *from;
		to->target = str_dup(&d->arena, from->target);
		to->text = to->title = (Str){0};
	}
}

static int by_bytes(const void *a, const void *b) { return str_cmp(*(const Str *)a, *(const Str *)b); }

static void keep_facts(Document *d, const Doc *doc, LoadWorker *w)
{
	d->words = doc->words;
	d->minutes = doc->minutes;
	d->excerpt = str_dup(&d->arena, doc_excerpt(d->record.abstract.n ? d->record.abstract : doc->lead, &w->scratch));
	keep_links(d, doc);
	buf_clear(&w->html);
	doc_toc(doc, (Str){0}, 3, &w->html);
	d->toc = str_dup(&d->arena, buf_str(&w->html));
	d->anchors = NEW_N(&d->arena, Str, doc->headings_n);
	for (uint32_t i = 0; i < doc->headings_n; i++)
		d->anchors[i] = str_dup(&d->arena, doc->headings[i].id);
	if (doc->headings_n)
		qsort(d->anchors, doc->headings_n, sizeof(Str), by_bytes);
	d->anchors_n = doc->headings_n;
	for (uint32_t i = 0; i < doc->nodes_n && !d->has_raw_ids; i++)
		d->has_raw_ids = doc->nodes[i].kind == DOC_HTML;
	d->not_utf8 = doc->not_utf8;
	d->body_known = true;
}

static void write_body(const Bodies *b, Document *d, const Doc *doc, int worker)
{
	LoadWorker *w = &b->loader->workers[worker];
	BodyUser user = {b, d, worker};
	DocHtml how = {.resolve = body_resolve, .box = body_box, .user = &user, .words = b->html->words(b->html->words_user, d->record.lang)};
	buf_clear(&w->html);
	doc_html(doc, &how, &w->scratch, &w->html);
	spool(b->loader, b->site, d, buf_str(&w->html));
}

static void take_body(const Bodies *b, Document *d, Str text, int worker)
{
	LoadWorker *w = &b->loader->workers[worker];
	Doc *doc = document_doc(b->site, d, text, &w->scratch, &d->diags);
	if (b->loader->name_blobs && !d->body_known)
		name_blobs(d, text, &w->html);
	d->failed = doc->failed && !d->record.draft;
	if (!d->body_known)
		keep_facts(d, doc, w);
	if (b->html && !d->record.liquid) /* those are made when the whole site is known */
		write_body(b, d, doc, worker);
}

static void read_body(const Bodies *b, Document *d, int worker)
{
	LoadWorker *w = &b->loader->workers[worker];
	Str text = d->text;
	if (d->failed || (d->body_known && !b->html))
		return;
	int error = text.n ? 0 : source_read_again(b->loader->source, d->path, (size_t)b->loader->settings->max_file << 20, &d->stat, &w->scratch, &text);
	if (error)
		complain(d, b->loader->settings, error);
	else
		take_body(b, d, text, worker);
	arena_reset(&w->scratch);
}

static void body_work(void *context, size_t i, int worker)
{
	const Bodies *b = context;
	read_body(b, b->site->documents[i], worker);
}

/* In the place of the broken document; the loader keeps that one, so that its file is not taken for mended. */
bool load_good_state(Loader *l, Site *s, size_t at, Str text, const LoadHtml *html)
{
	Document *broken = s->documents[at];
	SourceFile file = {.path = broken->path, .stat = broken->stat};
	Document *d = document_new(&file);
	classify(l->settings, d);
	take_head(l, d, &l->workers[0], text);
	bool good = !d->failed && !d->record.draft;
	if (good)
		take_body(&(Bodies){l, s, html}, d, text, 0);
	arena_reset(&l->workers[0].scratch);
	if (!good || d->failed) {
		document_release(d);
		return false;
	}
	diags_clear(&d->diags);
	diags_move(&d->diags, &broken->diags);
	d->stale = true;
	if (!d->text.n)
		d->text = str_dup(&d->arena, text); /* whoever wants it must not read the file */
	s->documents[at] = d;
	Target *t = table_get(&s->by_path, d->path);
	*t = (Target){.state = state_of(s, d), .address = d->address, .document = d};
	document_release(broken); /* the site's hold on it */
	return true;
}

void load_bodies(Loader *l, Site *s, const LoadHtml *html)
{
	pool_run(l->pool, s->documents_n, body_work, &(Bodies){l, s, html});
}

/* ---- the short way ---- */

/* Whether the file is still what it was to everybody else: a page at that address, hidden or not. */
static bool keeps_place(const Site *s, const Document *a, const Document *b)
{
	return !b->failed && !a->failed && str_eq(a->address, b->address) && state_of(s, a) == state_of(s, b);
}

static bool same_text(const Loader *l, const Document *a, const Document *b)
{
	if (a->stale)
		return false;
	return a->text.n ? str_eq(a->text, b->text) : l->name_blobs && oid_eq(&a->blob[0], &b->blob[0]);
}

static Document *read_again(Loader *l, Site *s, Str path)
{
	SourceFile f = {.path = path};
	uint32_t mode;
	if (disk_stat(source_folder(l->source), path, &f.stat, &mode) || !S_ISREG(mode))
		return NULL;
	Document *d = document_new(&f);
	read_head(l, d, &l->workers[0]);
	read_body(&(Bodies){l, s, NULL}, d, 0);
	return d;
}

/* The fresh document in the place of the old one, in the loader's list and in the site's. */
static void put_in_place(Loader *l, Site *s, Document *old, Document *fresh)
{
	Document **mine = document_slot(l->documents, l->documents_n, old->path), **its = document_slot(s->documents, s->documents_n, old->path);
	s->replaced = arena_grow(&s->arena, s->replaced, s->replaced_n, s->replaced_n + 1, sizeof *s->replaced);
	s->replaced[s->replaced_n++] = old; /* with the site's reference */
	s->replaced_bytes += old->arena.held;
	arena_release(&old->text_arena);
	old->text = (Str){0};
	*mine = *its = fresh;
	atomic_fetch_add(&fresh->references, 1);
	document_release(old);              /* the loader's */
}

static void note_stat(Loader *l, const Document *d)
{
	SourceFile key = {.path = d->path}, *f = bsearch(&key, l->files, l->files_n, sizeof key, by_source_path);
	if (f)
		f->stat = d->stat;
}

static bool patch_one(Loader *l, Site *s, Document *old, LoadPatch patch, bool *changed)
{
	Document *fresh = read_again(l, s, old->path);
	if (!fresh)
		return false;
	bool same = same_text(l, old, fresh);
	if (same) {
		old->stat = fresh->stat;
		old->doubtful = false;
	} else if (fresh->failed && !old->failed) {
		atomic_fetch_sub(&old->references, 1); /* it had them all along */
		fresh = stay(l, old, fresh);
		*changed = true;
	} else if (!keeps_place(s, old, fresh) || !patch.put(patch.user, s, old, fresh)) {
		document_release(fresh);
		return false;
	} else {
		put_in_place(l, s, old, fresh);
		*changed = true;
	}
	note_stat(l, fresh);
	if (same)
		document_release(fresh);
	return true;
}

bool load_patch(Loader *l, Site *s, LoadPatch patch, bool *changed)
{
	enum { FEW = 16 };
	if (!l->listed || l->moved || !l->keep_good || l->touched_n > FEW)
		return false;
	for (size_t i = 0; i < l->touched_n; i++)
		if (!document_at(l, l->touched[i]))
			return false;
	for (size_t i = 0; i < l->touched_n; i++) {
		Document *d = document_at(l, l->touched[i]);
		if (d->doubtful && !patch_one(l, s, d, patch, changed))
			return false;
	}
	arena_reset(&l->hints);
	l->touched = NULL;
	l->touched_n = 0;
	return true;
}

/* ---- dump ---- */

static Value links_value(const Document *d, Arena *a)
{
	ListMaker list = {.arena = a};
	for (size_t i = 0; i < d->links_n; i++) {
		MapMaker m = {.arena = a};
		map_put(&m, S("column"), value_int(d->links[i].column));
		map_put(&m, S("line"), value_int(d->links[i].line));
		map_put(&m, S("target"), value_str(d->links[i].target));
		list_add(&list, map_seal(&m));
	}
	return list_seal(&list);
}

void load_dump(const Site *s, Buf *b)
{
	Arena a = {0};
	for (size_t i = 0; i < s->documents_n; i++) {
		const Document *d = s->documents[i];
		MapMaker m = {.arena = &a};
		map_put(&m, S("address"), value_str(d->address));
		map_put(&m, S("excerpt"), value_str(d->excerpt));
		map_put(&m, S("fields"), d->record.all);
		map_put(&m, S("links"), links_value(d, &a));
		map_put(&m, S("source"), value_str(d->path));
		map_put(&m, S("words"), value_int((int64_t)d->words));
		json_write(b, map_seal(&m), &a, (JsonStyle){.sorted = true});
		buf_putc(b, '\n');
		arena_reset(&a);
	}
	arena_release(&a);
}
