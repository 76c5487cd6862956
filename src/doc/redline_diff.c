/* The shortest edit script (E. Myers, An O(ND) Difference Algorithm and Its Variations, 1986, section 3). */
#include "doc/redline_inner.h"

#include <stdlib.h>

typedef struct Search {
	const uint64_t *a, *b;
	int32_t n, m;
	int32_t *reached; /* for each number of steps d its d + 1 diagonals' furthest points, one after another */
	size_t cap;
} Search;

/* The points of d steps begin after those of 0 .. d-1 steps. */
static int32_t *row(const Search *s, int32_t d)
{
	return s->reached + (size_t)d * (size_t)(d + 1) / 2;
}

/* Furthest x on diagonal k = x - y with d steps; k runs -d, -d+2 .. d. */
static int32_t step_from(const Search *s, int32_t d, int32_t k, bool *down)
{
	const int32_t *before = row(s, d - 1);
	int32_t i = (k + d) / 2; /* diagonal k-1 is i-1 there, k+1 is i */
	*down = i == 0 || (i < d && before[i - 1] < before[i]);
	return *down ? before[i] : before[i - 1] + 1;
}

static int32_t slide(const Search *s, int32_t x, int32_t y)
{
	while (x < s->n && y < s->m && s->a[x] == s->b[y])
		x++, y++;
	return x;
}

/* The least number of steps, or -1 when it is over most. */
static int32_t search(Search *s, int32_t most)
{
	for (int32_t d = 0; d <= most && d <= s->n + s->m; d++) {
		size_t need = (size_t)(d + 1) * (size_t)(d + 2) / 2;
		if (need > s->cap) {
			s->cap = need * 2 + 64;
			s->reached = mem_resize(s->reached, s->cap, sizeof *s->reached);
		}
		for (int32_t k = -d; k <= d; k += 2) {
			bool down;
			int32_t x = d ? step_from(s, d, k, &down) : 0, y = x - k;
			if (x <= s->n && y <= s->m)
				x = slide(s, x, y);
			row(s, d)[(k + d) / 2] = x;
			if (x >= s->n && x - k >= s->m)
				return d;
		}
	}
	return -1;
}

typedef struct Runs { /* filled from the end */
	Run *list;
	uint32_t n, cap;
	Arena *arena;
} Runs;

static void add_run(Runs *r, RunKind kind, int32_t from, int32_t to, int32_t n)
{
	Run *last = r->n ? r->list + r->n - 1 : NULL;
	if (n <= 0)
		return;
	if (last && last->kind == kind) { /* this one stands right before it */
		last->from = (uint32_t)from;
		last->to = (uint32_t)to;
		last->n += (uint32_t)n;
		return;
	}
	ARENA_ROOM(r->arena, r->list, r->n, r->cap);
	r->list[r->n++] = (Run){kind, (uint32_t)from, (uint32_t)to, (uint32_t)n};
}

static void trace(const Search *s, int32_t d, int32_t offset, Runs *runs)
{
	int32_t x = s->n, y = s->m;
	for (; d >= 0; d--) {
		int32_t k = x - y;
		bool down = false;
		int32_t start = d ? step_from(s, d, k, &down) : 0;
		add_run(runs, RUN_SAME, start + offset, start - k + offset, x - start);
		x = start;
		y = start - k;
		if (!d)
			break;
		if (down)
			y--;
		else
			x--;
		add_run(runs, down ? RUN_INSERTED : RUN_DELETED, x + offset, y + offset, 1);
	}
}

static void reverse(Run *r, uint32_t n)
{
	for (uint32_t i = 0; i < n / 2; i++) {
		Run t = r[i];
		r[i] = r[n - 1 - i];
		r[n - 1 - i] = t;
	}
}

bool diff_ids(const uint64_t *a, uint32_t n, const uint64_t *b, uint32_t m, uint32_t most, Run **list, uint32_t *list_n, Arena *arena)
{
	uint32_t head = 0, tail = 0, least = n < m ? n : m;
	while (head < least && a[head] == b[head])
		head++;
	while (tail < least - head && a[n - 1 - tail] == b[m - 1 - tail])
		tail++;
	Search s = {.a = a + head, .b = b + head, .n = (int32_t)(n - head - tail), .m = (int32_t)(m - head - tail)};
	Runs runs = {.arena = arena};
	add_run(&runs, RUN_SAME, (int32_t)(n - tail), (int32_t)(m - tail), (int32_t)tail);
	int32_t d = 0;
	if (s.n && s.m)
		d = search(&s, (int32_t)most);
	if (s.n && s.m && d >= 0) {
		trace(&s, d, (int32_t)head, &runs);
	} else { /* one side only, or too different: all of the one for all of the other */
		add_run(&runs, RUN_INSERTED, (int32_t)(head + (uint32_t)s.n), (int32_t)head, s.m);
		add_run(&runs, RUN_DELETED, (int32_t)head, (int32_t)head, s.n);
	}
	add_run(&runs, RUN_SAME, 0, 0, (int32_t)head);
	free(s.reached);
	reverse(runs.list, runs.n);
	*list = runs.list;
	*list_n = runs.n;
	return d >= 0;
}
