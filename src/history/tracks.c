/* How this file thinks: the events are played back oldest first. At each commit every path has at most one owner, a
 * track; what is gone and what comes in the same commit is matched, by id, by path, then by text. */
#include "history/tracks.h"

#include <stdlib.h>

typedef struct Watchers { /* tracks that named a file in `pdf` */
	uint32_t *list;
	uint32_t n, cap;
} Watchers;

typedef struct Replay {
	Tracks *t;
	const Line *line;
	const Faces *faces;
	const HistoryInput *in;
	Diags *diags;
	uint32_t *owner;      /* by path: the live track there, or NO_NUMBER */
	uint32_t *latest;     /* by path: its last event so far; a hostile tree has a name twice */
	uint32_t *last;       /* by path: the track that ended there */
	Watchers *watchers;   /* by path */
	uint32_t *file_events, *file_from; /* events that are no brief's, by path */
	uint32_t *members, *members_from;  /* files below each bundle's index.md, by path of the latter */
	Table by_id;          /* id -> track + 1 */
	uint32_t commit;
	PairSide *gone, *come;
	uint32_t *gone_track, *come_event;
	size_t gone_n, come_n, gone_cap, come_cap;
	uint32_t *touched;    /* tracks of this commit, for their files */
	size_t touched_n, touched_cap;
} Replay;

static Track *track_new(Replay *r)
{
	Tracks *t = r->t;
	MEM_ROOM(t->list, t->n, t->cap);
	Track *k = &t->list[t->n++];
	*k = (Track){.path = NO_NUMBER, .touched = NO_NUMBER};
	return k;
}

static void touch(Replay *r, uint32_t track)
{
	Track *k = &r->t->list[track];
	if (k->touched == r->commit)
		return;
	k->touched = r->commit;
	r->t->touches[r->commit]++;
	MEM_ROOM(r->touched, r->touched_n, r->touched_cap);
	r->touched[r->touched_n++] = track;
}

static State *push_state(Replay *r, Track *k, State s)
{
	if (k->n && k->states[k->n - 1].commit == s.commit)
		k->n--; /* one state a commit: the last word */
	ARENA_ROOM(r->t->arena, k->states, k->n, k->cap);
	k->states[k->n] = s;
	return &k->states[k->n++];
}

/* ---- attachments */

/* The blob of a file after a commit; NULL: it is not there. */
static const Oid *file_at(const Replay *r, uint32_t path, uint32_t commit)
{
	uint32_t low = r->file_from[path], high = r->file_from[path + 1];
	while (low < high) {
		uint32_t middle = (low + high) / 2;
		if (r->line->events[r->file_events[middle]].commit <= commit)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == r->file_from[path])
		return NULL;
	const LineEvent *e = &r->line->events[r->file_events[low - 1]];
	return e->gone ? NULL : &e->blob;
}

static Str folder_of(Str path)
{
	size_t slash = str_rfind_char(path, '/');
	return slash == SIZE_MAX ? (Str){0} : str_upto(path, slash);
}

/* The number of a folder's index.md, if there ever was one. */
static uint32_t index_of(const Line *line, Str folder)
{
	char name[4200];
	Str leaf = S("/index.md");
	if (folder.n + leaf.n > sizeof name)
		return NO_NUMBER;
	memcpy(name, folder.p, folder.n);
	memcpy(name + folder.n, leaf.p, leaf.n);
	return line_path_find(line, str_n(name, folder.n + leaf.n));
}

/* The live bundle that holds a file: the nearest folder around it with an index.md. */
static uint32_t bundle_of(const Replay *r, Str path)
{
	for (Str folder = folder_of(path); folder.n; folder = folder_of(folder)) {
		uint32_t index = index_of(r->line, folder);
		if (index != NO_NUMBER && r->owner[index] != NO_NUMBER)
			return index;
	}
	return NO_NUMBER;
}

static bool is_bundle(const LinePath *p, const Settings *s)
{
	if (!p->brief || !str_ends(p->path, S("/index.md")))
		return false;
	Str folder = folder_of(p->path);
	const Collection *c = &s->collections[p->collection];
	bool root = str_eq(folder, c->path);
	for (size_t i = 0; i < c->former_paths.n; i++)
		root |= str_eq(folder, c->former_paths.at[i].text);
	return !root;
}

