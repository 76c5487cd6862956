#include "history/line.h"

#include <stdlib.h>

/* ---- ids */

static size_t slot_of(const OidSet *s, const Oid *id)
{
	uint64_t h;
	memcpy(&h, id->id, sizeof h);
	size_t i = (size_t)(h * 0x9E3779B97F4A7C15u >> 20) & (s->slots_n - 1);
	while (s->slots[i] && !oid_eq(&s->list[s->slots[i] - 1], id))
		i = (i + 1) & (s->slots_n - 1);
	return i;
}

uint32_t oidset_find(const OidSet *s, const Oid *id)
{
	return s->n ? s->slots[slot_of(s, id)] - 1 : NO_NUMBER;
}

static void oidset_grow(OidSet *s)
{
	s->slots_n = s->slots_n ? s->slots_n * 2 : 256;
	free(s->slots);
	s->slots = mem_resize(NULL, s->slots_n, sizeof *s->slots);
	memset(s->slots, 0, s->slots_n * sizeof *s->slots);
	for (size_t i = 0; i < s->n; i++)
		s->slots[slot_of(s, &s->list[i])] = (uint32_t)i + 1;
}

uint32_t oidset_add(OidSet *s, const Oid *id)
{
	if (2 * s->n >= s->slots_n)
		oidset_grow(s);
	size_t slot = slot_of(s, id);
	if (!s->slots[slot]) {
		MEM_ROOM(s->list, s->n, s->cap);
		s->list[s->n++] = *id;
		s->slots[slot] = (uint32_t)s->n;
	}
	return s->slots[slot] - 1;
}

void oidset_release(OidSet *s)
{
	free(s->list);
	free(s->slots);
	*s = (OidSet){0};
}

/* ---- lists that grow */

#define GROW(list, n, cap) do { \
	if ((n) == (cap)) { \
		(cap) = (cap) * 2 + 64; \
		(list) = mem_resize((list), (cap), sizeof *(list)); \
	} } while (0)

void line_release(Line *line)
{
	free(line->commits);
	free(line->paths);
	free(line->events);
	free(line->notes);
	free(line->merged_at);
	oidset_release(&line->merged);
	table_release(&line->by_path);
}

/* ---- paths */

Str below_collection(Str path, const Collection *c)
{
	size_t folder = 0;
	for (size_t i = 0; i <= c->former_paths.n; i++) {
		Str each = i ? c->former_paths.at[i - 1].text : c->path;
		if (each.n > folder && str_starts(path, each))
			folder = each.n;
	}
	return folder ? str_from(path, folder + 1) : path;
}

uint32_t line_path_find(const Line *line, Str path)
{
	void *number = table_get(&line->by_path, path);
	return number ? (uint32_t)(uintptr_t)number - 1 : NO_NUMBER;
}

uint32_t line_path(Line *line, const Settings *s, Str path)
{
	uint32_t number = line_path_find(line, path);
	if (number != NO_NUMBER)
		return number;
	GROW(line->paths, line->paths_n, line->paths_cap);
	LinePath *p = &line->paths[line->paths_n++];
	const Collection *c = settings_collection(s, path, true);
	*p = (LinePath){.path = str_dup(line->arena, path), .collection = NO_NUMBER};
	if (c && c->versions) {
		p->collection = (uint32_t)(c - s->collections);
		p->brief = text_ending(path) && settings_is_public(s, path, true);
		p->former = settings_collection(s, path, false) != c;
	}
	table_put(&line->by_path, p->path, (void *)(uintptr_t)line->paths_n);
	return (uint32_t)line->paths_n - 1;
}

/* ---- the walk */

typedef struct Walk {
	Line *line;
	const HistoryInput *in;
	Diags *diags;
	OidSet known;       /* commits that line holds already; their numbers are the same */
	Arena commit;       /* one commit's texts */
	LineCommit *fresh;  /* newest first */
	Oid *others;        /* with it: the side parents of each, fresh[i].others.. */
	struct FreshOthers { uint32_t from, n; } *sides;
	LineEvent *events;  /* newest first; commit counts from the newest */
	LineNote *notes;
	size_t fresh_n, fresh_cap, sides_cap, others_n, others_cap, events_n, events_cap, notes_n, notes_cap;
	size_t pulled;      /* merges followed along their second parent */
	Oid pulled_at;
} Walk;

