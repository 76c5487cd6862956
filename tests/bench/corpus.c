/* corpus: a made-up archive of policy briefs with its history, as a stream for git fast-import on stdout.
 *   corpus BRIEFS [REVISIONS [SEED]]      5 revisions a brief and seed 1 unless said; same arguments, same bytes
 * Briefs have 600 to 2,500 words with headings, lists, tables, footnotes, quotes and links to one another,
 * authors of several scripts, abstracts and related briefs; the history has shared commits, renames and
 * removals. For timing only: the words mean nothing. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const nouns[] = {"policy", "reform", "region", "council", "ministry", "market", "tariff", "water", "energy", "grid", "housing", "school",
	"hospital", "budget", "revenue", "subsidy", "pension", "worker", "contract", "migration", "border", "census", "household", "income", "university",
	"patent", "enterprise", "investment", "credit", "trade", "harbour", "railway", "emission", "carbon", "forest", "farmer", "fishery", "river", "flood",
	"insurance", "recovery", "survey", "estimate", "audit", "incentive", "statute", "court", "licence", "inspection", "supplier", "programme"};
static const char *const adjectives[] = {"regional", "national", "public", "rural", "coastal", "federal", "fiscal", "social", "legal", "annual", "recent",
	"long-term", "voluntary", "joint", "shared", "uneven", "renewable", "foreign", "digital", "open", "universal", "modest", "critical", "ageing", "informal"};
static const char *const verbs[] = {"raises", "lowers", "shifts", "supports", "weakens", "delays", "requires", "limits", "extends", "follows", "reveals",
	"confirms", "shapes", "exceeds", "covers", "finances", "reviews", "amends", "compares", "improves"};
static const char *const links[] = {"and", "but", "while", "because", "although", "since", "unless", "where", "of", "in", "for", "across", "without", "toward"};
static const char *const given[] = {"Åsa", "Björn", "Ingrid", "Karin", "Maria", "José", "Zoë", "Łukasz", "Ngozi", "Omar", "Priya", "Linh", "Ruth", "Samuel",
	"민준", "서연", "하은", "陽菜", "健太", "Siobhán"};
static const char *const family[] = {"Åkesson", "Öberg", "Lindqvist", "Müller", "Dvořák", "García", "Okafor", "Diallo", "Sharma", "Nguyễn", "Tanaka", "Rossi",
	"Virtanen", "Hansen", "Kovács", "Brown", "김", "이", "박", "佐藤", "O'Connor", "Haddad", "Petrov", "Silva"};
static const char *const regions[] = {"Sweden", "Norway", "Denmark", "Finland", "Iceland", "Korea", "Japan", "Taiwan", "Viet Nam", "India", "Nepal", "Kenya",
	"Ghana", "Senegal", "Rwanda", "Côte d’Ivoire", "Tunisia", "Jordan", "Türkiye", "Georgia", "France", "Spain", "Italy", "Poland", "Brazil", "Chile", "Canada", "Fiji"};

#define N(list) (sizeof(list) / sizeof((list)[0]))
#define PICK(r, list) ((list)[below(r, N(list))])

typedef struct Random {
	uint64_t state;
} Random;

static uint32_t below(Random *r, size_t n) { /* splitmix64 */
	uint64_t z = r->state += 0x9e3779b97f4a7c15u;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return (uint32_t)((z ^ z >> 31) % n);
}

static Random random_of(uint64_t seed, uint64_t brief, uint64_t what) {
	Random r = {seed * 1000003 + brief * 8191 + what};
	below(&r, 2);
	return r;
}

typedef struct Brief {
	char slug[80], title[80];
	int year, month, day;
	unsigned states;
} Brief;

