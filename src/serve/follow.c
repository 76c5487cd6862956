#include "serve/follow.h"

#include "graph/graph.h"
#include "load/load.h"
#include "render/render.h"

#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { IDLE_SECONDS = 1, RESCAN_SECONDS = 600, POLL_SECONDS = 2 };

/* ---- what may have changed ---- */

static bool is_swap_file(Str name) { return str_starts(name, S(".")) || str_ends(name, S("~")) || str_starts(name, S("#")); }

static void doubt(Follow *f, Part p) { f->doubt |= 1u << p; }

/* The system has a limit to what one user may watch. */
static void watch_folder(Follow *f, const char *path)
{
	if (watch_add(f->watch, path) || f->blind || errno == ENOENT || errno == ENOTDIR)
		return;
	f->blind = true;
	fprintf(stderr, "gen: the system lets no more folders be watched, so changes are looked for every %d seconds\n"
	                "  = sysctl fs.inotify.max_user_watches=524288 raises the limit\n", POLL_SECONDS);
}

/* A folder of folders that are all watched; new ones are found by the events of those that hold them. */
static void watch_tree(Follow *f, Str root, Str path)
{
	Arena a = {0};
	DiskEntry *list;
	size_t n;
	int folder;
	Str at = path.n ? str_printf(&a, "%.*s/%.*s", STR_ARG(root), STR_ARG(path)) : str_dup(&a, root);
	watch_folder(f, at.p);
	if (!disk_open_folder(at.p, &folder)) {
		if (!disk_list(folder, (Str){0}, DISK_WITH_FOLDERS, &a, &list, &n))
			for (size_t i = 0; i < n; i++)
				if (str_ends(list[i].path, S("/")))
					watch_folder(f, str_printf(&a, "%s/%.*s", at.p, (int)list[i].path.n - 1, list[i].path.p).p);
		close(folder);
	}
	arena_release(&a);
}

static const struct { Str folder; Part part; } watched[] = {
	{STR_INIT("content"), PART_CONTENT}, {STR_INIT("layouts"), PART_LAYOUTS}, {STR_INIT("_layouts"), PART_LAYOUTS}, {STR_INIT("_includes"), PART_LAYOUTS},
};

static void watch_repository(Follow *f)
{
	Arena a = {0};
	if (f->archive->repo) {
		Str all = repo_git_folder(f->archive->repo, true);
		watch_folder(f, str_c(&a, repo_git_folder(f->archive->repo, false)));
		watch_folder(f, str_c(&a, all));
		watch_tree(f, all, S("refs/heads"));
	}
	arena_release(&a);
}

static void watch_everything(Follow *f)
{
	Arena a = {0};
	Str root = f->options->source;
	watch_folder(f, str_c(&a, root));
	for (size_t i = 0; i < sizeof watched / sizeof *watched; i++)
		watch_tree(f, root, watched[i].folder);
	for (size_t c = 0; c < f->archive->settings.collections_n; c++)
		if (!str_starts(f->archive->settings.collections[c].path, S("content")))
			watch_tree(f, root, f->archive->settings.collections[c].path);
	watch_repository(f);
	arena_release(&a);
}

static bool below(Str path, Str folder)
{
	return str_starts(path, folder) && (path.n == folder.n || path.p[folder.n] == '/');
}

static void touch_content(Follow *f, Str path)
{
	load_touch(f->archive->loader, path);
	doubt(f, PART_CONTENT);
	if (str_eq(path, S("content/_versions.tsv")))
		doubt(f, PART_HISTORY);
	buf_clear(&f->seen);
	buf_puts(&f->seen, path);
}

static void touch_other(Follow *f, Str path, Part part)
{
	doubt(f, part);
	buf_clear(&f->seen);
	buf_puts(&f->seen, path);
}

static bool is_folder(Follow *f, Str path)
{
	uint32_t mode;
	return source_folder(f->archive->source) >= 0 && !disk_stat(source_folder(f->archive->source), path, NULL, &mode) && (mode & 0170000) == 0040000;
}