/* Git's own words for `git pull` of the branch one is on. A merge into main or master names no target. */
static bool is_pull(Str message, Str branch)
{
	Str rest = message, subject = str_cut(&rest, '\n');
	if (!str_starts(subject, S("Merge branch '")))
		return false;
	rest = str_from(subject, 14);
	Str from = str_cut(&rest, '\'');
	if (!rest.p || !str_starts(rest, S(" of ")))
		return false;
	size_t into = str_find(rest, S(" into "));
	if (into != SIZE_MAX)
		return str_eq(str_trim(str_from(rest, into + 6)), from);
	return str_eq(from, S("main")) || str_eq(from, S("master")) || (branch.n && str_eq(from, branch));
}

static Str first_line(Str message)
{
	Str line = {0};
	str_line(&message, &line);
	return str_trim(line);
}

static void add_event(void *context, const TreesChange *change)
{
	Walk *w = context;
	uint32_t path = line_path(w->line, w->in->settings, change->path);
	GROW(w->events, w->events_n, w->events_cap);
	LineEvent *e = &w->events[w->events_n++];
	*e = (LineEvent){.commit = (uint32_t)w->fresh_n - 1, .path = path, .gone = !change->id};
	if (change->id)
		memcpy(e->blob.id, change->id, sizeof e->blob.id);
	if (w->line->paths[path].collection == NO_NUMBER)
		w->fresh[w->fresh_n - 1].outside = true;
}

static LineCommit *add_commit(Walk *w, const Oid *id, const RepoCommit *c, size_t followed)
{
	const HistorySettings *s = &w->in->settings->history;
	GROW(w->fresh, w->fresh_n, w->fresh_cap);
	if (w->sides_cap < w->fresh_cap)
		w->sides = mem_resize(w->sides, w->sides_cap = w->fresh_cap, sizeof *w->sides);
	w->sides[w->fresh_n] = (struct FreshOthers){(uint32_t)w->others_n, 0};
	LineCommit *commit = &w->fresh[w->fresh_n++];
	*commit = (LineCommit){.id = *id, .date = s->author_dates ? c->authored : c->committed, .signature = c->signature};
	if (s->contributors) {
		commit->author = note_line(c->author, w->line->arena);
		commit->author_mail = str_dup(w->line->arena, c->author_mail);
	}
	if (s->subjects && c->parents_n < 2)
		commit->subject = note_line(first_line(c->message), w->line->arena);
	for (size_t i = 0; s->notes && i < c->parents_n; i++) {
		if (i == followed)
			continue;
		GROW(w->others, w->others_n, w->others_cap);
		w->others[w->others_n++] = c->parents[i];
		w->sides[w->fresh_n - 1].n++;
	}
	LineNote note;
	if (s->notes && note_read(c->message, w->line->arena, &note)) {
		GROW(w->notes, w->notes_n, w->notes_cap);
		note.all = true;
		note.commit = (uint32_t)w->fresh_n - 1;
		w->notes[w->notes_n++] = note;
	}
	return commit;
}

static void cut_off(Walk *w, Str message, Str hint)
{
	bool allowed = w->in->settings->history.allow_incomplete;
	w->line->incomplete = true;
	if (!allowed)
		message = str_printf(w->line->arena, "%.*s; versions and their numbers would be wrong", STR_ARG(message));
	diag_add(w->diags, (Diag){.level = allowed ? DIAG_NOTICE : DIAG_WORLD, .message = message,
		.hint = allowed ? (Str){0} : str_printf(w->line->arena, "%.*s, or build with --allow-incomplete-history", STR_ARG(hint))});
}

static Str short_id(const Oid *id, Arena *a)
{
	Buf b = {0};
	buf_put_oid(&b, id);
	Str s = str_dup(a, str_upto(buf_str(&b), 10));
	buf_release(&b);
	return s;
}

static void lost_object(Walk *w, const char *what, const Oid *id, RepoFault fault)
{
	Arena *a = w->line->arena;
	bool partial = repo_is_partial(w->in->repo);
	cut_off(w, str_printf(a, "the history is incomplete: %s of commit %s is %s", what, short_id(id, a).p, fault == REPO_MISSING ? "missing" : "damaged"),
		partial ? S("the clone is partial: git fetch --refetch --no-filter") : S("git fsck; clone the repository anew, or fetch the object from another copy"));
}

