/* How alike two texts are is measured as git does: cut at line ends and after 64 bytes, a text is a bag of spans;
 * the bytes of the spans that both have, against the size of the larger. */
#include "history/tracks.h"

#include <stdlib.h>

typedef struct Span {
	uint64_t hash;
	uint32_t bytes; /* of all spans with this hash */
} Span;

typedef struct Spans {
	Span *list; /* by hash */
	size_t n;
	uint64_t size; /* of the blob */
} Spans;

enum {
	SPAN_MAX = 64,
	TEXT_MAX = 16 << 20,  /* larger blobs are compared by name and id only */
	ALL_PAIRS = 4096,     /* so many pairs are all measured; of more, those that share something rare */
	COMMON = 64,          /* a span that more removals have says little */
	CANDIDATES = 8
};

static int cmp_span(const void *x, const void *y)
{
	uint64_t a = ((const Span *)x)->hash, b = ((const Span *)y)->hash;
	return a < b ? -1 : a > b;
}

static Spans spans_of(Str text)
{
	size_t cap = 64, n = 0, kept = 0;
	Spans s = {.list = mem_resize(NULL, cap, sizeof(Span)), .size = text.n};
	for (size_t i = 0; i < text.n;) {
		size_t start = i;
		while (i < text.n && i - start < SPAN_MAX && text.p[i] != '\n')
			i++;
		i += i < text.n && i - start < SPAN_MAX;
		Str span = str_n(text.p + start, i - start);
		if (str_ends(span, S("\r\n"))) /* the same line whatever its end */
			span.n--, span = str_upto(span, span.n - 1);
		else if (str_ends(span, S("\n")))
			span.n--;
		if (n == cap)
			s.list = mem_resize(s.list, cap *= 2, sizeof(Span));
		s.list[n++] = (Span){str_hash(span), (uint32_t)(i - start)};
	}
	qsort(s.list, n, sizeof(Span), cmp_span);
	for (size_t i = 0; i < n; i++)
		if (kept && s.list[kept - 1].hash == s.list[i].hash)
			s.list[kept - 1].bytes += s.list[i].bytes;
		else
			s.list[kept++] = s.list[i];
	s.n = kept;
	return s;
}

static Spans spans_read(Repo *repo, const Oid *id)
{
	RepoObject blob;
	if (repo_read(repo, id, REPO_BLOB, &blob))
		return (Spans){0};
	Spans s = blob.bytes.n <= TEXT_MAX ? spans_of(blob.bytes) : (Spans){0};
	repo_drop(&blob);
	return s;
}

/* Bytes that both have in a hundred thousand of the larger. */
static uint32_t likeness(const Spans *x, const Spans *y)
{
	uint64_t shared = 0, larger = x->size > y->size ? x->size : y->size;
	for (size_t i = 0, j = 0; i < x->n && j < y->n;) {
		if (x->list[i].hash == y->list[j].hash) {
			shared += x->list[i].bytes < y->list[j].bytes ? x->list[i].bytes : y->list[j].bytes;
			i++, j++;
		} else if (x->list[i].hash < y->list[j].hash) {
			i++;
		} else {
			j++;
		}
	}
	return larger ? (uint32_t)(shared * 100000 / larger) : 0;
}

bool blobs_similar(Repo *repo, const Oid *x, const Oid *y)
{
	if (oid_eq(x, y))
		return true;
	Spans a = spans_read(repo, x), b = spans_read(repo, y);
	bool similar = likeness(&a, &b) >= 50000;
	free(a.list);
	free(b.list);
	return similar;
}

/* ---- pairs */

static bool may_pair(const PairSide *gone, const PairSide *come)
{
	return gone->other == NO_NUMBER && come->other == NO_NUMBER && (!gone->id.n || !come->id.n || str_eq(gone->id, come->id));
}

static Str file_name(Str path) { return str_from(path, str_rfind_char(path, '/') + 1); }

