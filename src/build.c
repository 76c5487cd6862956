#include "build.h"

#include "base/disk.h"
#include "graph/graph.h"
#include "history/history.h"
#include "lib/icu.h"
#include "load/load.h"
#include "render/render.h"
#include "write/write.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* ---- the archive ---- */

/* A repository without a working folder: everything comes from its newest commit. */
static bool is_bare(const char *path)
{
	Arena a = {0};
	bool bare = access(str_printf(&a, "%s/objects", path).p, F_OK) == 0 && access(str_printf(&a, "%s/HEAD", path).p, F_OK) == 0 &&
	            access(str_printf(&a, "%s/content", path).p, F_OK) != 0;
	arena_release(&a);
	return bare;
}

static bool open_source(Archive *a)
{
	const Options *o = a->options;
	const char *path = str_c(&a->arena, o->source);
	if (o->rev.n || is_bare(path))
		a->source = source_open_commit(path, o->rev.n ? o->rev : S("HEAD"), (Str){0}, &a->diags);
	else
		a->source = source_open_folder(path, &a->diags);
	return a->source != NULL;
}

/* A folder with neither is no archive, and a build of it would publish an empty site. */
static bool is_archive(Archive *a)
{
	SourceFile *files;
	size_t n;
	if (source_has(a->source, S("site.yaml")))
		return true;
	source_list(a->source, S("content"), 0, &a->arena, &files, &n, &a->diags);
	if (!n)
		diag_add(&a->diags, (Diag){.level = DIAG_USAGE, .hint = S("gen init FOLDER makes an archive; --source FOLDER names one"),
			.message = str_printf(&a->arena, "%.*s is no archive: it has neither site.yaml nor content/", STR_ARG(a->options->source))});
	return n > 0;
}

static void read_settings(Archive *a)
{
	Str text = {0};
	int error = source_read(a->source, S("site.yaml"), 0, &a->arena, &text);
	if (error && error != ENOENT)
		source_complain(&a->diags, S("site.yaml"), error, 0);
	settings_parse(S("site.yaml"), text, &a->arena, &a->diags, &a->settings);
	if (a->options->base_url.n && !settings_set_url(&a->settings, &a->arena, a->options->base_url))
		diag_add(&a->diags, (Diag){.level = DIAG_USAGE, .hint = S("write it whole: https://example.org/policy"),
			.message = str_printf(&a->arena, "--base-url %.*s is not a web address", STR_ARG(a->options->base_url))});
}

static bool wants_history(const Settings *s)
{
	for (size_t i = 0; i < s->collections_n; i++)
		if (s->collections[i].versions)
			return true;
	return false;
}

bool archive_open(Archive *a, const Options *o)
{
	*a = (Archive){.options = o, .pool = pool_new((int)o->jobs)};
	if (!open_source(a) || !is_archive(a))
		return false;
	read_settings(a);
	a->layouts = layouts_open(a->source, &a->settings, o->profile, &a->diags);
	a->icu = icu_open();
	a->renderer = renderer_new(a->layouts, pool_threads(a->pool), o->strict);
	a->loader = loader_new(a->source, &a->settings, a->pool, wants_history(&a->settings));
	return true;
}

void archive_close(Archive *a)
{
	loader_free(a->loader);
	renderer_free(a->renderer);
	layouts_free(a->layouts);
	if (a->history)
		history_free(a->history);
	repo_free(a->repo);
	source_free(a->source);
	icu_close(a->icu);
	pool_free(a->pool);
	diags_release(&a->diags);
	arena_release(&a->history_arena);
	arena_release(&a->arena);
}

/* ---- what the preview opens again ---- */

bool archive_relayout(Archive *a, Diags *why)
{
	struct Layouts *fresh = layouts_open(a->source, &a->settings, false, why);
	layouts_load_all(fresh, why);
	if (diags_worst(why) >= DIAG_ERROR) {
		layouts_free(fresh);
		return false;
	}
	renderer_free(a->renderer);
	layouts_free(a->layouts);
	a->layouts = fresh;
	a->renderer = renderer_new(fresh, pool_threads(a->pool), a->options->strict);
	return true;
}

