/* What history gives the graph: where briefs once lay, so that old texts' links find them, and the list of changes. */
#include "graph/parts.h"

#include <stdlib.h>

/* A path that several briefs had in turn belongs to the one that has it, or else to the one that had it last. */
static void name_former_paths(Site *s)
{
	s->by_former_path.arena = &s->arena;
	for (size_t i = 0; i < s->briefs_n; i++) {
		const Brief *b = &s->briefs[i];
		Str known = b->page.document->path;
		for (uint32_t v = b->history ? b->history->versions_n : 0; v-- > 0;) {
			Str path = b->history->versions[v].path;
			if (str_eq(path, known) || table_get(&s->by_path, path) || table_get(&s->by_former_path, path))
				continue;
			known = path;
			table_put(&s->by_former_path, path, table_get(&s->by_path, b->page.document->path));
		}
	}
}

static int newest_first(const void *a, const void *b)
{
	const VersionRef *x = a, *y = b;
	int64_t dx = x->brief->history->versions[x->version].date.seconds, dy = y->brief->history->versions[y->version].date.seconds;
	if (dx != dy)
		return dx < dy ? 1 : -1;
	return x->brief->number != y->brief->number ? (x->brief->number > y->brief->number) - (x->brief->number < y->brief->number)
	                                            : (x->version < y->version) - (x->version > y->version);
}

enum { CHANGES_SHOWN = 500 }; /* /changes/ is for what is new; each brief has its own history */

/* The newest: a heap would do, but only those not older than the 500th by date are sorted. */
static void list_changes(Site *s)
{
	size_t n = 0, cap = 0;
	VersionRef *list = NULL;
	Arena scratch = {0};
	for (size_t i = 0; i < s->briefs_n; i++) {
		const BriefHistory *h = s->briefs[i].history;
		for (uint32_t v = h ? h->versions_n : 0; v-- > 1;) {
			if (version_is_minor(&h->versions[v]) || h->versions[v].suppressed)
				continue;
			if (n == cap) {
				size_t more = cap ? cap * 2 : 1024;
				list = arena_grow(&scratch, list, cap, more, sizeof *list);
				cap = more;
			}
			list[n++] = (VersionRef){&s->briefs[i], v};
		}
	}
	if (n)
		qsort(list, n, sizeof *list, newest_first);
	s->changes_n = n < CHANGES_SHOWN ? n : CHANGES_SHOWN;
	VersionRef *kept = NEW_N(&s->arena, VersionRef, s->changes_n);
	if (s->changes_n)
		memcpy(kept, list, s->changes_n * sizeof *kept);
	s->changes = kept;
	arena_release(&scratch);
}

void graph_versions(Site *s)
{
	name_former_paths(s);
	list_changes(s);
}
