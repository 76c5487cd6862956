/* The kept index: what was read from the repository, as one file. It begins with what it was made by and for, ends with a
 * fingerprint of all its bytes, and every number in it is checked: a file that is cut short, of another gen, of
 * other settings or with one bit turned is not used. */
#include "base/disk.h"
#include "history/tracks.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { KEPT_MAX = 1 << 30 };
static const Str kept_name = STR_INIT("history");

/* The program, the repository's standing and all that site.yaml says: a change of any makes another index. */
static Hash fingerprint(const HistoryInput *in)
{
	Buf b = {0};
	struct stat st;
	buf_lit(&b, "gen history 2\n");
	if (!stat("/proc/self/exe", &st))
		buf_printf(&b, "%lld %lld %lld\n", (long long)st.st_size, (long long)st.st_mtim.tv_sec, (long long)st.st_mtim.tv_nsec);
	buf_printf(&b, "%zu:", repo_prefix(in->repo).n);
	buf_puts(&b, repo_prefix(in->repo));
	buf_printf(&b, "%zu:", repo_branch(in->repo).n);
	buf_puts(&b, repo_branch(in->repo));
	put_value(&b, in->settings->all, VALUE_DEPTH);
	buf_puts(&b, in->signers);
	Hash h = hash_of(buf_str(&b));
	buf_release(&b);
	return h;
}

/* ---- writing */

static void put_bytes(Buf *b, const void *p, size_t n) { buf_puts(b, str_n(p, n)); }
static void put32(Buf *b, uint32_t v) { put_bytes(b, &v, sizeof v); }
static void put_hash(Buf *b, Hash h) { put_bytes(b, &h, sizeof h); }

static void put_text(Buf *b, Str s)
{
	put32(b, (uint32_t)s.n);
	buf_puts(b, s);
}

static void put_texts(Buf *b, const Str *list, uint32_t n)
{
	put32(b, n);
	for (uint32_t i = 0; i < n; i++)
		put_text(b, list[i]);
}

static void put_date(Buf *b, Date d)
{
	put_bytes(b, &d.seconds, sizeof d.seconds);
	put32(b, (uint32_t)(uint16_t)d.zone | (uint32_t)d.has_time << 16 | (uint32_t)d.known << 17);
}

static void put_face(Buf *b, const Face *f)
{
	put32(b, (uint32_t)f->readable | (uint32_t)f->draft << 1);
	put_date(b, f->date);
	put_text(b, f->id);
	put_text(b, f->title);
	put_texts(b, f->addresses, f->addresses_n);
	put_texts(b, f->aliases, f->aliases_n);
	put_texts(b, f->pdfs, f->pdfs_n);
	put32(b, f->changes_n);
	for (uint32_t i = 0; i < f->changes_n; i++) {
		put_date(b, f->changes[i].date);
		put32(b, (uint32_t)f->changes[i].type);
		put_text(b, f->changes[i].note);
		put32(b, f->changes[i].version);
	}
	put_hash(b, f->sum);
}

static void put_line(Buf *b, const Line *line)
{
	put32(b, (uint32_t)line->commits_n);
	for (size_t i = 0; i < line->commits_n; i++) {
		const LineCommit *c = &line->commits[i];
		put_bytes(b, c->id.id, sizeof c->id.id);
		put_date(b, c->date);
		put_text(b, c->subject);
		put_text(b, c->author);
		put_text(b, c->author_mail);
		put_text(b, c->signer);
		put32(b, (uint32_t)c->outside | (uint32_t)c->signature << 8 | (uint32_t)c->signature_state << 16);
	}
	put32(b, (uint32_t)line->paths_n);
	for (size_t i = 0; i < line->paths_n; i++)
		put_text(b, line->paths[i].path);
	put32(b, (uint32_t)line->merged.n);
	for (size_t i = 0; i < line->merged.n; i++) {
		put_bytes(b, line->merged.list[i].id, sizeof line->merged.list[i].id);
		put32(b, line->merged_at[i]);
	}
	put32(b, (uint32_t)line->notes_n);
	for (size_t i = 0; i < line->notes_n; i++) {
		const LineNote *n = &line->notes[i];
		put32(b, n->commit);
		put32(b, (uint32_t)n->type | (uint32_t)n->all << 8);
		put_text(b, n->note);
		put_text(b, n->near);
		put_text(b, n->hint);
		put32(b, n->paths_n);
		put_bytes(b, n->paths, n->paths_n * sizeof *n->paths);
	}
}