typedef struct Ordered {
	const Oid *blob;
	uint32_t number;
} Ordered;

static int cmp_ordered(const void *x, const void *y)
{
	const Ordered *a = x, *b = y;
	int c = memcmp(a->blob, b->blob, sizeof(Oid));
	return c ? c : a->number < b->number ? -1 : a->number > b->number;
}

static Ordered *order_by_blob(const PairSide *side, size_t n)
{
	Ordered *list = mem_resize(NULL, n + 1, sizeof *list);
	for (size_t i = 0; i < n; i++)
		list[i] = (Ordered){&side[i].blob, (uint32_t)i};
	qsort(list, n, sizeof *list, cmp_ordered);
	return list;
}

/* Among copies of one text the file that kept its name goes first, then the order of paths decides. */
static void pair_group(PairSide *gone, const Ordered *g, size_t g_n, PairSide *come, const Ordered *c, size_t c_n)
{
	for (int any_name = 0; any_name < 2; any_name++)
		for (size_t i = 0; i < c_n; i++)
			for (size_t j = 0; j < g_n; j++) {
				PairSide *x = &gone[g[j].number], *y = &come[c[i].number];
				if (!may_pair(x, y) || (!any_name && !str_eq(file_name(x->path), file_name(y->path))))
					continue;
				x->other = c[i].number;
				y->other = g[j].number;
				break;
			}
}

static void pair_equal(PairSide *gone, size_t gone_n, PairSide *come, size_t come_n)
{
	Ordered *g = order_by_blob(gone, gone_n), *c = order_by_blob(come, come_n);
	for (size_t i = 0, j = 0; i < gone_n && j < come_n;) {
		size_t g_end = i, c_end = j;
		int order = memcmp(g[i].blob, c[j].blob, sizeof(Oid));
		while (order <= 0 && g_end < gone_n && oid_eq(g[g_end].blob, g[i].blob))
			g_end++;
		while (order >= 0 && c_end < come_n && oid_eq(c[c_end].blob, c[j].blob))
			c_end++;
		if (!order)
			pair_group(gone, g + i, g_end - i, come, c + j, c_end - j);
		i = g_end;
		j = c_end;
	}
	free(g);
	free(c);
}

typedef struct Candidate {
	uint32_t gone, come, likeness;
} Candidate;

static int cmp_candidate(const void *x, const void *y)
{
	const Candidate *a = x, *b = y;
	if (a->likeness != b->likeness)
		return a->likeness > b->likeness ? -1 : 1;
	if (a->gone != b->gone)
		return a->gone < b->gone ? -1 : 1;
	return a->come < b->come ? -1 : a->come > b->come;
}

typedef struct Posting { /* a span that a removal has */
	uint64_t hash;
	uint32_t gone, bytes;
} Posting;

static int cmp_posting(const void *x, const void *y)
{
	const Posting *a = x, *b = y;
	return a->hash != b->hash ? (a->hash < b->hash ? -1 : 1) : a->gone < b->gone ? -1 : a->gone > b->gone;
}

typedef struct Search {
	PairSide *gone, *come;
	size_t gone_n, come_n;
	Spans *gone_spans;
	Posting *postings; /* by hash; NULL: all pairs are measured */
	size_t postings_n;
	uint32_t *shared;  /* by removal, for one addition */
	Candidate *list;
	size_t n, cap;
} Search;

static void measure(Search *s, uint32_t gone, uint32_t come, const Spans *spans)
{
	if (!may_pair(&s->gone[gone], &s->come[come]))
		return;
	uint32_t l = likeness(&s->gone_spans[gone], spans);
	if (l < 50000)
		return;
	MEM_ROOM(s->list, s->n, s->cap);
	s->list[s->n++] = (Candidate){gone, come, l};
}