/* A path of the archive in which something has happened. */
static void touch(Follow *f, Str path)
{
	for (size_t i = 0; i < sizeof watched / sizeof *watched; i++) {
		if (!below(path, watched[i].folder))
			continue;
		if (is_folder(f, path))
			watch_tree(f, f->options->source, path);
		if (watched[i].part == PART_CONTENT)
			touch_content(f, path);
		else
			touch_other(f, path, watched[i].part);
		return;
	}
	for (size_t c = 0; c < f->archive->settings.collections_n; c++)
		if (below(path, f->archive->settings.collections[c].path))
			touch_content(f, path);
	if (str_eq(path, S("site.yaml")))
		touch_other(f, path, PART_SETTINGS);
	else if (str_eq(path, S(".mailmap")))
		touch_other(f, path, PART_HISTORY);
}

static void on_change(void *user, Str folder, Str name)
{
	Follow *f = user;
	Str root = f->options->source;
	Repo *repo = f->archive->repo;
	f->event = report_clock();
	if (repo && (below(folder, repo_git_folder(repo, false)) || below(folder, repo_git_folder(repo, true)))) {
		if (!str_starts(name, S("index")) && !str_ends(name, S(".lock")))
			doubt(f, PART_HISTORY);
		return;
	}
	if (is_swap_file(name) && !str_eq(name, S(".mailmap")) && !str_starts(name, S(".htaccess")))
		return;
	Arena a = {0};
	Str path = str_starts(folder, root) ? str_from(folder, root.n + (folder.n > root.n)) : folder;
	if (path.n && name.n)
		path = str_printf(&a, "%.*s/%.*s", STR_ARG(path), STR_ARG(name));
	else if (name.n)
		path = name;
	touch(f, path);
	arena_release(&a);
}

/* ---- whether it has ---- */

static void print_file(const Follow *f, HashStream *h, Str path)
{
	DiskStat stat = {0};
	disk_stat(source_folder(f->archive->source), path, &stat, NULL);
	hash_more(h, (Str){(const char *)&stat, sizeof stat});
}

static void print_folder(const Follow *f, HashStream *h, Str path)
{
	Arena a = {0};
	DiskEntry *list;
	size_t n;
	if (!disk_list(source_folder(f->archive->source), path, DISK_WITH_STAT, &a, &list, &n))
		for (size_t i = 0; i < n; i++) {
			hash_more(h, list[i].path);
			hash_more(h, (Str){(const char *)&list[i].stat, sizeof list[i].stat});
		}
	arena_release(&a);
}

static Hash print_of(Follow *f, Part p)
{
	HashStream *h = hash_start();
	bool folder = source_folder(f->archive->source) >= 0;
	if (p == PART_SETTINGS && folder)
		print_file(f, h, S("site.yaml"));
	if (p == PART_HISTORY) {
		Oid head = archive_head(f->archive);
		hash_more(h, (Str){(const char *)head.id, sizeof head.id});
		if (folder) {
			print_file(f, h, S(".mailmap"));
			print_file(f, h, S("content/_versions.tsv"));
		}
	}
	for (size_t i = 0; folder && p == PART_LAYOUTS && i < sizeof watched / sizeof *watched; i++)
		if (watched[i].part == PART_LAYOUTS)
			print_folder(f, h, watched[i].folder);
	return hash_end(h);
}

/* Whether a part is not as it was; it is taken as seen. Content is the loader's to compare. */
static bool has_changed(Follow *f, Part p)
{
	if (!(f->doubt & 1u << p))
		return false;
	Hash now = print_of(f, p);
	bool same = hash_eq(now, f->prints[p]);
	f->prints[p] = now;
	return !same;
}

/* ---- the next state ---- */

static void forget_site(Follow *f)
{
	renderer_forget(f->archive->renderer);
	site_release(f->site);
	f->site = NULL;
}

/* Every document that is not as its file is, and whatever else is wrong with the generation. */
static void find_faults(Follow *f, const Site *s)
{
	f->checked = false;
	Diags *d = &f->faults[PART_CONTENT];
	diags_clear(d);
	for (size_t i = 0; i < s->documents_n; i++)
		if (s->documents[i]->stale || s->documents[i]->failed)
			diags_move(d, &s->documents[i]->diags);
	diags_move(d, &s->diags);
	diags_move(d, &f->archive->diags);
}