/* Each face once: neighbours in a file's history mostly share theirs. A face is written where it first occurs. */
static void put_events(Buf *b, const Line *line, const Faces *faces)
{
	Table seen = {0};
	uint32_t faces_n = 0;
	put32(b, (uint32_t)line->events_n);
	for (size_t i = 0; i < line->events_n; i++) {
		const LineEvent *e = &line->events[i];
		put32(b, e->commit);
		put32(b, e->path);
		put_bytes(b, e->blob.id, sizeof e->blob.id);
		put32(b, e->gone);
		if (!faces->of[i]) {
			put32(b, NO_NUMBER);
			continue;
		}
		Str key = str_n((const char *)&faces->of[i], sizeof(void *)); /* the pointer's own bytes */
		void *number = table_get(&seen, key);
		put32(b, number ? (uint32_t)(uintptr_t)number - 1 : faces_n);
		put_hash(b, faces->body[i]);
		if (number)
			continue;
		put_face(b, faces->of[i]);
		table_put(&seen, key, (void *)(uintptr_t)++faces_n);
	}
	table_release(&seen);
}

void kept_write(const HistoryInput *in, const Line *line, const Faces *faces)
{
	int folder;
	if (!in->index || disk_open_folder(in->index, &folder))
		return;
	Buf b = {0};
	put_hash(&b, fingerprint(in));
	put_line(&b, line);
	put_events(&b, line, faces);
	put_hash(&b, hash_of(buf_str(&b)));
	disk_keep(folder, kept_name, buf_str(&b)); /* a failure costs time in the next build, nothing else */
	close(folder);
	buf_release(&b);
}

/* ---- reading */

typedef struct Reader {
	Str rest;
	bool bad;
} Reader;

static const char *take(Reader *r, size_t n)
{
	if (r->bad || n > r->rest.n) {
		r->bad = true;
		return NULL;
	}
	const char *p = r->rest.p;
	r->rest = str_from(r->rest, n);
	return p;
}

static void take_into(Reader *r, void *out, size_t n)
{
	const char *p = take(r, n);
	if (p)
		memcpy(out, p, n);
	else
		memset(out, 0, n);
}

static uint32_t take32(Reader *r)
{
	uint32_t v;
	take_into(r, &v, sizeof v);
	return v;
}

/* A count of things that take at least so many bytes each. */
static uint32_t take_count(Reader *r, size_t least)
{
	uint32_t n = take32(r);
	if (n > r->rest.n / least)
		r->bad = true;
	return r->bad ? 0 : n;
}

static uint32_t take_below(Reader *r, size_t limit)
{
	uint32_t n = take32(r);
	if (n >= limit)
		r->bad = true;
	return r->bad ? 0 : n;
}

static Hash take_hash(Reader *r)
{
	Hash h;
	take_into(r, &h, sizeof h);
	return h;
}

static Str take_text(Reader *r)
{
	uint32_t n = take32(r);
	const char *p = take(r, n);
	return p ? str_n(p, n) : (Str){0};
}

static const Str *take_texts(Reader *r, Arena *a, uint32_t *n)
{
	*n = take_count(r, 4);
	Str *list = NEW_N(a, Str, *n);
	for (uint32_t i = 0; i < *n; i++)
		list[i] = take_text(r);
	return list;
}

static Date take_date(Reader *r)
{
	Date d = {0};
	take_into(r, &d.seconds, sizeof d.seconds);
	uint32_t bits = take32(r);
	d.zone = (int16_t)(uint16_t)(bits & 0xFFFF);
	d.has_time = bits >> 16 & 1;
	d.known = bits >> 17 & 1;
	return d;
}

static ChangeType take_type(Reader *r, uint32_t bits)
{
	if ((bits & 0xFF) >= CHANGE_N)
		r->bad = true;
	return r->bad ? CHANGE_UNMARKED : (ChangeType)(bits & 0xFF);
}

static Face *take_face(Reader *r, Arena *a)
{
	Face *f = NEW(a, Face);
	uint32_t bits = take32(r);
	f->readable = bits & 1;
	f->draft = bits >> 1 & 1;
	f->date = take_date(r);
	f->id = take_text(r);
	f->title = take_text(r);
	f->addresses = take_texts(r, a, &f->addresses_n);
	f->aliases = take_texts(r, a, &f->aliases_n);
	f->pdfs = take_texts(r, a, &f->pdfs_n);
	f->changes_n = take_count(r, 20);
	FaceChange *changes = NEW_N(a, FaceChange, f->changes_n);
	for (uint32_t i = 0; i < f->changes_n; i++) {
		changes[i].date = take_date(r);
		changes[i].type = take_type(r, take32(r));
		changes[i].note = take_text(r);
		changes[i].version = take32(r);
	}
	f->changes = changes;
	f->sum = take_hash(r);
	return f;
}

