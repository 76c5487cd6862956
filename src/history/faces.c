#include "base/buf.h"
#include "history/tracks.h"
#include "record/permalink.h"

#include <stdatomic.h>
#include <stdlib.h>

/* ---- one front matter */

/* A change of these alone is minor, under any name that stands for them. */
static const Str unimportant[] = {
	STR_INIT("alias"), STR_INIT("aliases"), STR_INIT("change"), STR_INIT("changes"), STR_INIT("image"), STR_INIT("images"),
	STR_INIT("layout"), STR_INIT("redirect_from"), STR_INIT("region"), STR_INIT("regions"), STR_INIT("related"),
	STR_INIT("topic"), STR_INIT("topics")
};

static bool is_unimportant(Str key, const Collection *c)
{
	for (size_t i = 0; c && i < c->fields_n; i++)
		if (str_eq(c->fields[i].from, key) && c->fields[i].to.n)
			key = c->fields[i].to;
	for (size_t i = 0; i < sizeof unimportant / sizeof *unimportant; i++)
		if (str_eq(unimportant[i], key))
			return true;
	return false;
}

void put_value(Buf *b, Value v, int depth)
{
	buf_putc(b, (char)('A' + v.kind));
	switch (v.kind) {
	case V_STR:
		buf_printf(b, "%u:", v.n);
		buf_puts(b, value_as_str(v));
		break;
	case V_LIST:
		buf_printf(b, "%u:", v.n);
		for (uint32_t i = 0; i < v.n && depth; i++)
			put_value(b, v.list[i], depth - 1);
		break;
	case V_MAP:
		buf_printf(b, "%u:", v.map->n);
		for (uint32_t i = 0; i < v.map->n && depth; i++) {
			put_value(b, value_str(v.map->pairs[i].key), depth);
			put_value(b, v.map->pairs[i].value, depth - 1);
		}
		break;
	case V_DATE:
		buf_put_date(b, value_as_date(v));
		break;
	case V_BOOL:
		buf_putc(b, v.b ? '1' : '0');
		break;
	case V_INT:
		buf_printf(b, "%lld;", (long long)v.i);
		break;
	case V_FLOAT:
		buf_printf(b, "%.17g;", v.f);
		break;
	default:
		break;
	}
}

static int cmp_pair(const void *x, const void *y) { return str_cmp(((const Pair *)x)->key, ((const Pair *)y)->key); }

static Hash sum_fields(const Record *r, const Collection *c, Arena *a)
{
	Buf b = {0};
	const Map *map = r->all.kind == V_MAP ? r->all.map : &(Map){0};
	Pair *pairs = NEW_N(a, Pair, map->n);
	if (map->n)
		memcpy(pairs, map->pairs, map->n * sizeof *pairs);
	qsort(pairs, map->n, sizeof *pairs, cmp_pair);
	for (uint32_t i = 0; i < map->n; i++)
		if (!is_unimportant(pairs[i].key, c)) {
			put_value(&b, value_str(pairs[i].key), VALUE_DEPTH);
			put_value(&b, pairs[i].value, VALUE_DEPTH);
		}
	Hash sum = hash_of(buf_str(&b));
	buf_release(&b);
	return sum;
}

/* "2024/x" of 2024/x.md and of 2024/x/index.md: what :path is made of. */
static Str stem_of(Str below)
{
	return str_ends(below, S("/index.md")) ? str_upto(below, below.n - 9) : str_upto(below, below.n - text_ending(below));
}

static void add_address(Str pattern, const Record *r, Str relative, const Settings *s, Arena *a, Str *list, uint32_t *n)
{
	Str address;
	const char *why;
	if (!permalink_expand(pattern, r, relative, s->language, a, &address, &why))
		return;
	for (uint32_t i = 0; i < *n; i++)
		if (str_eq(list[i], address))
			return;
	list[(*n)++] = str_dup(a, address);
}

static void find_addresses(Face *f, const Record *r, Str path, const Collection *c, const Settings *s, Arena *a)
{
	Str *list = NEW_N(a, Str, c->former_permalinks.n + 1);
	Str relative = str_join(a, stem_of(below_collection(path, c)), S(".md"));
	add_address(c->permalink, r, relative, s, a, list, &f->addresses_n);
	for (size_t i = 0; f->addresses_n && i < c->former_permalinks.n; i++)
		add_address(c->former_permalinks.at[i].text, r, relative, s, a, list, &f->addresses_n);
	f->addresses = list;
}