void follow_faults(const Follow *f, Diags *all)
{
	for (Part p = 0; p < PART_N; p++)
		diags_move(all, &f->faults[p]);
	diags_sort(all);
}

/* The table of names is made when first asked, and once. */
static size_t weight_of(const Site *s) { return s->arena.held + s->replaced_bytes - s->by_address.cap * sizeof *s->by_address.slots; }

/* Files that are put into a generation leave what was there before in memory, until a new one is derived: when nobody
 * waits for it, unless it becomes too much. */
enum { HEAVY = 4 << 20, TOO_HEAVY = 16 << 20 };

static bool is_heavier(const Follow *f, size_t by) { return f->site && weight_of(f->site) > f->weight + by; }

/* A new generation in the place of the old one; when it has faults of its own (two pages at one address, a data file
 * that is no YAML), the old one stays. */
static void derive(Follow *f)
{
	diags_clear(&f->archive->diags);
	Site *fresh = build_site(f->archive, NULL);
	find_faults(f, fresh);
	if (f->site && f->site->history == fresh->history && f->site->layouts == fresh->layouts && diags_worst(&fresh->diags) >= DIAG_ERROR) {
		renderer_forget(f->archive->renderer);
		site_release(fresh);
		return;
	}
	forget_site(f);
	f->site = fresh;
	f->weight = weight_of(fresh);
	malloc_trim(0); /* two generations were in memory, and one is */
}

/* Everything anew, or, when site.yaml is broken, everything as it was. */
static void reopen(Follow *f)
{
	Archive *fresh = mem_alloc(sizeof *fresh);
	diags_clear(&f->faults[PART_SETTINGS]);
	if (!archive_open(fresh, f->options) || diags_worst(&fresh->diags) >= DIAG_ERROR) {
		diags_move(&f->faults[PART_SETTINGS], &fresh->diags);
		archive_close(fresh);
		free(fresh);
		return;
	}
	forget_site(f);
	archive_close(f->archive);
	free(f->archive);
	f->archive = fresh;
	f->archive->report.quiet = true;
	archive_keep_good(f->archive);
	diags_clear(&f->faults[PART_LAYOUTS]);
	layouts_load_all(f->archive->layouts, &f->faults[PART_LAYOUTS]);
	derive(f);
	watch_everything(f);
}

/* False: whatever was touched says what it said. */
static bool change_content(Follow *f)
{
	bool changed = false;
	if (f->site && !is_heavier(f, TOO_HEAVY) && archive_patch(f->archive, f->site, &changed)) {
		if (changed) {
			renderer_forget(f->archive->renderer);
			find_faults(f, f->site);
		}
		return changed;
	}
	derive(f);
	return true;
}

static bool relayout(Follow *f)
{
	diags_clear(&f->faults[PART_LAYOUTS]);
	return archive_relayout(f->archive, &f->faults[PART_LAYOUTS]);
}

static FollowChange act(Follow *f)
{
	bool settings = has_changed(f, PART_SETTINGS), history = has_changed(f, PART_HISTORY), layouts = has_changed(f, PART_LAYOUTS);
	bool content = f->doubt & 1u << PART_CONTENT;
	if (settings || (history && source_kind(f->archive->source) == SOURCE_COMMIT)) {
		reopen(f);
		return FOLLOW_PAGES;
	}
	bool laid_out = layouts && relayout(f);
	if (history) {
		buf_clear(&f->seen);
		buf_lit(&f->seen, "a commit");
		forget_site(f);
		archive_forget_history(f->archive);
	}
	if (history || laid_out)
		derive(f);
	else if (content)
		content = change_content(f);
	if (layouts && !history && !content && str_ends(buf_str(&f->seen), S(".css")))
		return FOLLOW_STYLES;
	return settings || history || layouts || content ? FOLLOW_PAGES : FOLLOW_SAME;
}

/* After a pause everything is looked at once, and then rarely: events can be lost. */
static double next_rescan(const Follow *f)
{
	if (f->blind)
		return f->rescan + POLL_SECONDS;
	return f->rescan < f->event ? f->event + IDLE_SECONDS : f->rescan + RESCAN_SECONDS;
}

static bool check_again(Follow *f);

