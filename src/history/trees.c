/* How this file thinks: going from new to old, each folder's tree is kept raw. An older tree is compared byte by
 * byte: where both go on alike nothing is parsed, and only entries that differ are read. In a folder of ten
 * thousand files that is one entry a commit. Raw trees cannot be read backwards, so known starts of entries, the
 * marks, are kept with a large one, and moved as the trees grow and shrink. */
#include "history/line.h"

#include <limits.h>
#include <stdlib.h>

enum {
	DEPTH_MAX = 128,      /* folders within folders */
	MARK_EVERY = 512      /* bytes of a large tree between known starts of entries */
};

typedef struct Dir Dir;
struct Dir {
	Oid id;
	RepoObject raw;  /* of id, once needed */
	bool loaded;
	uint32_t *marks; /* offsets of entries in raw, never falling, about MARK_EVERY apart */
	size_t marks_n, marks_cap;
	size_t unmarked; /* bytes that came in since they were made */
	Table children;  /* name -> Dir */
};

struct Trees {
	Repo *repo;
	Arena arena;     /* names of children */
	Dir *root;
	Str *folders;    /* from the repository's root, with a slash at the end */
	size_t folders_n;
	size_t prefix_n; /* bytes of paths before the archive's root */
	char path[PATH_MAX];
	TreesSink *sink;
	void *context;
	bool outside;
	size_t room;
	RepoFault fault;
};

static Dir *dir_new(const uint8_t *id)
{
	Dir *d = mem_alloc(sizeof *d);
	*d = (Dir){0};
	memcpy(d->id.id, id, sizeof d->id.id);
	return d;
}

static void dir_free(Dir *d, int depth)
{
	for (size_t i = 0; i < d->children.cap && depth <= DEPTH_MAX; i++)
		if (d->children.slots[i].value)
			dir_free(d->children.slots[i].value, depth + 1);
	table_release(&d->children);
	repo_drop(&d->raw);
	free(d->marks);
	free(d);
}

Trees *trees_new(Repo *repo, const Str *folders, size_t n)
{
	Trees *t = mem_alloc(sizeof *t);
	*t = (Trees){.repo = repo, .prefix_n = repo_prefix(repo).n};
	t->folders = NEW_N(&t->arena, Str, n);
	for (size_t i = 0; i < n; i++)
		t->folders[t->folders_n++] = str_printf(&t->arena, "%.*s%.*s/", STR_ARG(repo_prefix(repo)), STR_ARG(folders[i]));
	return t;
}

void trees_free(Trees *t)
{
	if (!t)
		return;
	if (t->root)
		dir_free(t->root, 0);
	arena_release(&t->arena);
	free(t);
}

void trees_start(Trees *t, const Oid *root)
{
	if (t->root)
		dir_free(t->root, 0);
	t->root = dir_new(root->id);
}

/* ---- which paths matter */

/* path ends with a slash. Whether it lies in a folder that is looked into. */
static bool is_inside(const Trees *t, Str path)
{
	for (size_t i = 0; i < t->folders_n; i++)
		if (str_starts(path, t->folders[i]))
			return true;
	return false;
}

static bool leads_inside(const Trees *t, Str path)
{
	for (size_t i = 0; i < t->folders_n; i++)
		if (str_starts(t->folders[i], path))
			return true;
	return false;
}

/* ---- what is told */

static bool push_name(Trees *t, size_t path_n, Str name, size_t *n)
{
	if (path_n + name.n + 2 > sizeof t->path || !tree_name_ok(name))
		return false;
	memcpy(t->path + path_n, name.p, name.n);
	*n = path_n + name.n;
	return true;
}

static void tell(Trees *t, size_t path_n, const TreeEntry *e, bool gone)
{
	size_t n;
	if (!push_name(t, path_n, e->name, &n) || n <= t->prefix_n)
		return;
	if (!t->room) {
		t->fault = REPO_WRONG;
		return;
	}
	t->room--;
	t->sink(t->context, &(TreesChange){str_n(t->path + t->prefix_n, n - t->prefix_n), gone ? NULL : e->id});
}

static void tell_all(Trees *t, size_t path_n, const TreeEntry *folder, bool gone, int depth);