/* Where a path that `pdf` names may be: beside the brief, in content/, at the archive's root. */
static void named_files(const Replay *r, Str from, Str named, Arena *a, uint32_t out[3])
{
	Str folder = folder_of(from);
	out[0] = line_path_find(r->line, folder.n ? str_printf(a, "%.*s/%.*s", STR_ARG(folder), STR_ARG(named)) : named);
	out[1] = line_path_find(r->line, str_join(a, S("content/"), named));
	out[2] = line_path_find(r->line, named);
}

static void watch(Replay *r, uint32_t path, uint32_t track)
{
	Watchers *w = &r->watchers[path];
	for (uint32_t i = 0; i < w->n; i++)
		if (w->list[i] == track)
			return;
	ARENA_ROOM(r->t->arena, w->list, w->n, w->cap);
	w->list[w->n++] = track;
}

static int cmp_version_file(const void *x, const void *y) { return str_cmp(((const VersionFile *)x)->path, ((const VersionFile *)y)->path); }

static bool add_file(Replay *r, uint32_t path, VersionFile *list, uint32_t *n)
{
	const Oid *blob = file_at(r, path, r->commit);
	for (uint32_t i = 0; i < *n; i++)
		if (str_eq(list[i].path, r->line->paths[path].path))
			return true;
	if (blob)
		list[(*n)++] = (VersionFile){r->line->paths[path].path, *blob};
	return blob != NULL;
}

/* The first place where the file is counts; the others may come to hold it. */
static void add_named(Replay *r, uint32_t track, Str from, Str named, VersionFile *list, uint32_t *n)
{
	uint32_t places[3];
	bool found = false;
	named_files(r, from, named, r->t->arena, places);
	for (int i = 0; i < 3; i++) {
		if (places[i] == NO_NUMBER || r->line->paths[places[i]].brief)
			continue;
		watch(r, places[i], track);
		found = found || add_file(r, places[i], list, n);
	}
}

/* The files of a track's newest state. */
static void find_files(Replay *r, uint32_t track)
{
	Track *k = &r->t->list[track];
	State *s = &k->states[k->n - 1];
	if (!s->present)
		return;
	const LinePath *p = &r->line->paths[s->path];
	uint32_t from = r->members_from[s->path], to = r->members_from[s->path + 1], n = 0;
	uint32_t pdfs = s->face ? s->face->pdfs_n : 0;
	VersionFile *list = from < to || pdfs ? NEW_N(r->t->arena, VersionFile, to - from + pdfs) : NULL;
	for (uint32_t i = from; i < to; i++)
		if (bundle_of(r, r->line->paths[r->members[i]].path) == s->path)
			add_file(r, r->members[i], list, &n);
	for (uint32_t i = 0; i < pdfs; i++)
		add_named(r, track, p->path, s->face->pdfs[i], list, &n);
	if (n > 1)
		qsort(list, n, sizeof *list, cmp_version_file);
	s->files = list;
	s->files_n = n;
}

/* A changed file is a new state of its bundle, and of whoever names it. */
static void touch_holder(Replay *r, uint32_t track)
{
	Track *k = &r->t->list[track];
	touch(r, track);
	if (k->n && k->states[k->n - 1].present && k->states[k->n - 1].commit != r->commit) {
		State s = k->states[k->n - 1];
		s.commit = r->commit;
		push_state(r, k, s);
	}
}

static void play_file(Replay *r, uint32_t path)
{
	uint32_t bundle = bundle_of(r, r->line->paths[path].path);
	if (bundle != NO_NUMBER)
		touch_holder(r, r->owner[bundle]);
	for (uint32_t i = 0; i < r->watchers[path].n; i++)
		touch_holder(r, r->watchers[path].list[i]);
}

/* ---- who is who in one commit */

static void note_gone(Replay *r, uint32_t path)
{
	uint32_t track = r->owner[path];
	Track *k = &r->t->list[track];
	if (r->gone_n == r->gone_cap) {
		r->gone_cap = r->gone_cap * 2 + 16;
		r->gone = mem_resize(r->gone, r->gone_cap, sizeof *r->gone);
		r->gone_track = mem_resize(r->gone_track, r->gone_cap, sizeof *r->gone_track);
	}
	r->gone_track[r->gone_n] = track;
	r->gone[r->gone_n++] = (PairSide){r->line->paths[path].path, k->states[k->n - 1].blob, k->id, NO_NUMBER};
}