/* The tree that the archive's commit stands on, as one of its parents has it. False: the line ends here. */
static bool next_commit(Walk *w, const Oid *id, const RepoCommit *c, size_t followed, RepoCommit *parent, Arena *a)
{
	if (!c->parents_n)
		return false;
	RepoFault fault = repo_commit(w->in->repo, &c->parents[followed], a, parent);
	if (!fault)
		return true;
	if (repo_is_shallow_at(w->in->repo, id))
		cut_off(w, S("the repository is a shallow clone: its history is cut off"), S("git fetch --unshallow"));
	else
		lost_object(w, "the parent", id, fault);
	return false;
}

static size_t parent_to_follow(Walk *w, const Oid *id, const RepoCommit *c)
{
	if (c->parents_n != 2 || !is_pull(c->message, repo_branch(w->in->repo)))
		return 0;
	if (!w->pulled++)
		w->pulled_at = *id;
	return 1;
}

/* The folders that are looked into: content/, and what collections have beside it. */
static Trees *open_trees(const HistoryInput *in, Arena *a)
{
	const Settings *s = in->settings;
	size_t n = 1, most = 1;
	for (size_t i = 0; i < s->collections_n; i++)
		most += 1 + s->collections[i].former_paths.n;
	Str *folders = NEW_N(a, Str, most);
	folders[0] = S("content");
	for (size_t i = 0; i < s->collections_n; i++) {
		folders[n++] = s->collections[i].path;
		for (size_t j = 0; j < s->collections[i].former_paths.n; j++)
			folders[n++] = s->collections[i].former_paths.at[j].text;
	}
	return trees_new(in->repo, folders, n);
}

/* What the newest fresh commit changed against its parent; against nothing where the line ends. */
static bool compare_with(Walk *w, Trees *trees, const RepoCommit *c, const RepoCommit *parent)
{
	LineCommit *commit = &w->fresh[w->fresh_n - 1];
	size_t events_n = w->events_n;
	bool outside;
	RepoFault fault = trees_step(trees, parent ? &parent->tree : NULL, add_event, w, &outside);
	commit->outside |= outside;
	if (!fault)
		return true;
	bool too_many = w->events_n - events_n >= TREES_CHANGES_MAX;
	if (too_many)
		cut_off(w, str_printf(w->line->arena, "commit %s changes more than %d files, and is not read", short_id(&commit->id, w->line->arena).p, TREES_CHANGES_MAX),
			S("build from another branch: --rev"));
	else
		lost_object(w, "a folder", &commit->id, fault);
	if (too_many)
		w->events_n = events_n;
	if (parent && !too_many) { /* then as if the line began here */
		w->events_n = events_n;
		trees_start(trees, &c->tree);
		trees_step(trees, NULL, add_event, w, &outside);
	}
	return false;
}

/* A commit that line holds already ends the walk; what lies above it in line is no longer true. */
static void cut_line(Line *line, uint32_t newest)
{
	line->commits_n = newest == NO_NUMBER ? 0 : newest + 1;
	while (line->events_n && line->events[line->events_n - 1].commit >= line->commits_n)
		line->events_n--;
	while (line->notes_n && line->notes[line->notes_n - 1].commit >= line->commits_n)
		line->notes_n--;
	size_t merged = line->merged.n;
	while (merged && line->merged_at[merged - 1] >= line->commits_n)
		merged--;
	if (merged == line->merged.n)
		return;
	OidSet old = line->merged;
	line->merged = (OidSet){0};
	for (size_t i = 0; i < merged; i++)
		oidset_add(&line->merged, &old.list[i]);
	oidset_release(&old);
}