static FollowChange rescan(Follow *f)
{
	Diags quiet = {0};
	f->rescan = report_clock();
	for (Part p = 0; p < PART_N; p++)
		doubt(f, p);
	load_touch_all(f->archive->loader);
	if (!load_changed(f->archive->loader, &quiet) && !is_heavier(f, HEAVY))
		f->doubt &= ~(1u << PART_CONTENT);
	diags_release(&quiet);
	FollowChange change = act(f);
	return check_again(f) && change == FOLLOW_SAME ? FOLLOW_CHECKS : change;
}

int follow_patience(const Follow *f)
{
	double now = report_clock(), due = next_rescan(f);
	return due <= now ? 1 : (int)((due - now) * 1000) + 1;
}

FollowChange follow_look(Follow *f)
{
	watch_poll(f->watch);
	f->found = !f->doubt;
	FollowChange change = f->doubt ? act(f) : report_clock() > next_rescan(f) ? rescan(f) : FOLLOW_SAME;
	f->doubt = 0;
	return change;
}

/* ---- what a build would stop at ---- */

static void add_errors(const Diags *from, Diags *to)
{
	for (size_t i = 0; i < from->n; i++)
		if (from->list[i].level >= DIAG_ERROR)
			diag_add(to, from->list[i]);
}

/* Of one document, or of all; kept out of the generation's own messages. */
static void check(Site *s, const Document *only, Diags *out)
{
	Diags own = s->diags;
	s->diags = (Diags){0};
	if (only)
		graph_check_page(s, only);
	else
		graph_check(s);
	for (size_t i = 0; i < s->documents_n && !only; i++)
		if (!s->documents[i]->stale && !s->documents[i]->failed)
			add_errors(&s->documents[i]->diags, out);
	if (only && !only->stale && !only->failed)
		add_errors(&only->diags, out);
	add_errors(&s->diags, out);
	diags_release(&s->diags);
	s->diags = own;
}

void follow_checks(Follow *f, const Document *page, Diags *all)
{
	if (page)
		check(f->site, page, all);
	for (size_t i = 0; i < f->checks.n; i++)
		if (!page || !str_eq(f->checks.list[i].file, page->path))
			diag_add(all, f->checks.list[i]);
	diags_sort(all);
}

static bool same_diags(const Diags *a, const Diags *b)
{
	bool same = a->n == b->n;
	for (size_t i = 0; i < a->n && same; i++)
		same = str_eq(a->list[i].file, b->list[i].file) && a->list[i].line == b->list[i].line && str_eq(a->list[i].message, b->list[i].message);
	return same;
}

/* Nobody waits: all documents are looked at. Whether something else is to be said than before. */
static bool check_again(Follow *f)
{
	Diags now = {0};
	if (f->checked || !f->site)
		return false;
	f->checked = true;
	check(f->site, NULL, &now);
	bool same = same_diags(&now, &f->checks);
	diags_release(&f->checks);
	f->checks = now;
	return !same;
}

/* ---- life ---- */

bool follow_open(Follow *f, const Options *o)
{
	*f = (Follow){.options = o, .archive = mem_alloc(sizeof(Archive))};
	if (!archive_open(f->archive, o))
		return false;
	f->archive->report = report_start(o);
	archive_keep_good(f->archive);
	f->watch = watch_open(on_change, f);
	for (Part p = 0; p < PART_CONTENT; p++)
		f->prints[p] = print_of(f, p);
	watch_everything(f); /* before anything is read, so that no change falls between */
	layouts_load_all(f->archive->layouts, &f->faults[PART_LAYOUTS]);
	Site *s = build_site(f->archive, NULL);
	find_faults(f, s);
	f->site = s;
	f->weight = weight_of(s);
	f->archive->report.quiet = true;
	watch_repository(f); /* it is known now */
	f->event = f->rescan = report_clock();
	f->rescan -= 1; /* so that there is a pause to look for what a build would stop at */
	malloc_trim(0);
	return true;
}

void follow_close(Follow *f)
{
	site_release(f->site);
	archive_close(f->archive);
	free(f->archive);
	watch_close(f->watch);
	buf_release(&f->seen);
	for (Part p = 0; p < PART_N; p++)
		diags_release(&f->faults[p]);
	diags_release(&f->checks);
}