static void note_come(Replay *r, uint32_t event)
{
	const LineEvent *e = &r->line->events[event];
	const Face *f = r->faces->of[event];
	if (r->come_n == r->come_cap) {
		r->come_cap = r->come_cap * 2 + 16;
		r->come = mem_resize(r->come, r->come_cap, sizeof *r->come);
		r->come_event = mem_resize(r->come_event, r->come_cap, sizeof *r->come_event);
	}
	r->come_event[r->come_n] = event;
	r->come[r->come_n++] = (PairSide){r->line->paths[e->path].path, e->blob, f && f->readable ? f->id : (Str){0}, NO_NUMBER};
}

static void settle(Replay *r, uint32_t track, uint32_t event)
{
	const LineEvent *e = &r->line->events[event];
	Track *k = &r->t->list[track];
	const Face *f = r->faces->of[event];
	touch(r, track);
	push_state(r, k, (State){.commit = e->commit, .path = e->path, .present = true, .blob = e->blob, .face = f, .body = r->faces->body[event]});
	k->path = e->path;
	r->owner[e->path] = track;
	if (f && f->readable && f->id.n) {
		k->id = f->id;
		table_put(&r->by_id, f->id, (void *)(uintptr_t)(track + 1));
	}
}

static void end_track(Replay *r, uint32_t track)
{
	Track *k = &r->t->list[track];
	State s = k->states[k->n - 1];
	touch(r, track);
	s.commit = r->commit;
	s.present = false;
	r->last[k->path] = track;
	k->path = NO_NUMBER;
	push_state(r, k, s);
}

/* The track that a path's file goes on with after a break: the same id, or no other and the same title or text. */
static bool is_same_brief(const Replay *r, const Track *k, const PairSide *come, const Face *f)
{
	const State *last = &k->states[k->n - 1];
	if (k->id.n && come->id.n)
		return str_eq(k->id, come->id);
	if (oid_eq(&last->blob, &come->blob))
		return true;
	if (f && last->face && f->title.n && str_eq(f->title, last->face->title))
		return true;
	return blobs_similar(r->in->repo, &last->blob, &come->blob);
}

static uint32_t ended_track_for(const Replay *r, size_t come)
{
	const PairSide *c = &r->come[come];
	const LineEvent *e = &r->line->events[r->come_event[come]];
	void *found = c->id.n ? table_get(&r->by_id, c->id) : NULL;
	if (found) {
		uint32_t track = (uint32_t)(uintptr_t)found - 1;
		if (r->t->list[track].path == NO_NUMBER)
			return track;
	}
	uint32_t track = r->last[e->path];
	bool free_again = track != NO_NUMBER && r->t->list[track].path == NO_NUMBER;
	return free_again && is_same_brief(r, &r->t->list[track], c, r->faces->of[r->come_event[come]]) ? track : NO_NUMBER;
}

static void match_ids(Replay *r)
{
	for (size_t i = 0; i < r->come_n; i++)
		for (size_t j = 0; r->come[i].id.n && r->come[i].other == NO_NUMBER && j < r->gone_n; j++)
			if (r->gone[j].other == NO_NUMBER && str_eq(r->gone[j].id, r->come[i].id)) {
				r->gone[j].other = (uint32_t)i;
				r->come[i].other = (uint32_t)j;
			}
}

/* A file whose id was changed in place stays the brief that it was, unless its text is another. */
static void match_paths(Replay *r)
{
	for (size_t i = 0, j = 0; i < r->come_n && j < r->gone_n;) {
		int order = str_cmp(r->come[i].path, r->gone[j].path);
		if (!order && r->come[i].other == NO_NUMBER && r->gone[j].other == NO_NUMBER && blobs_similar(r->in->repo, &r->gone[j].blob, &r->come[i].blob)) {
			r->come[i].other = (uint32_t)j;
			r->gone[j].other = (uint32_t)i;
		}
		i += order <= 0;
		j += order >= 0;
	}
}