static void walk_down(Walk *w)
{
	Arena texts[2] = {{0}, {0}};
	RepoCommit commits[2];
	Oid id = w->in->commit;
	uint32_t met = oidset_find(&w->known, &id);
	int now = 0;
	RepoFault fault = met == NO_NUMBER ? repo_commit(w->in->repo, &id, &texts[now], &commits[now]) : REPO_FINE;
	if (fault)
		lost_object(w, "the text", &id, fault);
	Trees *trees = fault || met != NO_NUMBER ? NULL : open_trees(w->in, w->line->arena);
	if (trees)
		trees_start(trees, &commits[now].tree);
	while (trees) {
		RepoCommit *c = &commits[now], *parent = &commits[!now];
		size_t follow = parent_to_follow(w, &id, c);
		arena_reset(&texts[!now]);
		bool more = next_commit(w, &id, c, follow, parent, &texts[!now]);
		add_commit(w, &id, c, follow);
		if (!compare_with(w, trees, c, more ? parent : NULL) || !more)
			break;
		id = c->parents[follow];
		met = oidset_find(&w->known, &id);
		if (met != NO_NUMBER)
			break;
		now = !now;
	}
	cut_line(w->line, met);
	trees_free(trees);
	arena_release(&texts[0]);
	arena_release(&texts[1]);
}

/* ---- merged branches: whose notes count for the files that they touch */

static void add_touched(void *context, const TreesChange *change)
{
	Walk *w = context;
	GROW(w->events, w->events_n, w->events_cap);
	w->events[w->events_n++] = (LineEvent){.path = line_path(w->line, w->in->settings, change->path)};
}

static void touched_by(Walk *w, const RepoCommit *c, Trees *trees, LineNote *note)
{
	RepoCommit parent;
	bool outside;
	bool has_parent = c->parents_n && !repo_commit(w->in->repo, &c->parents[0], &w->commit, &parent);
	if (c->parents_n && !has_parent)
		return;
	trees_start(trees, &c->tree);
	w->events_n = 0;
	trees_step(trees, has_parent ? &parent.tree : NULL, add_touched, w, &outside);
	uint32_t *paths = NEW_N(w->line->arena, uint32_t, w->events_n);
	for (size_t i = 0; i < w->events_n; i++)
		paths[i] = w->events[i].path;
	note->paths = paths;
	note->paths_n = (uint32_t)w->events_n;
}

static void look_at_side(Walk *w, const Oid *id, uint32_t commit, Trees *trees, const RepoCommit *c)
{
	LineNote note;
	uint32_t number = oidset_add(&w->line->merged, id);
	if (number >= w->line->merged_cap) {
		w->line->merged_cap = number * 2 + 64;
		w->line->merged_at = mem_resize(w->line->merged_at, w->line->merged_cap, sizeof *w->line->merged_at);
	}
	w->line->merged_at[number] = commit;
	if (!note_read(c->message, w->line->arena, &note))
		return;
	note.commit = commit;
	touched_by(w, c, trees, &note);
	GROW(w->line->notes, w->line->notes_n, w->line->notes_cap);
	w->line->notes[w->line->notes_n++] = note;
}

/* Everything that a merge brought and that was not there before. What is missing down there does not matter. */
static void read_sides(Walk *w, uint32_t commit, const Oid *parents, size_t n, Trees *trees)
{
	Oid *open = mem_resize(NULL, n + 1, sizeof *open);
	size_t open_n = 0, open_cap = n + 1;
	for (size_t i = n; i-- > 0;)
		open[open_n++] = parents[i];
	while (open_n) {
		Oid id = open[--open_n];
		RepoCommit c;
		arena_reset(&w->commit);
		if (oidset_find(&w->known, &id) != NO_NUMBER || oidset_find(&w->line->merged, &id) != NO_NUMBER || repo_commit(w->in->repo, &id, &w->commit, &c))
			continue;
		if (open_n + c.parents_n > open_cap)
			open = mem_resize(open, open_cap = 2 * (open_n + c.parents_n), sizeof *open);
		for (size_t i = c.parents_n; i-- > 0;)
			open[open_n++] = c.parents[i];
		look_at_side(w, &id, commit, trees, &c);
	}
	free(open);
}