void archive_forget_history(Archive *a)
{
	if (a->history)
		history_free(a->history);
	a->history = NULL;
	repo_free(a->repo);
	a->repo = NULL;
	arena_reset(&a->history_arena);
	diags_clear(&a->diags);
}

Oid archive_head(Archive *a)
{
	Arena scratch = {0};
	Oid head = {0};
	Repo *r = NULL;
	if (repo_open(str_c(&scratch, a->options->source), &scratch, &r).fault == REPO_FINE && repo_resolve(r, a->options->rev, &scratch, &head).fault != REPO_FINE)
		head = (Oid){0};
	repo_free(r);
	arena_release(&scratch);
	return head;
}

/* ---- history, on a thread of its own while texts are read ----
 *
 * Its messages and what it keeps are its own until it is done; opening a repository takes its time too. */

/* No repository, or none that knows the archive, is no fault: everything is a working copy then. */
static bool open_repository(Archive *a)
{
	const Options *o = a->options;
	repo_free(a->repo); /* of an attempt that found no commit */
	a->repo = NULL;
	RepoWhy why = repo_open(str_c(&a->history_arena, o->source), &a->history_arena, &a->repo);
	if (why.fault == REPO_FINE)
		why = repo_resolve(a->repo, o->rev, &a->history_arena, &a->commit);
	if (why.fault == REPO_FINE)
		return true;
	bool none = why.fault == REPO_NONE || why.fault == REPO_UNTRACKED || why.fault == REPO_UNBORN;
	diag_add(&a->history_diags, (Diag){.level = none ? DIAG_NOTICE : a->settings.history.allow_incomplete ? DIAG_WARNING : DIAG_WORLD, .message = why.message, .hint = why.hint});
	return false;
}

enum { KEPT_LIMIT = 256 << 20 };

/* .gen/ keeps what is costly to find again. Only a folder has one, and a build of another commit leaves it alone. */
bool archive_keeps(Archive *a)
{
	int folder = source_folder(a->source), there;
	if (folder < 0 || a->options->rev.n || disk_make_folders(folder, S(".gen")))
		return false;
	if (disk_stat(folder, S(".gen/.gitignore"), NULL, NULL))
		disk_replace(folder, S(".gen/.gitignore"), S("*\n"));
	if (disk_open(folder, S(".gen"), O_RDONLY | O_DIRECTORY, 0, &there)) /* a link leads elsewhere */
		return false;
	close(there);
	return true;
}

static const char *index_folder(Archive *a)
{
	return !archive_keeps(a) ? NULL : str_printf(&a->history_arena, "%.*s/.gen", STR_ARG(a->options->source)).p;
}

static HistoryInput history_input(Archive *a)
{
	HistoryInput in = {.repo = a->repo, .commit = a->commit, .settings = &a->settings, .now = a->options->now.seconds,
	                   .index = index_folder(a), .ledger_file = S("content/_versions.tsv")};
	int error = source_read(a->source, in.ledger_file, 0, &a->history_arena, &in.ledger);
	if (error && error != ENOENT)
		source_complain(&a->history_diags, in.ledger_file, error, 0);
	source_read(a->source, S(".allowed_signers"), 0, &a->history_arena, &in.signers);
	source_read(a->source, S(".mailmap"), 0, &a->history_arena, &in.mailmap);
	return in;
}

/* --ledger: what a published site has numbered must still be so. */
static void check_ledger(Archive *a)
{
	const char *file = str_c(&a->history_arena, a->options->ledger);
	Buf text = {0};
	int fd = open(file, O_RDONLY | O_CLOEXEC), error = fd < 0 ? errno : disk_read_file(fd, DISK_LIMIT, &text);
	if (fd >= 0)
		close(fd);
	if (error)
		diag_add(&a->history_diags, (Diag){.level = DIAG_USAGE, .message = str_printf(&a->history_arena, "the ledger %s cannot be read: %s", file, disk_why(error)),
		                           .hint = S("name the _versions.tsv of the published site")});
	else if (a->history)
		ledger_check(a->history, str_of(file), buf_str(&text), DIAG_WORLD, &a->history_diags);
	buf_release(&text);
}