static void match(Replay *r)
{
	match_ids(r);
	match_paths(r);
	for (size_t j = 0; j < r->gone_n; j++)
		r->owner[r->t->list[r->gone_track[j]].path] = NO_NUMBER;
	uint32_t *back = mem_resize(NULL, r->come_n + 1, sizeof *back);
	for (size_t i = 0; i < r->come_n; i++) {
		back[i] = r->come[i].other == NO_NUMBER ? ended_track_for(r, i) : NO_NUMBER;
		if (back[i] != NO_NUMBER) {
			r->come[i].other = 0; /* not for pairs_find */
			settle(r, back[i], r->come_event[i]);
		}
	}
	if (r->gone_n && r->come_n)
		pairs_find(r->in->repo, r->gone, r->gone_n, r->come, r->come_n);
	for (size_t j = 0; j < r->gone_n; j++)
		if (r->gone[j].other == NO_NUMBER)
			end_track(r, r->gone_track[j]);
	for (size_t i = 0; i < r->come_n; i++) {
		if (back[i] != NO_NUMBER)
			continue;
		if (r->come[i].other != NO_NUMBER) {
			settle(r, r->gone_track[r->come[i].other], r->come_event[i]);
		} else {
			track_new(r);
			settle(r, (uint32_t)r->t->n - 1, r->come_event[i]);
		}
	}
	free(back);
}

/* ---- the commits, oldest first */

static void play_brief(Replay *r, uint32_t event)
{
	const LineEvent *e = &r->line->events[event];
	uint32_t track = r->owner[e->path];
	const Face *f = r->faces->of[event];
	if (e->gone) {
		if (track != NO_NUMBER)
			note_gone(r, e->path);
	} else if (track == NO_NUMBER) {
		note_come(r, event);
	} else if (f && f->readable && f->id.n && r->t->list[track].id.n && !str_eq(f->id, r->t->list[track].id)) {
		note_gone(r, e->path);
		note_come(r, event);
	} else {
		settle(r, track, event);
	}
}

/* Two files that took each other's text in one commit, which no id explains. */
static void warn_of_swaps(Replay *r, uint32_t from, uint32_t to)
{
	const Line *line = r->line;
	for (uint32_t i = from; i < to; i++)
		for (uint32_t j = i + 1; j < to; j++) {
			const LineEvent *x = &line->events[i], *y = &line->events[j];
			if (x->gone || y->gone || !line->paths[x->path].brief || !line->paths[y->path].brief)
				continue;
			uint32_t p = r->owner[x->path], q = r->owner[y->path];
			if (p == NO_NUMBER || q == NO_NUMBER)
				continue;
			const Track *k = &r->t->list[p], *l = &r->t->list[q];
			if (!oid_eq(&k->states[k->n - 1].blob, &y->blob) || !oid_eq(&l->states[l->n - 1].blob, &x->blob) || (k->id.n && l->id.n))
				continue;
			check_add(&r->in->settings->checks, CHECK_NAMES_SWAPPED, false, r->diags, (Diag){.file = line->paths[x->path].path,
				.message = str_printf(r->t->arena, "exchanged its text with %.*s in one commit; each keeps its own address and has the other's text as an edit",
					STR_ARG(line->paths[y->path].path)),
				.hint = S("briefs that have an `id` are followed to their new names")});
		}
}

static int cmp_side(const void *x, const void *y) { return str_cmp(((const PairSide *)x)->path, ((const PairSide *)y)->path); }

typedef struct SideAndNumber {
	PairSide side;
	uint32_t number;
} SideAndNumber;

/* Trees are in git's order, which is not quite that of paths. */
static void sort_sides(PairSide *sides, uint32_t *numbers, size_t n)
{
	SideAndNumber *list = mem_resize(NULL, n + 1, sizeof *list);
	for (size_t i = 0; i < n; i++)
		list[i] = (SideAndNumber){sides[i], numbers[i]};
	qsort(list, n, sizeof *list, cmp_side);
	for (size_t i = 0; i < n; i++) {
		sides[i] = list[i].side;
		numbers[i] = list[i].number;
	}
	free(list);
}