/* Appends what was read, oldest first, and reads each merge's branches on the way. */
static void append_fresh(Walk *w)
{
	Line *line = w->line;
	uint32_t base = (uint32_t)line->commits_n, newest = (uint32_t)(w->fresh_n - 1);
	size_t note = w->notes_n;
	Trees *trees = open_trees(w->in, line->arena);
	LineEvent *events = w->events;
	size_t events_n = w->events_n;
	w->events = NULL;
	w->events_n = w->events_cap = 0;
	for (size_t i = w->fresh_n; i-- > 0;) {
		uint32_t number = base + newest - (uint32_t)i;
		GROW(line->commits, line->commits_n, line->commits_cap);
		line->commits[line->commits_n++] = w->fresh[i];
		oidset_add(&w->known, &w->fresh[i].id);
		for (; note && w->notes[note - 1].commit == i; note--) {
			GROW(line->notes, line->notes_n, line->notes_cap);
			line->notes[line->notes_n] = w->notes[note - 1];
			line->notes[line->notes_n++].commit = number;
		}
		read_sides(w, number, w->others + w->sides[i].from, w->sides[i].n, trees);
	}
	for (size_t end = events_n; end;) { /* commits turn round, the order within each stays */
		size_t from = end;
		while (from && events[from - 1].commit == events[end - 1].commit)
			from--;
		for (size_t i = from; i < end; i++) {
			GROW(line->events, line->events_n, line->events_cap);
			line->events[line->events_n] = events[i];
			line->events[line->events_n++].commit = base + newest - events[i].commit;
		}
		end = from;
	}
	free(events);
	trees_free(trees);
}

static void tell_pulls(Walk *w)
{
	Arena *a = w->line->arena;
	if (w->pulled)
		diag_add(w->diags, (Diag){.level = DIAG_NOTICE, .check = NULL,
			.message = str_printf(a, "%zu merge%s made by `git pull` (the newest: %s) %s followed along the branch that was pulled, so that no number changes",
				w->pulled, w->pulled == 1 ? "" : "s", short_id(&w->pulled_at, a).p, w->pulled == 1 ? "is" : "are")});
}

/* Signatures cost a tenth of a millisecond each, so every thread takes its share. */
typedef struct Checking {
	LineCommit *commits;
	const HistoryInput *in;
	Repo **repos;
	Arena *arenas, *scratch; /* one a worker */
} Checking;

static void check_signature(void *context, size_t i, int worker)
{
	Checking *k = context;
	LineCommit *c = &k->commits[i];
	if (c->signature != SIGNATURE_SSH)
		return;
	if (!k->repos[worker] && !(k->repos[worker] = repo_again(k->in->repo)))
		return;
	Str signer;
	c->signature_state = signature_check(k->repos[worker], &c->id, c->date.seconds, k->in->signers, &k->scratch[worker], &signer);
	c->signer = note_line(signer, &k->arenas[worker]);
	arena_reset(&k->scratch[worker]);
}

static void check_signatures(Line *line, const HistoryInput *in)
{
	size_t n = line->commits_n - line->kept, workers = in->pool ? (size_t)pool_threads(in->pool) : 1, some = 0;
	Checking k = {.commits = line->commits + line->kept, .in = in};
	for (size_t i = 0; i < n; i++)
		some += k.commits[i].signature == SIGNATURE_SSH;
	if (!some)
		return;
	k.repos = NEW_N(line->arena, Repo *, workers);
	k.arenas = NEW_N(line->arena, Arena, workers);
	k.scratch = NEW_N(line->arena, Arena, workers);
	if (in->pool)
		pool_run(in->pool, n, check_signature, &k);
	for (size_t i = 0; !in->pool && i < n; i++)
		check_signature(&k, i, 0);
	for (size_t i = 0; i < n; i++)
		k.commits[i].signer = str_dup(line->arena, k.commits[i].signer);
	for (size_t i = 0; i < workers; i++) {
		repo_free(k.repos[i]);
		arena_release(&k.arenas[i]);
		arena_release(&k.scratch[i]);
	}
}

void line_read(Line *line, const HistoryInput *in, Diags *d)
{
	Walk w = {.line = line, .in = in, .diags = d};
	for (size_t i = 0; i < line->commits_n; i++)
		oidset_add(&w.known, &line->commits[i].id);
	walk_down(&w);
	line->kept = line->commits_n;
	oidset_release(&w.known);
	for (size_t i = 0; i < line->commits_n; i++)
		oidset_add(&w.known, &line->commits[i].id);
	append_fresh(&w);
	check_signatures(line, in);
	tell_pulls(&w);
	oidset_release(&w.known);
	arena_release(&w.commit);
	free(w.fresh);
	free(w.others);
	free(w.sides);
	free(w.events);
	free(w.notes);
}