static void brief_of(uint64_t seed, size_t i, size_t briefs, unsigned revisions, Brief *b) {
	Random r = random_of(seed, i, 1);
	const char *a = PICK(&r, adjectives), *n = PICK(&r, nouns), *l = PICK(&r, links), *m = PICK(&r, nouns);
	snprintf(b->title, sizeof b->title, "%c%s %s %s %s", a[0] - 32, a + 1, n, l, m);
	snprintf(b->slug, sizeof b->slug, "%s-%s-%s-%s-%zu", a, n, l, m, i);
	size_t month = i * 240 / briefs; /* twenty years, evenly */
	b->year = 2005 + (int)(month / 12), b->month = 1 + (int)(month % 12), b->day = 1 + (int)below(&r, 28);
	b->states = 1 + below(&r, 2 * revisions - 1);
}

static void sentence(Random *r, FILE *f) {
	const char *first = PICK(r, adjectives);
	fprintf(f, "%c%s %s %s", first[0] - 32, first + 1, PICK(r, nouns), PICK(r, verbs));
	for (uint32_t k = 3 + below(r, 5); k; k--) fprintf(f, " %s %s %s", PICK(r, links), PICK(r, adjectives), PICK(r, nouns));
	fputs(". ", f);
}

static void paragraph(Random *r, FILE *f) {
	for (uint32_t k = 3 + below(r, 4); k; k--) sentence(r, f);
	fputs("\n\n", f);
}

static void list(Random *r, FILE *f) {
	for (uint32_t k = 3 + below(r, 3); k; k--) fputs("- ", f), sentence(r, f), fputc('\n', f);
	fputc('\n', f);
}

static void table(Random *r, FILE *f) {
	fputs("| Region | 2010 | 2020 |\n| --- | ---: | ---: |\n", f);
	for (uint32_t k = 3 + below(r, 5); k; k--) fprintf(f, "| %s | %u.%u | %u.%u |\n", PICK(r, regions), below(r, 100), below(r, 10), below(r, 100), below(r, 10));
	fputc('\n', f);
}

typedef struct Corpus {
	uint64_t seed;
	size_t briefs;
	unsigned revisions;
} Corpus;

static void path_to(const Brief *b, FILE *f) { fprintf(f, "%d/%02d/%s.md", b->year, b->month, b->slug); }

static void front_matter(const Corpus *c, size_t i, const Brief *b, Random *r, FILE *f) {
	fprintf(f, "---\ntitle: \"%s\"\nnumber: PB-%d-%04zu\ndate: %d-%02d-%02d\nauthors:\n", b->title, b->year, i, b->year, b->month, b->day);
	for (uint32_t k = 1 + below(r, 3); k; k--) fprintf(f, "  - \"%s %s\"\n", PICK(r, given), PICK(r, family));
	fprintf(f, "regions: [\"%s\"]\ntopics:\n  - %s data\nabstract: >-\n  ", PICK(r, regions), PICK(r, nouns));
	sentence(r, f), sentence(r, f);
	fputs("\n", f);
	if (i > 2) {
		fputs("related:\n", f);
		for (int k = 0; k < 2; k++) {
			Brief other;
			brief_of(c->seed, 2 * below(r, i / 2) + 1, c->briefs, c->revisions, &other);
			fputs("  - briefs/", f), path_to(&other, f), fputc('\n', f);
		}
	}
	fputs("---\n\n", f);
}

/* Version v of brief i: the text of the first one, with one block in each later one written anew. */
static void text_of(const Corpus *c, size_t i, const Brief *b, unsigned v, FILE *f) {
	Random r = random_of(c->seed, i, 2);
	front_matter(c, i, b, &r, f);
	paragraph(&r, f);
	unsigned blocks = 12 + below(&r, 28);
	for (unsigned k = 0; k < blocks; k++) {
		unsigned newest = 0;
		for (unsigned w = 1; w < v; w++) if ((w * 7 + i) % blocks == k) newest = w;
		Random block = random_of(c->seed, i, 100 + k * 1000 + newest);
		if (k % 5 == 0) fprintf(f, "## %s %s %u\n\n", PICK(&block, adjectives), PICK(&block, nouns), k);
		uint32_t kind = below(&block, 12);
		if (kind == 0) table(&block, f);
		else if (kind < 3) list(&block, f);
		else if (kind == 3) fputs("> ", f), paragraph(&block, f);
		else if (kind == 4 && i > 2) {
			Brief other;
			brief_of(c->seed, 2 * below(&block, i / 2) + 1, c->briefs, c->revisions, &other);
			fprintf(f, "Compare [%s](../../", other.title), path_to(&other, f), fputs(").\n\n", f);
		} else paragraph(&block, f);
	}
	fputs("The figures are estimates.[^1]\n\n[^1]: ", f);
	sentence(&r, f);
	fputc('\n', f);
}

