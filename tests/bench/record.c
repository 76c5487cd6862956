/* record FOLDER: reads every .md below a folder into memory, then times turning front matters into Records.
 * Prints CPU seconds, and with --events those of libyaml's events alone. */
#include "lib/icu.h"
#include "record/record.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <yaml.h>

static struct { Str *names, *texts; size_t n, cap; Arena arena; } all;

static int take_file(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)ftw;
	Str name = str_of(path);
	if (type != FTW_F || !str_ends(name, S(".md")))
		return 0;
	if (all.n == all.cap) {
		all.cap = all.cap ? all.cap * 2 : 1024;
		all.names = mem_resize(all.names, all.cap, sizeof(Str));
		all.texts = mem_resize(all.texts, all.cap, sizeof(Str));
	}
	FILE *f = fopen(path, "rb");
	char *p = arena_bytes(&all.arena, (size_t)st->st_size);
	size_t n = f ? fread(p, 1, (size_t)st->st_size, f) : 0;
	if (f)
		fclose(f);
	all.names[all.n] = str_dup(&all.arena, name);
	all.texts[all.n++] = str_n(p, n);
	return 0;
}

static double seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static size_t events_only(Str text)
{
	Split s = record_split(text);
	yaml_parser_t parser;
	size_t n = 0;
	yaml_parser_initialize(&parser);
	yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&parser, (const unsigned char *)text.p + s.yaml, s.yaml_end - s.yaml);
	for (bool more = true; more; n++) {
		yaml_event_t e;
		if (!yaml_parser_parse(&parser, &e))
			break;
		more = e.type != YAML_STREAM_END_EVENT;
		yaml_event_delete(&e);
	}
	yaml_parser_delete(&parser);
	return n;
}

int main(int argc, char **argv)
{
	Arena a = {0};
	Diags d = {0};
	Settings s;
	if (argc < 2)
		return 2;
	nftw(argv[1], take_file, 32, FTW_PHYS);
	settings_parse(S("site.yaml"), (Str){0}, &a, &d, &s);
	RecordRules rules = {.settings = &s, .collection = &s.collections[0], .kind = RECORD_BRIEF};
	double best = 1e9, events = 1e9;
	size_t ok = 0, held = 0;
	for (int round = 0; round < 5; round++) {
		Arena own = {0};
		double start = seconds();
		ok = 0;
		for (size_t i = 0; i < all.n; i++) {
			Record r;
			ok += record_parse(all.names[i], all.texts[i], &rules, &own, &d, &r);
		}
		double spent = seconds() - start;
		best = spent < best ? spent : best;
		held = own.held;
		arena_release(&own);
		start = seconds();
		for (size_t i = 0; i < all.n; i++)
			events_only(all.texts[i]);
		spent = seconds() - start;
		events = spent < events ? spent : events;
	}
	printf("%zu front matters, %zu without error: %.3f CPU s, %.1f MB held; libyaml's events alone %.3f CPU s\n", all.n, ok, best, (double)held / 1e6, events);
	return 0;
}