static void take_line(Reader *r, Line *line, const Settings *s)
{
	line->commits_n = line->commits_cap = take_count(r, 52);
	line->commits = mem_resize(NULL, line->commits_n + 1, sizeof *line->commits);
	for (size_t i = 0; i < line->commits_n; i++) {
		LineCommit *c = &line->commits[i];
		take_into(r, c->id.id, sizeof c->id.id);
		c->date = take_date(r);
		c->subject = take_text(r);
		c->author = take_text(r);
		c->author_mail = take_text(r);
		c->signer = take_text(r);
		uint32_t bits = take32(r);
		c->outside = bits & 1;
		c->signature = (SignatureKind)(bits >> 8 & 7);
		c->signature_state = (SignatureState)(bits >> 16 & 3);
		if (c->signature > SIGNATURE_UNKNOWN || c->signature_state > SIGNATURE_BAD)
			r->bad = true;
	}
	uint32_t paths = take_count(r, 4);
	for (uint32_t i = 0; i < paths && !r->bad; i++)
		if (line_path(line, s, take_text(r)) != i)
			r->bad = true;
	line->merged_cap = take_count(r, 24);
	line->merged_at = mem_resize(NULL, line->merged_cap + 1, sizeof *line->merged_at);
	for (uint32_t i = 0; i < line->merged_cap && !r->bad; i++) {
		Oid id;
		take_into(r, id.id, sizeof id.id);
		line->merged_at[i] = take_below(r, line->commits_n);
		if (oidset_add(&line->merged, &id) != i)
			r->bad = true;
	}
}

static void take_notes(Reader *r, Line *line)
{
	line->notes_n = line->notes_cap = take_count(r, 24);
	line->notes = mem_resize(NULL, line->notes_n + 1, sizeof *line->notes);
	for (size_t i = 0; i < line->notes_n; i++) {
		LineNote *n = &line->notes[i];
		n->commit = take_below(r, line->commits_n);
		uint32_t bits = take32(r);
		n->type = take_type(r, bits);
		n->all = bits >> 8 & 1;
		n->note = take_text(r);
		n->near = take_text(r);
		n->hint = take_text(r);
		n->paths_n = take_count(r, 4);
		uint32_t *paths = NEW_N(line->arena, uint32_t, n->paths_n);
		for (uint32_t j = 0; j < n->paths_n; j++)
			paths[j] = take_below(r, line->paths_n);
		n->paths = paths;
		if (i && n->commit < n[-1].commit)
			r->bad = true;
	}
}

static void take_events(Reader *r, Line *line, Faces *faces)
{
	size_t faces_n = 0, n = take_count(r, 36);
	const Face **list = mem_resize(NULL, n + 1, sizeof(void *));
	line->events_n = line->events_cap = faces->n = n;
	line->events = mem_resize(NULL, n + 1, sizeof *line->events);
	faces->of = mem_resize(NULL, n + 1, sizeof(void *));
	faces->body = mem_resize(NULL, n + 1, sizeof *faces->body);
	for (size_t i = 0; i < n; i++) {
		LineEvent *e = &line->events[i];
		e->commit = take_below(r, line->commits_n);
		e->path = take_below(r, line->paths_n);
		take_into(r, e->blob.id, sizeof e->blob.id);
		e->gone = take32(r);
		if (i && e->commit < e[-1].commit)
			r->bad = true;
		uint32_t face = take32(r);
		faces->of[i] = NULL;
		faces->body[i] = (Hash){0};
		if (face == NO_NUMBER)
			continue;
		faces->body[i] = take_hash(r);
		if (face == faces_n)
			list[faces_n++] = take_face(r, line->arena);
		if (face >= faces_n)
			r->bad = true;
		else
			faces->of[i] = list[face];
	}
	free(list);
}

static bool is_whole(Str bytes, const HistoryInput *in)
{
	Hash first, last;
	if (bytes.n < 2 * sizeof(Hash))
		return false;
	memcpy(&first, bytes.p, sizeof first);
	memcpy(&last, bytes.p + bytes.n - sizeof last, sizeof last);
	return hash_eq(first, fingerprint(in)) && hash_eq(last, hash_of(str_upto(bytes, bytes.n - sizeof last)));
}

bool kept_parse(Str body, const Settings *s, Line *line, Faces *faces)
{
	Reader r = {body, false};
	take_line(&r, line, s);
	take_notes(&r, line);
	take_events(&r, line, faces);
	if (!r.bad && !r.rest.n)
		return true;
	Arena *arena = line->arena;
	line_release(line);
	faces_release(faces);
	*line = (Line){.arena = arena};
	return false;
}

bool kept_read(const HistoryInput *in, Line *line, Faces *faces)
{
	int folder;
	Str bytes = {0};
	if (!in->index || disk_open_folder(in->index, &folder))
		return false;
	int error = disk_read_arena(folder, kept_name, KEPT_MAX, line->arena, &bytes, NULL);
	close(folder);
	if (error || !is_whole(bytes, in))
		return false;
	return kept_parse(str_n(bytes.p + sizeof(Hash), bytes.n - 2 * sizeof(Hash)), in->settings, line, faces);
}
