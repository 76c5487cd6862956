/* doc_bench DIR [ROUNDS]: reads every .md below DIR, then parses each and writes its HTML, on one thread; then
 * compares each with a version of it in which some words and a paragraph changed, and writes the redline.
 * Prints CPU seconds a round, for parsing with facts and for HTML, and megabytes a second; microseconds a pair
 * for making a side ready (once a version), comparing and writing. */
#include "base/buf.h"
#include "doc/redline.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static Str bodies[200000];
static size_t bodies_n;

static Str body_of(Str file)
{
	size_t at = str_starts(file, S("---\n")) ? str_find(file, S("\n---\n")) : SIZE_MAX;
	return at == SIZE_MAX ? file : str_from(file, at + 5);
}

static int add(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)ftw;
	if (type != FTW_F || !str_ends(str_of(path), S(".md")) || bodies_n == sizeof bodies / sizeof *bodies)
		return 0;
	char *p = mem_alloc((size_t)st->st_size);
	int fd = open(path, O_RDONLY);
	ssize_t n = fd < 0 ? -1 : read(fd, p, (size_t)st->st_size);
	if (n >= 0)
		bodies[bodies_n++] = body_of((Str){p, (size_t)n});
	close(fd);
	return 0;
}

static double cpu(void)
{
	struct timespec t;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* A word gone behind every 900 bytes, another changed, and a paragraph more. */
static Str revised(Str s, Arena *a)
{
	Buf b = {0};
	for (size_t i = 0, next = 900; i < s.n; i++) {
		buf_putc(&b, s.p[i]);
		if (i < next || s.p[i] != ' ' || i + 20 >= s.n)
			continue;
		next = i + 900;
		if (next % 2)
			buf_lit(&b, "revised ");
		else
			while (i + 1 < s.n && s.p[i + 1] != ' ' && s.p[i + 1] != '\n')
				i++;
	}
	buf_lit(&b, "\n\nA paragraph that was not there before.\n");
	Str out = str_dup(a, buf_str(&b));
	buf_release(&b);
	return out;
}

static void redlines(Arena *arena, Buf *out)
{
	double sides = 0, comparing = 0, writing = 0;
	size_t words = 0;
	for (size_t i = 0; i < bodies_n; i++) {
		Doc *old = doc_parse(S("x.md"), bodies[i], 1, NULL, arena, NULL), *new = doc_parse(S("x.md"), revised(bodies[i], arena), 1, NULL, arena, NULL);
		double a = cpu();
		RedlineSide *from = redline_side(old, NULL, arena), *to = redline_side(new, NULL, arena);
		double b = cpu();
		Redline *r = redline(from, to, NULL, arena);
		double c = cpu();
		buf_clear(out);
		redline_inline(r, NULL, out);
		writing += cpu() - c;
		comparing += c - b;
		sides += (b - a) / 2;
		words += r->added + r->removed;
		arena_reset(arena);
	}
	double n = (double)bodies_n / 1e6, all = (sides + comparing + writing) / n;
	printf("%zu pairs, %zu words changed: side %.1f + compare %.1f + write %.1f = %.1f us a pair, %.0f pairs/s\n", bodies_n, words, sides / n, comparing / n, writing / n, all, 1e6 / all);
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return 2;
	int64_t rounds = 3;
	if (argc > 2)
		str_int(str_of(argv[2]), &rounds);
	doc_init();
	nftw(argv[1], add, 32, FTW_PHYS);
	Arena arena = {0};
	Buf out = {0};
	for (int64_t round = 0; round < rounds; round++) {
		double parsing = 0, writing = 0;
		size_t in = 0, html = 0, words = 0, refused = 0;
		for (size_t i = 0; i < bodies_n; i++) {
			double a = cpu();
			Doc *doc = doc_parse(S("x.md"), bodies[i], 1, NULL, &arena, NULL);
			double b = cpu();
			buf_clear(&out);
			doc_html(doc, NULL, &arena, &out);
			writing += cpu() - b;
			parsing += b - a;
			in += bodies[i].n;
			html += out.n;
			words += doc->words;
			refused += doc->failed;
			arena_reset(&arena);
		}
		printf("%zu texts (%zu refused), %.1f MB in, %.1f MB out, %zu words: parse %.3f + html %.3f = %.3f CPU s, %.0f MB/s\n", bodies_n, refused, (double)in / 1e6,
		       (double)html / 1e6, words, parsing, writing, parsing + writing, (double)in / 1e6 / (parsing + writing));
	}
	if (bodies_n)
		redlines(&arena, &out);
	buf_release(&out);
	arena_release(&arena);
	return 0;
}
