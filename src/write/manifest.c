#include "write/manifest.h"

#include "write/write.h"

#include <inttypes.h>

#define HEAD "gen-manifest 1 "

static void put_number(Buf *b, int64_t v)
{
	char digits[24], *at = digits + sizeof digits;
	uint64_t u = v < 0 ? -(uint64_t)v : (uint64_t)v;
	do
		*--at = (char)('0' + u % 10);
	while (u /= 10);
	if (v < 0)
		*--at = '-';
	buf_puts(b, str_n(at, (size_t)(digits + sizeof digits - at)));
	buf_putc(b, ' ');
}

void manifest_print(const Manifest *m, Buf *out)
{
	size_t start = out->n;
	buf_printf(out, HEAD "%s %" PRId64 "\n", m->exchange ? "exchange" : "journal", (int64_t)m->root); /* signed, as it is read */
	for (size_t i = 0; i < m->n; i++) {
		const ManifestFile *f = &m->files[i];
		buf_put_hash(out, f->hash);
		buf_putc(out, ' ');
		put_number(out, (int64_t)f->stat.size);
		put_number(out, f->stat.mtime);
		put_number(out, (int64_t)f->stat.inode);
		buf_puts(out, f->path);
		buf_putc(out, '\n');
	}
	Hash sum = hash_of(str_from(buf_str(out), start));
	buf_printf(out, "end %zu ", m->n);
	buf_put_hash(out, sum);
	buf_putc(out, '\n');
}

static bool take_number(Str *line, int64_t *out) { return str_int(str_cut(line, ' '), out); }

/* line is cut off at its end with a NUL in place. */
static bool parse_file(Str line, ManifestFile *f)
{
	int64_t size, inode;
	bool portable;
	if (!hash_parse(str_cut(&line, ' '), &f->hash) || !take_number(&line, &size) || !take_number(&line, &f->stat.mtime) ||
		!take_number(&line, &inode) || write_path_fault(line, &portable))
		return false;
	f->stat.size = (uint64_t)size;
	f->stat.inode = (uint64_t)inode;
	f->path = line;
	return true;
}

static bool parse_head(Str line, Manifest *m)
{
	int64_t root;
	if (!str_starts(line, S(HEAD)))
		return false;
	line = str_from(line, sizeof HEAD - 1);
	Str way = str_cut(&line, ' ');
	m->exchange = str_eq(way, S("exchange"));
	if ((!m->exchange && !str_eq(way, S("journal"))) || !str_int(line, &root))
		return false;
	m->root = (uint64_t)root;
	return true;
}

/* "end <files> <hash>\n" is the last line; *body is what stands before it. */
static bool parse_end(Str text, Str *body, size_t *n)
{
	Hash said;
	int64_t files;
	if (!str_ends(text, S("\n")))
		return false;
	size_t before = str_rfind_char(str_upto(text, text.n - 1), '\n');
	if (before == SIZE_MAX)
		return false;
	*body = str_upto(text, before + 1);
	Str line = str_upto(str_from(text, before + 1), text.n - before - 2);
	if (!str_eq(str_cut(&line, ' '), S("end")) || !take_number(&line, &files) || !hash_parse(line, &said))
		return false;
	*n = (size_t)files;
	return files >= 0 && hash_eq(said, hash_of(*body));
}

static bool parse_files(Str body, Arena *a, Manifest *m, size_t n)
{
	m->files = NEW_N(a, ManifestFile, n);
	for (; m->n < n; m->n++) {
		if (!body.n)
			return false;
		Str line = str_cut(&body, '\n');
		((char *)line.p)[line.n] = 0; /* the newline, in our own copy */
		if (!parse_file(line, &m->files[m->n]) ||
			(m->n && str_cmp(m->files[m->n - 1].path, m->files[m->n].path) >= 0))
			return false;
	}
	return !body.n;
}

bool manifest_parse(Str text, Arena *a, Manifest *m)
{
	Str body;
	size_t n;
	*m = (Manifest){0};
	text = str_dup(a, text);
	if (parse_end(text, &body, &n) && n <= body.n / 40 && parse_head(str_cut(&body, '\n'), m) && parse_files(body, a, m, n))
		return true;
	*m = (Manifest){0};
	return false;
}

/* The first file whose path is not before this one. */
static size_t lower_bound(const Manifest *m, Str path)
{
	size_t low = 0, high = m->n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (str_cmp(m->files[middle].path, path) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const ManifestFile *manifest_find(const Manifest *m, Str path)
{
	size_t i = lower_bound(m, path);
	return i < m->n && str_eq(m->files[i].path, path) ? &m->files[i] : NULL;
}

bool manifest_has_below(const Manifest *m, Str folder)
{
	/* What is below sorts from "folder/" on; names between ("folder-2") sort before. */
	Arena a = {0};
	size_t i = lower_bound(m, str_join(&a, folder, S("/")));
	arena_release(&a);
	return i < m->n && str_starts(m->files[i].path, folder) && m->files[i].path.n > folder.n && m->files[i].path.p[folder.n] == '/';
}