static const Str *copy_items(Items items, Arena *a, uint32_t *n)
{
	Str *list = NEW_N(a, Str, items.n);
	for (size_t i = 0; i < items.n; i++)
		list[i] = str_dup(a, items.at[i].text);
	*n = (uint32_t)items.n;
	return list;
}

static void copy_changes(Face *f, const Record *r, Arena *a)
{
	FaceChange *list = NEW_N(a, FaceChange, r->changes_n);
	for (size_t i = 0; i < r->changes_n; i++) {
		const Change *c = &r->changes[i];
		list[i] = (FaceChange){c->date, c->type, note_line(c->note, a), c->version > 0 && c->version < NO_NUMBER ? (uint32_t)c->version : 0};
	}
	f->changes = list;
	f->changes_n = (uint32_t)r->changes_n;
}

static Face read_front(Str path, Str front, const Collection *c, const Settings *s, Arena *scratch, Arena *a)
{
	Record r;
	RecordRules rules = {.settings = s, .collection = c, .kind = RECORD_BRIEF, .old = true};
	Face f = {.readable = record_parse(path, front, &rules, scratch, NULL, &r)};
	f.draft = r.draft || r.hidden;
	f.date = r.date;
	f.id = str_dup(a, r.id);
	f.title = note_line(r.title, a);
	f.pdfs = copy_items(r.pdf, a, &f.pdfs_n);
	f.aliases = copy_items(r.aliases, a, &f.aliases_n);
	copy_changes(&f, &r, a);
	find_addresses(&f, &r, path, c, s, a);
	f.sum = sum_fields(&r, c, scratch);
	return f;
}

static Hash sum_body(Str body, Arena *scratch)
{
	if (!body.n || !memchr(body.p, '\r', body.n))
		return hash_of(body);
	char *p = arena_bytes(scratch, body.n);
	size_t n = 0;
	for (size_t i = 0; i < body.n; i++)
		if (body.p[i] != '\r' || i + 1 == body.n || body.p[i + 1] != '\n')
			p[n++] = body.p[i];
	return hash_of(str_n(p, n));
}

static Str front_of(Str text, Str *body)
{
	Split parts = record_split(text);
	*body = parts.has_front_matter && !parts.unclosed ? str_from(text, parts.body) : text;
	return parts.unclosed ? text : str_upto(text, parts.has_front_matter ? parts.body : 0);
}

Face face_read(Str path, Str text, const Collection *c, const Settings *s, Arena *a, Hash *body)
{
	Str rest;
	Arena scratch = {0};
	Str front = str_dup(&scratch, front_of(text, &rest));
	Face f = read_front(path, front, c, s, &scratch, a);
	*body = sum_body(rest, &scratch);
	arena_release(&scratch);
	return f;
}

/* ---- all of them, file by file, newest first: git packs deltas that way, and a file's front matter mostly
 * equals its neighbour's */

typedef struct Reading {
	Faces *faces;
	const Line *line;
	const HistoryInput *in;
	uint32_t *events; /* brief events to be read, by path, newest first */
	uint32_t *starts; /* in events; one more than files */
	Repo **repos;     /* one a worker */
	Arena *scratch;
	atomic_size_t missing;
	_Atomic uint32_t missing_event;
} Reading;

static void note_missing(Reading *r, uint32_t event)
{
	atomic_fetch_add(&r->missing, 1);
	uint32_t first = atomic_load(&r->missing_event);
	while (event < first && !atomic_compare_exchange_weak(&r->missing_event, &first, event))
		;
}

/* The next newer state of the same file. */
typedef struct Newer {
	RepoObject blob;
	Str front;
	const Face *face;
} Newer;