static void *history_main(void *archive)
{
	Archive *a = archive;
	if (!open_repository(a))
		return NULL;
	HistoryInput in = history_input(a);
	in.pool = pool_new(pool_threads(a->pool)); /* of its own: the archive's reads texts at the same time */
	a->history = history_run(&in, &a->history_diags);
	pool_free(in.pool);
	if (a->options->ledger.n)
		check_ledger(a);
	return NULL;
}

static bool history_start(Archive *a)
{
	if (a->history || !wants_history(&a->settings))
		return false;
	a->settings.history.allow_incomplete |= a->options->allow_incomplete_history;
	if (!pthread_create(&a->history_thread, NULL, history_main, a))
		return true;
	history_main(a); /* no thread to be had: now, then */
	return false;
}

static void history_finish(Archive *a, bool running)
{
	if (running)
		pthread_join(a->history_thread, NULL);
	diags_move(&a->diags, &a->history_diags);
	diags_release(&a->history_diags);
}

History *archive_history(Archive *a)
{
	history_finish(a, history_start(a));
	return a->history;
}

/* ---- a generation ---- */

static int open_spool(const char *output)
{
	Arena a = {0};
	Str path = str_of(output);
	size_t slash = str_rfind_char(str_trim_end(path), '/');
	Str folder = slash == SIZE_MAX ? S(".") : slash ? str_upto(path, slash) : S("/");
	int file = open(str_c(&a, folder), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	arena_release(&a);
	if (file >= 0)
		return file;
	char name[] = "/tmp/gen-spool-XXXXXX";
	file = mkostemp(name, O_CLOEXEC);
	if (file >= 0)
		unlink(name);
	return file;
}

static Site *site_new(const Archive *a)
{
	Arena arena = {0};
	Site *s = NEW(&arena, Site);
	const Options *o = a->options;
	*s = (Site){.object = {&site_type}, .references = 1, .settings = &a->settings, .source = a->source, .now = o->now, .told_now = o->now_given ? o->now : (Date){0},
	            .drafts = o->drafts, .portable = o->portable, .strict = o->strict, .base = a->settings.base,
	            .origin = a->settings.origin, .spool = -1, .layouts = a->layouts};
	s->arena = arena;
	return s;
}

void site_release(Site *s)
{
	if (!s || atomic_fetch_sub(&s->references, 1) != 1)
		return;
	for (size_t i = 0; i < s->documents_n; i++)
		document_release(s->documents[i]);
	for (size_t i = 0; i < s->replaced_n; i++)
		document_release(s->replaced[i]);
	if (s->spool >= 0)
		close(s->spool);
	diags_release(&s->diags);
	Arena last = s->arena; /* the site lives in its own arena */
	arena_release(&last);
}

/* --keep-going: a broken brief stays as the public last saw it. */
static void keep_going(Archive *a, Site *s, const LoadHtml *html)
{
	for (size_t i = 0; i < s->documents_n; i++) {
		Document *d = s->documents[i];
		const BriefHistory *h = d->failed && a->history ? table_get(&a->history->by_path, d->path) : NULL;
		Str text;
		if (!h || !h->versions_n || repo_blob(a->repo, &h->versions[h->versions_n - 1].blob, &s->arena, &text))
			continue;
		uint32_t number = h->versions[h->versions_n - 1].number;
		if (load_good_state(a->loader, s, i, text, html))
			diag_add(&s->diags, (Diag){.level = DIAG_NOTICE, .file = s->documents[i]->path,
				.message = str_printf(&s->arena, "shown as it was in version %u, until it is mended", number)});
	}
}

/* By a repository of its own: the history may be read at the same time. */
static bool committed(void *archive, const Oid *blob, Arena *arena, Str *text)
{
	const Archive *a = archive;
	Arena scratch = {0};
	Repo *r = NULL;
	bool found = repo_open(str_c(&scratch, a->options->source), &scratch, &r).fault == REPO_FINE && !repo_blob(r, blob, arena, text);
	repo_free(r);
	arena_release(&scratch);
	return found;
}

void archive_keep_good(Archive *a) { loader_keep_good(a->loader, committed, a); }

static GraphRules rules_of(Archive *a) { return (GraphRules){layouts_per_sheet, layouts_assets, a->layouts, a->icu}; }

static bool put(void *rules, Site *s, const Document *old, Document *fresh) { return graph_patch(s, rules, old, fresh); }

bool archive_patch(Archive *a, Site *s, bool *changed)
{
	GraphRules rules = rules_of(a);
	return load_patch(a->loader, s, (LoadPatch){put, &rules}, changed);
}

Site *build_site(Archive *a, const char *spool_beside)
{
	Report *r = &a->report;
	Site *s = site_new(a);
	LoadHtml html = {.box = renderer_box, .box_user = a->renderer, .words = layouts_words, .words_user = a->layouts};
	GraphRules rules = rules_of(a);
	if (spool_beside)
		s->spool = open_spool(spool_beside);
	bool running = history_start(a);
	load_heads(a->loader, s);
	report_stage(r, "heads", s->documents_n);
	load_bodies(a->loader, s, s->spool >= 0 ? &html : NULL);
	report_stage(r, "bodies", s->documents_n);
	history_finish(a, running);
	s->history = a->history;
	s->repo = a->repo;
	report_stage(r, "history", a->history ? a->history->commits : 0);
	if (a->options->keep_going)
		keep_going(a, s, s->spool >= 0 ? &html : NULL);
	graph_run(s, &rules);
	report_stage(r, "graph", s->leaves_n);
	return s;
}

/* Every message about this generation: the archive's, each document's, and what lies between them. */
void build_gather(const Archive *a, Site *s, Diags *all)
{
	UnknownKeys unknown = {0};
	for (size_t i = 0; i < s->documents_n; i++) {
		const Document *d = s->documents[i];
		diags_move(all, &d->diags);
		if (d->record.unknown.n)
			record_unknown_add(&unknown, d->path, d->head, &d->record);
	}
	record_unknown_report(&unknown, &a->settings, all);
	record_unknown_release(&unknown);
	layouts_check(a->layouts, s, all);
	diags_move(all, &a->diags);
	diags_move(all, &s->diags);
}

/* ---- commands that look ---- */

int archive_look(Archive *a, const Options *o)
{
	bool open = archive_open(a, o);
	a->report.quiet = true;
	if (open)
		return 0;
	report_diags(&a->diags, DIAG_ERROR);
	int status = diags_status(&a->diags, false);
	archive_close(a);
	return status;
}

int desk_open(Desk *d, const Options *o)
{
	*d = (Desk){.options = *o};
	d->options.drafts = true;
	int status = archive_look(&d->archive, &d->options);
	if (!status)
		d->site = build_site(&d->archive, NULL);
	return status;
}

void desk_close(Desk *d)
{
	site_release(d->site);
	archive_close(&d->archive);
}

const Brief *desk_brief(Desk *d, Str word)
{
	const Site *s = d->site;
	Str *slugs = NEW_N(&d->archive.arena, Str, s->briefs_n);
	for (size_t i = 0; i < s->briefs_n; i++) {
		const Document *doc = s->briefs[i]->page.document;
		if (str_eq(word, doc->slug) || str_eq(word, doc->path) || str_eq(word, doc->address))
			return s->briefs[i];
		slugs[i] = doc->slug;
	}
	report_unknown("brief", word, slugs, s->briefs_n, "gen list names them");
	return NULL;
}

/* ---- gen build ---- */

static const char *output_of(const Options *o, Arena *a)
{
	if (o->output.n)
		return str_c(a, o->output);
	return str_printf(a, "%.*s/public", STR_ARG(o->source)).p;
}

static Writer *open_output(Archive *a, const char *output, Diags *d)
{
	static const WriteSwap swaps[] = {[SWAP_AUTO] = WRITE_AUTO, [SWAP_EXCHANGE] = WRITE_EXCHANGE, [SWAP_JOURNAL] = WRITE_JOURNAL};
	WriteOptions w = {.source = source_folder(a->source) >= 0 ? str_c(&a->arena, a->options->source) : NULL,
	                  .adopt = a->options->adopt, .strict = a->options->strict, .swap = swaps[a->settings.swap], .signals = true};
	return write_open(output, &w, d);
}

static const char *briefs(size_t n) { return n == 1 ? "brief" : "briefs"; }

/* What an editor would miss on the site, and why it is not there. */
static void say_what_waits(const Site *s, Diags *d)
{
	size_t waiting = 0, drafts = 0, unsaved = 0, unread = 0;
	Date nearest = {0};
	Buf b = {0};
	for (size_t i = 0; i < s->documents_n; i++) {
		const Record *r = &s->documents[i]->record;
		if (s->documents[i]->kind != DOCUMENT_BRIEF || s->drafts)
			continue;
		drafts += r->draft;
		unread += s->documents[i]->failed && !r->draft;
		if (r->draft || !r->date.known || r->date.seconds <= s->now.seconds)
			continue;
		waiting++;
		if (!nearest.known || r->date.seconds < nearest.seconds)
			nearest = r->date;
	}
	for (size_t i = 0; i < s->briefs_n; i++)
		unsaved += s->history && s->briefs[i]->working_copy;
	if (drafts)
		buf_printf(&b, "%zu draft%s left out (--drafts shows %s)\n", drafts, drafts == 1 ? "" : "s", drafts == 1 ? "it" : "them");
	if (unread && !d->count[DIAG_ERROR]) /* checks: made warnings of what is wrong with them */
		buf_printf(&b, "%zu %s that cannot be read %s left out\n", unread, briefs(unread), unread == 1 ? "is" : "are");
	if (waiting) {
		buf_printf(&b, "%zu %s for %s date; the next is due on ", waiting, waiting == 1 ? "brief waits" : "briefs wait", waiting == 1 ? "its" : "their");
		buf_put_date(&b, nearest);
		buf_putc(&b, '\n');
	}
	if (unsaved)
		buf_printf(&b, "%zu %s shown as working copy: not committed (saved in git) as %s now\n", unsaved, briefs(unsaved), unsaved == 1 ? "it is" : "they are");
	for (Str rest = buf_str(&b), line; str_line(&rest, &line);)
		diag_add(d, (Diag){.level = DIAG_NOTICE, .message = line});
	buf_release(&b);
}

/* Whether what was found keeps the site from being published. */
static bool is_barred(const Archive *a, const Diags *all)
{
	if (a->options->keep_going && !all->count[DIAG_USAGE] && !all->count[DIAG_WORLD])
		return false;
	return diags_status(all, a->options->strict) != 0;
}

static const Str published_numbers = STR_INIT(".gen/published.tsv");

/* Without a ledger of its own an archive is still told when it would give published texts other numbers: each
 * site leaves its numbers behind for the one that replaces it. True: they stand there as they are now. */
static bool compare_numbers(Archive *a, Diags *all)
{
	Buf before = {0}, now = {0};
	int folder = source_folder(a->source);
	bool known = folder >= 0 && a->history && !a->history->incomplete && !disk_read(folder, published_numbers, KEPT_LIMIT, &before, NULL);
	if (known)
		ledger_write(a->history, &now);
	bool same = known && str_eq(buf_str(&before), buf_str(&now));
	if (known && !same)
		ledger_check(a->history, S("the site that this one replaces"), buf_str(&before), DIAG_WARNING, all);
	buf_release(&before);
	buf_release(&now);
	return same;
}

static void keep_numbers(Archive *a)
{
	Buf now = {0};
	int folder = source_folder(a->source);
	if (folder >= 0 && a->history && !a->history->incomplete) {
		ledger_write(a->history, &now);
		disk_replace(folder, published_numbers, buf_str(&now)); /* what cannot be kept is not compared */
	}
	buf_release(&now);
}

/* Renders into the writer and makes the new site the site, unless anything is wrong. */
static void publish(Archive *a, Site *s, Writer *w, Diags *all)
{
	WriteResult result = {0};
	Sink sink = write_sink(w);
	bool numbers_stand = compare_numbers(a, all);
	if (is_barred(a, all)) {
		write_abort(w, all);
		return;
	}
	render_run(a->renderer, s, a->pool, &sink, all);
	report_stage(&a->report, "pages", s->leaves_n);
	if (is_barred(a, all)) {
		write_abort(w, all);
		return;
	}
	if (write_commit(w, &result, all)) {
		report_result(&a->report, s, &result);
		if (!numbers_stand)
			keep_numbers(a);
	}
	a->report.unfinished = result.unfinished;
	report_stage(&a->report, "seal", result.written);
}

int build_run(const Options *o)
{
	Archive a;
	Diags all = {0};
	Site *s = NULL;
	Report report = report_start(o);
	if (archive_open(&a, o)) {
		a.report = report;
		const char *output = output_of(o, &a.arena);
		Writer *w = open_output(&a, output, &all);
		if (w) {
			s = build_site(&a, output);
			graph_check(s);
			build_gather(&a, s, &all);
			say_what_waits(s, &all);
			publish(&a, s, w, &all);
			report = a.report;
		} else {
			diags_move(&all, &a.diags);
		}
	} else {
		diags_move(&all, &a.diags);
	}
	report_end(&report, &all);
	if (o->profile && a.renderer) {
		Buf b = {0};
		renderer_profile(a.renderer, &b);
		report_print(&b, 0);
	}
	int status = diags_status(&all, o->strict);
	site_release(s);
	archive_close(&a);
	diags_release(&all);
	return status;
}

/* ---- gen dump ---- */

static bool dump_page(Archive *a, const Site *s, Str address, Buf *b)
{
	Str path = str_starts(address, S("/")) ? str_from(address, 1) : address;
	if (!path.n || str_ends(path, S("/")))
		path = str_join(&a->arena, path, S("index.html"));
	const Leaf *leaf = graph_leaf(s, path);
	if (leaf && render_dump(a->renderer, s, leaf, b))
		return true;
	fprintf(stderr, "gen: the site has no page at %.*s\n  = an address looks like /briefs/water/\n", STR_ARG(address));
	return false;
}

static bool dump_stage(Archive *a, const Options *o, Site *s, Buf *b)
{
	Str stage = o->words[0];
	if (str_eq(stage, S("load")))
		load_dump(s, b);
	else if (str_eq(stage, S("graph")))
		graph_dump(s, b);
	else if (str_eq(stage, S("page")) && o->words_n == 2)
		return dump_page(a, s, o->words[1], b);
	else if (str_eq(stage, S("history")) && a->history)
		history_dump(a->history, b);
	else if (!str_eq(stage, S("history"))) {
		static const Str stages[] = {STR_INIT("load"), STR_INIT("history"), STR_INIT("graph"), STR_INIT("page")};
		report_unknown("stage", stage, stages, 4, "load, history, graph, or page with an address");
		return false;
	}
	return true;
}

int build_dump(const Options *o)
{
	Archive a;
	Buf b = {0};
	Diags all = {0};
	Site *s = NULL;
	if (!o->words_n) {
		fprintf(stderr, "gen: dump needs a stage: load, history, graph, or page with an address\n");
		return 2;
	}
	bool done = archive_open(&a, o);
	a.report.quiet = true;
	if (done) {
		s = build_site(&a, NULL);
		graph_check(s);
		build_gather(&a, s, &all);
		done = dump_stage(&a, o, s, &b);
		report_print(&b, 0);
	} else {
		diags_move(&all, &a.diags);
	}
	report_diags(&all, o->verbose ? DIAG_NOTICE : DIAG_WARNING);
	int status = diags_status(&all, o->strict);
	site_release(s);
	archive_close(&a);
	diags_release(&all);
	return status ? status : done ? 0 : 2;
}