static void play_commit(Replay *r, uint32_t from, uint32_t to)
{
	r->gone_n = r->come_n = r->touched_n = 0;
	r->commit = r->line->events[from].commit;
	if (to - from > 1 && to - from <= 64)
		warn_of_swaps(r, from, to);
	for (uint32_t i = from; i < to; i++)
		r->latest[r->line->events[i].path] = i;
	for (uint32_t i = from; i < to; i++)
		if (r->line->paths[r->line->events[i].path].brief && r->latest[r->line->events[i].path] == i)
			play_brief(r, i);
	if (r->gone_n + r->come_n) {
		sort_sides(r->gone, r->gone_track, r->gone_n);
		sort_sides(r->come, r->come_event, r->come_n);
		match(r);
	}
	for (uint32_t i = from; i < to; i++)
		if (!r->line->paths[r->line->events[i].path].brief)
			play_file(r, r->line->events[i].path);
	for (size_t i = 0; i < r->touched_n; i++)
		find_files(r, r->touched[i]);
}

/* Lists of numbers by path: counted at from[path + 2], summed up, then filled, which moves from[path + 1] to its end. */
static uint32_t *lists_start(size_t paths)
{
	uint32_t *from = mem_resize(NULL, paths + 2, sizeof *from);
	memset(from, 0, (paths + 2) * sizeof *from);
	return from;
}

static uint32_t *lists_sum(uint32_t *from, size_t paths)
{
	for (size_t i = 2; i < paths + 2; i++)
		from[i] += from[i - 1];
	return mem_resize(NULL, (size_t)from[paths + 1] + 1, sizeof *from);
}

static void index_events(Replay *r)
{
	const Line *line = r->line;
	r->file_from = lists_start(line->paths_n);
	for (size_t i = 0; i < line->events_n; i++)
		r->file_from[line->events[i].path + 2]++;
	r->file_events = lists_sum(r->file_from, line->paths_n);
	for (size_t i = 0; i < line->events_n; i++)
		r->file_events[r->file_from[line->events[i].path + 1]++] = (uint32_t)i;
}

/* The files below each bundle's folder. */
static void count_members(Replay *r, bool fill)
{
	const Line *line = r->line;
	for (size_t i = 0; i < line->paths_n; i++)
		for (Str folder = line->paths[i].brief ? (Str){0} : folder_of(line->paths[i].path); folder.n; folder = folder_of(folder)) {
			uint32_t index = index_of(line, folder);
			if (index == NO_NUMBER || !is_bundle(&line->paths[index], r->in->settings))
				continue;
			if (fill)
				r->members[r->members_from[index + 1]++] = (uint32_t)i;
			else
				r->members_from[index + 2]++;
		}
}

static void index_files(Replay *r)
{
	index_events(r);
	r->members_from = lists_start(r->line->paths_n);
	count_members(r, false);
	r->members = lists_sum(r->members_from, r->line->paths_n);
	count_members(r, true);
}

static uint32_t *numbers_none(size_t n)
{
	uint32_t *list = mem_resize(NULL, n + 1, sizeof *list);
	memset(list, 0xFF, (n + 1) * sizeof *list);
	return list;
}

void tracks_make(Tracks *t, const Line *line, const Faces *faces, const HistoryInput *in, Diags *d)
{
	Replay r = {.t = t, .line = line, .faces = faces, .in = in, .diags = d};
	r.owner = numbers_none(line->paths_n);
	r.latest = numbers_none(line->paths_n);
	r.last = numbers_none(line->paths_n);
	r.watchers = mem_resize(NULL, line->paths_n + 1, sizeof *r.watchers);
	memset(r.watchers, 0, (line->paths_n + 1) * sizeof *r.watchers);
	t->touches = NEW_N(t->arena, uint32_t, line->commits_n + 1);
	index_files(&r);
	for (size_t from = 0, to; from < line->events_n; from = to) {
		for (to = from; to < line->events_n && line->events[to].commit == line->events[from].commit;)
			to++;
		play_commit(&r, (uint32_t)from, (uint32_t)to);
	}
	free(r.owner);
	free(r.latest);
	free(r.last);
	free(r.watchers);
	free(r.file_events);
	free(r.file_from);
	free(r.members);
	free(r.members_from);
	free(r.gone);
	free(r.gone_track);
	free(r.come);
	free(r.come_event);
	free(r.touched);
	table_release(&r.by_id);
}

void tracks_release(Tracks *t)
{
	free(t->list);
	*t = (Tracks){0};
}