/* A file or folder that only one of the trees has. */
static void tell_side(Trees *t, size_t path_n, const TreeEntry *e, bool inside, bool gone, int depth)
{
	size_t n;
	if (TREE_IS_FOLDER(*e) && push_name(t, path_n, e->name, &n)) {
		t->path[n++] = '/';
		Str path = str_n(t->path, n);
		if (inside || is_inside(t, path) || leads_inside(t, path))
			tell_all(t, n, e, gone, depth + 1);
		else
			t->outside = true;
	} else if (inside && TREE_IS_FILE(*e)) {
		tell(t, path_n, e, gone);
	} else {
		t->outside = true;
	}
}

static void tell_all(Trees *t, size_t path_n, const TreeEntry *folder, bool gone, int depth)
{
	RepoObject raw;
	Oid id;
	TreeEntry e;
	memcpy(id.id, folder->id, sizeof id.id);
	if (depth > DEPTH_MAX || t->fault)
		return;
	t->fault = repo_read(t->repo, &id, REPO_TREE, &raw);
	bool inside = is_inside(t, str_n(t->path, path_n));
	for (Str rest = raw.bytes; !t->fault && tree_next(&rest, &e);)
		tell_side(t, path_n, &e, inside, gone, depth);
	repo_drop(&raw);
}

/* ---- comparing two raw trees */

static size_t common_start(Str a, Str b)
{
	size_t n = a.n < b.n ? a.n : b.n, i = 0;
	for (size_t piece = 4096; piece; piece /= 16)
		while (i + piece <= n && !memcmp(a.p + i, b.p + i, piece))
			i += piece;
	return i;
}

static void add_mark(Dir *d, size_t at)
{
	if (at > UINT32_MAX || at < (d->marks_n ? d->marks[d->marks_n - 1] : 0) + (size_t)MARK_EVERY)
		return;
	if (d->marks_n == d->marks_cap) {
		d->marks_cap = d->marks_cap * 2 + 16;
		d->marks = mem_resize(d->marks, d->marks_cap, sizeof *d->marks);
	}
	d->marks[d->marks_n++] = (uint32_t)at;
}

static void mark_all(Dir *d)
{
	Str rest = d->raw.bytes;
	TreeEntry e;
	d->marks_n = d->unmarked = 0;
	while (tree_next(&rest, &e))
		add_mark(d, (size_t)(rest.p - d->raw.bytes.p));
}