static void index_removals(Search *s)
{
	size_t n = 0;
	for (size_t i = 0; i < s->gone_n; i++)
		n += s->gone_spans[i].n;
	s->postings = mem_resize(NULL, n + 1, sizeof *s->postings);
	for (size_t i = 0; i < s->gone_n; i++)
		for (size_t j = 0; j < s->gone_spans[i].n; j++)
			s->postings[s->postings_n++] = (Posting){s->gone_spans[i].list[j].hash, (uint32_t)i, s->gone_spans[i].list[j].bytes};
	qsort(s->postings, s->postings_n, sizeof *s->postings, cmp_posting);
	s->shared = mem_resize(NULL, s->gone_n + 1, sizeof *s->shared);
	memset(s->shared, 0, (s->gone_n + 1) * sizeof *s->shared);
}

static size_t first_posting(const Search *s, uint64_t hash)
{
	size_t low = 0, high = s->postings_n;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (s->postings[middle].hash < hash)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The removals that share most of what is rare with an addition. */
static void measure_likely(Search *s, uint32_t come, const Spans *spans)
{
	uint32_t best[CANDIDATES], n = 0;
	for (size_t i = 0; i < spans->n; i++) {
		size_t from = first_posting(s, spans->list[i].hash), to = from;
		while (to < s->postings_n && s->postings[to].hash == spans->list[i].hash && to - from <= COMMON)
			to++;
		for (size_t j = from; to - from <= COMMON && j < to; j++)
			s->shared[s->postings[j].gone] += s->postings[j].bytes < spans->list[i].bytes ? s->postings[j].bytes : spans->list[i].bytes;
	}
	for (uint32_t i = 0; i < s->gone_n; i++) {
		uint32_t at = n;
		while (at && s->shared[best[at - 1]] < s->shared[i])
			at--;
		if (s->shared[i] && at < CANDIDATES) {
			n += n < CANDIDATES;
			memmove(best + at + 1, best + at, (n - at - 1) * sizeof *best);
			best[at] = i;
		}
	}
	for (uint32_t i = 0; i < n; i++)
		measure(s, best[i], come, spans);
	memset(s->shared, 0, s->gone_n * sizeof *s->shared);
}

static void pair_similar(Repo *repo, PairSide *gone, size_t gone_n, PairSide *come, size_t come_n)
{
	Search s = {.gone = gone, .come = come, .gone_n = gone_n, .come_n = come_n};
	s.gone_spans = mem_resize(NULL, gone_n + 1, sizeof *s.gone_spans);
	size_t lonely = 0;
	for (size_t i = 0; i < gone_n; i++) {
		s.gone_spans[i] = gone[i].other == NO_NUMBER ? spans_read(repo, &gone[i].blob) : (Spans){0};
		lonely += gone[i].other == NO_NUMBER;
	}
	if (lonely * come_n > ALL_PAIRS)
		index_removals(&s);
	for (uint32_t i = 0; lonely && i < come_n; i++) {
		if (come[i].other != NO_NUMBER)
			continue;
		Spans spans = spans_read(repo, &come[i].blob);
		if (s.postings)
			measure_likely(&s, i, &spans);
		for (uint32_t j = 0; !s.postings && j < gone_n; j++)
			measure(&s, j, i, &spans);
		free(spans.list);
	}
	if (s.n)
		qsort(s.list, s.n, sizeof *s.list, cmp_candidate);
	for (size_t i = 0; i < s.n; i++) {
		Candidate c = s.list[i];
		if (may_pair(&gone[c.gone], &come[c.come])) {
			gone[c.gone].other = c.come;
			come[c.come].other = c.gone;
		}
	}
	for (size_t i = 0; i < gone_n; i++)
		free(s.gone_spans[i].list);
	free(s.gone_spans);
	free(s.postings);
	free(s.shared);
	free(s.list);
}

void pairs_find(Repo *repo, PairSide *gone, size_t gone_n, PairSide *come, size_t come_n)
{
	pair_equal(gone, gone_n, come, come_n);
	pair_similar(repo, gone, gone_n, come, come_n);
}
