/* liquid TEMPLATE DATA.json PAGES [THREADS]: renders a template so many times (on each thread), prints bytes a
 * page and pages a CPU second; a check value keeps the work from being left out. */
#include "base/disk.h"
#include "base/pool.h"
#include "lib/json.h"
#include "liquid/liquid.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

typedef struct Bench {
	Liquid *engine;
	const LiquidTemplate *template;
	Value data;
	LiquidMemo *memo;
	int64_t pages;
	size_t bytes;
} Bench;

static Str read_text(const char *path, Arena *a)
{
	int folder;
	Str text;
	if (disk_open_folder(".", &folder) || disk_read_arena(folder, str_of(path), DISK_LIMIT, a, &text, NULL)) {
		fprintf(stderr, "cannot read %s\n", path);
		exit(3);
	}
	return text;
}

static double cpu_seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void work(void *context, size_t i, int worker)
{
	Bench *b = context;
	Arena page = {0};
	Buf out = {0};
	Diags d = {0};
	LiquidJob job = {.data = b->data, .arena = &page, .diags = &d, .memo = b->memo};
	(void)worker;
	for (int64_t n = 0; n < b->pages; n++) {
		buf_clear(&out);
		arena_reset(&page);
		if (!liquid_render(b->engine, b->template, &job, &out))
			exit(1);
	}
	if (i == 0)
		b->bytes = out.n;
	buf_release(&out);
	arena_release(&page);
	diags_release(&d);
}

int main(int argc, char **argv)
{
	Arena a = {0};
	Bench b = {0};
	Str why, text;
	size_t offset;
	Diags d = {0};
	int threads = argc > 4 ? (int)strtol(argv[4], NULL, 10) : 1;
	if (argc < 4) {
		fprintf(stderr, "usage: liquid TEMPLATE DATA.json PAGES [THREADS]\n");
		return 2;
	}
	text = read_text(argv[1], &a);
	if (!json_parse(read_text(argv[2], &a), &a, &b.data, &why, &offset))
		return 2;
	b.pages = strtoll(argv[3], NULL, 10);
	b.engine = liquid_new(NULL);
	b.memo = getenv("MEMO") ? liquid_memo_new(0) : NULL;
	b.template = liquid_parse(b.engine, (LiquidSource){.file = str_of(argv[1]), .text = text, .escape = LIQUID_HTML}, &d);
	Buf said = {0};
	diags_print(&d, &said, false, DIAG_WARNING);
	fwrite(said.p, 1, said.n, stderr);
	if (!b.template)
		return 1;
	Pool *pool = pool_new(threads);
	double start = cpu_seconds();
	pool_run(pool, (size_t)threads, work, &b);
	double took = cpu_seconds() - start;
	printf("{\"bytes\": %zu, \"pages\": %lld, \"cpu_seconds\": %.4f, \"pages_per_cpu_second\": %.0f}\n", b.bytes,
		(long long)b.pages * threads, took, (double)b.pages * threads / took);
	pool_free(pool);
	liquid_memo_free(b.memo);
	liquid_free(b.engine);
	buf_release(&said);
	diags_release(&d);
	arena_release(&a);
	return 0;
}