typedef struct Event {
	int64_t when;
	uint32_t brief, version; /* version 0: removed */
} Event;

static int by_time(const void *a, const void *b) {
	const Event *x = a, *y = b;
	if (x->when != y->when) return x->when < y->when ? -1 : 1;
	return x->brief != y->brief ? (x->brief < y->brief ? -1 : 1) : (int)x->version - (int)y->version;
}

static void write_commit(const Corpus *c, const Event *e, const Brief *b) {
	printf("commit refs/heads/main\ncommitter Editor <editor@example.org> %" PRId64 " +0000\n", e->when);
	char message[120];
	int n = snprintf(message, sizeof message, "%s %s", !e->version ? "Withdraw" : e->version == 1 ? "Publish" : "Revise", b->title);
	printf("data %d\n%s\n", n, message);
	char *text;
	size_t bytes;
	FILE *f = open_memstream(&text, &bytes);
	if (!f) exit(3);
	fputs("content/briefs/", f), path_to(b, f);
	/* One in twenty is renamed with its third state: until then it bears a working title. */
	int renamed = e->brief % 20 == 0;
	fflush(f);
	if (renamed && e->version == 3) printf("D content/briefs/%d/%02d/working-title-%" PRIu32 ".md\n", b->year, b->month, e->brief);
	char old[160];
	snprintf(old, sizeof old, "content/briefs/%d/%02d/working-title-%" PRIu32 ".md", b->year, b->month, e->brief);
	const char *path = renamed && e->version && e->version < 3 && b->states >= 3 ? old : text;
	if (!e->version) printf("D %s\n", path);
	else {
		printf("M 100644 inline %s\n", path);
		char *body;
		size_t size;
		FILE *g = open_memstream(&body, &size);
		if (!g) exit(3);
		text_of(c, e->brief, b, e->version, g);
		fclose(g);
		printf("data %zu\n", size);
		fwrite(body, 1, size, stdout);
		putchar('\n');
		free(body);
	}
	fclose(f);
	free(text);
	putchar('\n');
}

int main(int argc, char **argv) {
	Corpus c = {.briefs = argc > 1 ? strtoul(argv[1], 0, 10) : 0, .revisions = argc > 2 ? (unsigned)strtoul(argv[2], 0, 10) : 5,
		.seed = argc > 3 ? strtoull(argv[3], 0, 10) : 1};
	if (!c.briefs || !c.revisions || c.briefs > 10000000) {
		fputs("corpus BRIEFS [REVISIONS [SEED]]\n", stderr);
		return 2;
	}
	size_t n = 0, cap = c.briefs * (2 * c.revisions + 1);
	Event *events = malloc(cap * sizeof *events);
	if (!events) return 3;
	for (size_t i = 0; i < c.briefs; i++) {
		Brief b;
		brief_of(c.seed, i, c.briefs, c.revisions, &b);
		Random r = random_of(c.seed, i, 3);
		int64_t when = 1104537600 + (int64_t)(i * 240 / c.briefs) * 2629746 + b.day * 86400 + below(&r, 86400);
		for (unsigned v = 1; v <= b.states; v++, when += 3600 + below(&r, 40 * 86400)) events[n++] = (Event){when, (uint32_t)i, v};
		if (i % 50 == 2) events[n++] = (Event){when, (uint32_t)i, 0}; /* even ones go; only odd ones are linked to */
	}
	qsort(events, n, sizeof *events, by_time);
	for (size_t k = 0; k < n; k++) {
		Brief b;
		brief_of(c.seed, events[k].brief, c.briefs, c.revisions, &b);
		write_commit(&c, &events[k], &b);
	}
	puts("done");
	free(events);
	return ferror(stdout) ? 3 : 0;
}
