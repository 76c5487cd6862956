/* What history gives the graph: where briefs once lay, so that old texts' links find them, and the list of changes. */
#include "graph/parts.h"

#include <stdlib.h>

/* A path that several briefs had in turn belongs to the one that has it, or else to the one that had it last. */
static void name_former_paths(Site *s)
{
	s->by_former_path.arena = &s->arena;
	for (size_t i = 0; i < s->briefs_n; i++) {
		const Brief *b = s->briefs[i];
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
	if (x->date.seconds != y->date.seconds)
		return x->date.seconds < y->date.seconds ? 1 : -1;
	int c = str_cmp(x->history->address, y->history->address);
	return c ? c : (x->version < y->version) - (x->version > y->version);
}

typedef struct Changes {
	Arena arena;
	VersionRef *at;
	size_t n, cap;
} Changes;

static void changes_add(Changes *c, VersionRef ref)
{
	ARENA_ROOM(&c->arena, c->at, c->n, c->cap);
	c->at[c->n++] = ref;
}

enum { CHANGES_SHOWN = 500 }; /* /changes/ is for what is new; each brief has its own history */

/* What readers should know of: no minor edits, no first versions, but removals too. */
static void list_changes(Site *s)
{
	Changes c = {0};
	for (size_t i = 0; i < s->briefs_n; i++) {
		const BriefHistory *h = s->briefs[i]->history;
		for (uint32_t v = h ? h->versions_n : 0; v-- > 1;)
			if (!version_is_minor(&h->versions[v]) && !h->versions[v].suppressed)
				changes_add(&c, (VersionRef){h, s->briefs[i], v, false, h->versions[v].date});
	}
	for (size_t i = 0; s->history && i < s->history->briefs_n; i++) {
		const BriefHistory *h = &s->history->briefs[i];
		if (h->state == BRIEF_REMOVED && h->versions_n && h->address.n && !h->suppressed && h->removed.known)
			changes_add(&c, (VersionRef){h, NULL, h->versions_n - 1, true, h->removed});
	}
	if (c.n)
		qsort(c.at, c.n, sizeof *c.at, newest_first);
	s->changes_n = c.n < CHANGES_SHOWN ? c.n : CHANGES_SHOWN;
	VersionRef *kept = NEW_N(&s->arena, VersionRef, s->changes_n);
	if (s->changes_n)
		memcpy(kept, c.at, s->changes_n * sizeof *kept);
	s->changes = kept;
	arena_release(&c.arena);
}

void graph_versions(Site *s)
{
	name_former_paths(s);
	list_changes(s);
}
