/* doc_bench DIR [ROUNDS]: reads every .md below DIR, then parses each and writes its HTML, on one thread.
 * Prints CPU seconds a round, for parsing with facts and for HTML, and megabytes a second. */
#include "base/buf.h"
#include "doc/doc.h"

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
	return 0;
}
