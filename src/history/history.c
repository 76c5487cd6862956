#include "history/history.h"

#include "history/tracks.h"

#include <stdlib.h>

static void report_missing(const Line *line, const Faces *f, const HistoryInput *in, Arena *a, Diags *d)
{
	bool allowed = in->settings->history.allow_incomplete;
	if (!f->missing)
		return;
	const LineEvent *e = &line->events[f->missing_event];
	Buf id = {0};
	buf_put_oid(&id, &e->blob);
	diag_add(d, (Diag){.level = allowed ? DIAG_NOTICE : DIAG_WORLD, .file = line->paths[e->path].path,
		.message = str_printf(a, "the repository lacks the text of %zu old state%s of briefs (the first: %.10s of this one)%s", f->missing, f->missing == 1 ? "" : "s", id.p,
			allowed ? "; they are left out" : "; versions and their numbers would be wrong"),
		.hint = allowed ? (Str){0} : repo_is_partial(in->repo) ? S("the clone is partial: git fetch --refetch --no-filter, or build with --allow-incomplete-history")
			: S("git fsck --missing; fetch from another copy, or build with --allow-incomplete-history")});
	buf_release(&id);
}

History *history_run(const HistoryInput *in, Diags *d)
{
	History *h = mem_alloc(sizeof *h);
	Arena scratch = {0};
	Line line = {.arena = &scratch};
	Faces faces = {0};
	Tracks tracks = {.arena = &scratch};
	*h = (History){.commit = in->commit};
	bool kept = kept_read(in, &line, &faces);
	size_t commits = line.commits_n;
	line_read(&line, in, d);
	size_t events = line.events_n;
	while (events && line.events[events - 1].commit >= line.kept)
		events--;
	bool usable = !line.incomplete || in->settings->history.allow_incomplete; /* else the build stops anyway */
	if (usable) {
		faces_read(&faces, &line, in, events);
		report_missing(&line, &faces, in, &scratch, d);
	}
	bool whole = !line.incomplete && !faces.missing;
	if (whole && !(kept && commits == line.kept && line.commits_n == line.kept))
		kept_write(in, &line, &faces);
	if (usable) {
		tracks_make(&tracks, &line, &faces, in, d);
		numbers_make(h, &tracks, &line, in, d);
	}
	h->incomplete = !whole;
	h->commits = line.commits_n;
	h->commits_read = line.commits_n - line.kept;
	tracks_release(&tracks);
	faces_release(&faces);
	line_release(&line);
	arena_release(&scratch);
	return h;
}

void history_free(History *h)
{
	if (!h)
		return;
	arena_release(&h->arena);
	free(h);
}