/* The number of the first mark from `low` on that lies behind `at`. */
static size_t mark_behind(const Dir *d, size_t low, size_t at)
{
	size_t high = d->marks_n;
	while (low < high) {
		size_t middle = (low + high) / 2;
		if (d->marks[middle] <= at)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Bytes of the whole entries that both begin with; x starts at byte `at` of d. *last: the last one's name. The last
 * mark but one is where reading starts, so that there is a last one. */
static size_t equal_entries(const Dir *d, size_t mark, size_t at, Str x, Str y, Str *last)
{
	TreeEntry e;
	size_t equal = common_start(x, y), behind = mark_behind(d, mark, at + equal);
	size_t start = behind >= mark + 2 ? d->marks[behind - 2] - at : 0;
	for (Str rest = str_from(x, start); tree_next(&rest, &e) && x.n - rest.n <= equal; start = x.n - rest.n)
		*last = e.name;
	return start;
}

/* The marks of d up to byte `upto` become those of the older tree. */
static size_t move_marks(Dir *d, size_t mark, size_t upto, size_t by)
{
	for (; mark < d->marks_n && d->marks[mark] <= upto; mark++)
		d->marks[mark] += (uint32_t)by;
	return mark;
}

/* git's order: a folder stands as if its name ended in a slash. */
static int cmp_entry(const TreeEntry *x, const TreeEntry *y)
{
	size_t n = x->name.n < y->name.n ? x->name.n : y->name.n;
	int c = memcmp(x->name.p, y->name.p, n);
	if (c)
		return c;
	int a = x->name.n > n ? (unsigned char)x->name.p[n] : TREE_IS_FOLDER(*x) ? '/' : 0;
	int b = y->name.n > n ? (unsigned char)y->name.p[n] : TREE_IS_FOLDER(*y) ? '/' : 0;
	return a - b;
}

static void step(Trees *t, Dir *d, const Oid *older, size_t path_n, int depth);

static Dir *child_of(Trees *t, Dir *d, const TreeEntry *newer)
{
	Dir *child = table_get(&d->children, newer->name);
	if (!child) {
		child = dir_new(newer->id);
		table_put(&d->children, str_dup(&t->arena, newer->name), child);
	}
	return child;
}

static void drop_child(Dir *d, Str name, int depth)
{
	Dir *child = table_get(&d->children, name);
	if (!child)
		return;
	table_remove(&d->children, name);
	dir_free(child, depth);
}

/* The same name in both, with another id or kind. */
static void compare_pair(Trees *t, Dir *d, const TreeEntry *newer, const TreeEntry *older, size_t path_n, bool inside, int depth)
{
	size_t n;
	if (TREE_IS_FOLDER(*newer) && TREE_IS_FOLDER(*older)) {
		if (!push_name(t, path_n, newer->name, &n))
			return;
		t->path[n++] = '/';
		Str path = str_n(t->path, n);
		Oid id;
		memcpy(id.id, older->id, sizeof id.id);
		if (inside || is_inside(t, path) || leads_inside(t, path))
			step(t, child_of(t, d, newer), &id, n, depth + 1);
		else
			t->outside = true;
	} else if (inside && TREE_IS_FILE(*newer) && TREE_IS_FILE(*older)) {
		if (memcmp(newer->id, older->id, 20) != 0)
			tell(t, path_n, newer, false);
	} else {
		tell_side(t, path_n, newer, inside, false, depth);
		if (!(inside && TREE_IS_FILE(*newer)))
			tell_side(t, path_n, older, inside, true, depth);
	}
}

/* Tells what differs, and makes the marks of d those of the older tree. */
static void compare(Trees *t, Dir *d, Str older, size_t path_n, int depth)
{
	Str newer = d->raw.bytes, x = newer, y = older;
	bool inside = is_inside(t, str_n(t->path, path_n));
	Str last = {0}; /* of both: a name that stands twice in a tree counts once */
	size_t mark = 0;
	while (x.n + y.n && !t->fault) {
		size_t same = equal_entries(d, mark, newer.n - x.n, x, y, &last);
		Str after_x = x = str_from(x, same), after_y = y = str_from(y, same);
		TreeEntry e, f;
		mark = move_marks(d, mark, newer.n - x.n, (older.n - y.n) - (newer.n - x.n));
		bool have_e = tree_next(&after_x, &e), have_f = tree_next(&after_y, &f);
		if (!have_e && !have_f)
			break;
		int order = !have_e ? 1 : !have_f ? -1 : cmp_entry(&e, &f);
		if (order < 0 && !str_eq(e.name, last)) {
			tell_side(t, path_n, &e, inside, false, depth);
			drop_child(d, e.name, depth);
		} else if (order > 0 && !str_eq(f.name, last)) {
			tell_side(t, path_n, &f, inside, true, depth);
		} else if (order) {
			;
		} else if (memcmp(e.id, f.id, 20) != 0 || e.mode != f.mode) {
			compare_pair(t, d, &e, &f, path_n, inside, depth);
		}
		if (!order)
			last = e.name;
		if (order <= 0)
			x = after_x;
		if (order > 0)
			d->unmarked += y.n - after_y.n;
		if (order >= 0)
			y = after_y;
	}
	move_marks(d, mark, newer.n, older.n - newer.n);
	while (d->marks_n && d->marks[d->marks_n - 1] >= older.n)
		d->marks_n--;
}

static void load(Trees *t, Dir *d)
{
	if (d->loaded)
		return;
	t->fault = repo_read(t->repo, &d->id, REPO_TREE, &d->raw);
	d->loaded = !t->fault;
	if (d->raw.bytes.n > 4 * MARK_EVERY)
		mark_all(d);
}

static void step(Trees *t, Dir *d, const Oid *older, size_t path_n, int depth)
{
	RepoObject raw;
	if (depth > DEPTH_MAX || t->fault || oid_eq(&d->id, older))
		return;
	load(t, d);
	if (t->fault || (t->fault = repo_read(t->repo, older, REPO_TREE, &raw)))
		return;
	compare(t, d, raw.bytes, path_n, depth);
	repo_drop(&d->raw);
	d->raw = raw;
	d->id = *older;
	if (d->unmarked > 8 * MARK_EVERY + raw.bytes.n / 16)
		mark_all(d);
}

RepoFault trees_step(Trees *t, const Oid *older, TreesSink *sink, void *context, bool *outside)
{
	t->sink = sink;
	t->context = context;
	t->outside = false;
	t->room = TREES_CHANGES_MAX;
	t->fault = REPO_FINE;
	if (older) {
		step(t, t->root, older, 0, 0);
	} else {
		TreeEntry root = {.id = t->root->id.id, .mode = 040000};
		tell_all(t, 0, &root, false, 0);
	}
	*outside = t->outside;
	return t->fault;
}