static void read_one(Reading *r, uint32_t event, int worker, Newer *newer)
{
	const LineEvent *e = &r->line->events[event];
	const LinePath *path = &r->line->paths[e->path];
	const Settings *s = r->in->settings;
	Arena *scratch = &r->scratch[worker], *keep = &r->faces->arenas[worker];
	RepoObject blob;
	if (repo_read(r->repos[worker], &e->blob, REPO_BLOB, &blob)) {
		note_missing(r, event);
		return;
	}
	Str body, front = front_of(blob.bytes, &body);
	if (blob.bytes.n > (size_t)s->max_file << 20) {
		r->faces->of[event] = NEW(keep, Face);
	} else if (newer->face && str_eq(front, newer->front)) {
		r->faces->of[event] = newer->face;
	} else {
		Face *f = NEW(keep, Face);
		*f = read_front(path->path, str_dup(scratch, front), &s->collections[path->collection], s, scratch, keep);
		r->faces->of[event] = f;
	}
	r->faces->body[event] = sum_body(body, scratch);
	repo_drop(&newer->blob);
	*newer = (Newer){blob, front, r->faces->of[event]};
	arena_reset(scratch);
}

static void read_file(void *context, size_t i, int worker)
{
	Reading *r = context;
	Newer newer = {0};
	if (!r->repos[worker])
		r->repos[worker] = repo_again(r->in->repo);
	for (uint32_t j = r->starts[i]; j < r->starts[i + 1]; j++)
		if (r->repos[worker])
			read_one(r, r->events[j], worker, &newer);
		else
			note_missing(r, r->events[j]);
	repo_drop(&newer.blob);
}

/* Brief events from `known` on, by path and newest first: a counting sort. Returns the number of files. */
static size_t sort_events(Reading *r, size_t known)
{
	const Line *line = r->line;
	uint32_t *count = mem_resize(NULL, line->paths_n + 1, sizeof *count);
	memset(count, 0, (line->paths_n + 1) * sizeof *count);
	for (size_t i = known; i < line->events_n; i++)
		count[line->events[i].path] += line->paths[line->events[i].path].brief && !line->events[i].gone;
	r->starts = mem_resize(NULL, line->paths_n + 1, sizeof *r->starts);
	uint32_t total = 0;
	size_t files = 0;
	for (size_t i = 0; i < line->paths_n; i++) {
		uint32_t n = count[i];
		count[i] = total;
		if (n)
			r->starts[files++] = total;
		total += n;
	}
	r->starts[files] = total;
	r->events = mem_resize(NULL, total + 1, sizeof *r->events);
	for (size_t i = line->events_n; i-- > known;)
		if (line->paths[line->events[i].path].brief && !line->events[i].gone)
			r->events[count[line->events[i].path]++] = (uint32_t)i;
	free(count);
	return files;
}

void faces_read(Faces *f, const Line *line, const HistoryInput *in, size_t known)
{
	int workers = in->pool ? pool_threads(in->pool) : 1;
	Reading r = {.faces = f, .line = line, .in = in, .missing_event = NO_NUMBER};
	f->of = mem_resize(f->of, line->events_n + 1, sizeof(void *));
	f->body = mem_resize(f->body, line->events_n + 1, sizeof *f->body);
	for (size_t i = known; i < line->events_n; i++) {
		f->of[i] = NULL;
		f->body[i] = (Hash){0};
	}
	f->n = line->events_n;
	f->arenas = mem_resize(f->arenas, (size_t)f->arenas_n + (size_t)workers, sizeof(Arena));
	memset(f->arenas + f->arenas_n, 0, (size_t)workers * sizeof(Arena));
	f->arenas_n += workers;
	Arena *all = f->arenas;
	f->arenas = all + f->arenas_n - workers; /* this reading's own */
	r.repos = mem_resize(NULL, (size_t)workers, sizeof(Repo *));
	r.scratch = mem_resize(NULL, (size_t)workers, sizeof(Arena));
	for (int i = 0; i < workers; i++) {
		r.repos[i] = NULL;
		r.scratch[i] = (Arena){0};
	}
	size_t files = sort_events(&r, known);
	if (in->pool)
		pool_run(in->pool, files, read_file, &r);
	for (size_t i = 0; !in->pool && i < files; i++)
		read_file(&r, i, 0);
	for (int i = 0; i < workers; i++) {
		repo_free(r.repos[i]);
		arena_release(&r.scratch[i]);
	}
	f->arenas = all;
	f->missing = r.missing;
	f->missing_event = r.missing_event;
	free(r.repos);
	free(r.scratch);
	free(r.events);
	free(r.starts);
}

void faces_release(Faces *f)
{
	for (int i = 0; i < f->arenas_n; i++)
		arena_release(&f->arenas[i]);
	free(f->arenas);
	free(f->of);
	free(f->body);
	*f = (Faces){0};
}
