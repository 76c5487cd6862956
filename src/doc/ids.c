/* Names of headings: GitHub's rule, so that links made for other generators still lead there. Letters of any
 * script stay, ASCII in lower case; spaces become hyphens; punctuation goes; a second one gets -1, -2 ... */
#include "doc/inner.h"
#include "lib/icu.h"

/* Ids that default layouts use, and names that scripts stumble over. A heading of that name gets "s-" before
 * it; in raw HTML the id is dropped. */
static const Str reserved[] = {
	STR_INIT("__proto__"), STR_INIT("abstract"), STR_INIT("cite"), STR_INIT("constructor"), STR_INIT("content"), STR_INIT("download"),
	STR_INIT("footer"), STR_INIT("header"), STR_INIT("history"), STR_INIT("main"), STR_INIT("menu"), STR_INIT("nav"), STR_INIT("notes"),
	STR_INIT("prototype"), STR_INIT("related"), STR_INIT("search"), STR_INIT("takeaways"), STR_INIT("title"), STR_INIT("toc"),
	STR_INIT("top"), STR_INIT("versions"),
};

static bool is_reserved(Str id)
{
	if (str_starts(id, S("fn-")) || str_starts(id, S("fnref-")) || str_starts(id, S("rl-")) || str_starts(id, S("gen-")))
		return true;
	for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
		if (str_eq(reserved[i], id))
			return true;
	return false;
}

enum { LONGEST_ID = 120 };

static Str slug_of(Arena *a, Str text)
{
	Str low = str_trim(text);
	low = utf8_count(low) == low.n ? str_lower_ascii(a, low) : icu_nfc(a, icu_lower(a, low, S("")));
	char *p = arena_bytes(a, low.n);
	size_t n = 0, len;
	for (size_t i = 0; i < low.n && n + 4 < LONGEST_ID; i += len) {
		uint32_t r = utf8_decode(low, i, &len);
		if (r == ' ' || r == '\n')
			p[n++] = '-';
		else if (r < 0x80 ? (byte_class[r] & B_WORD) || r == '-' || r == '_' : r != UTF8_BAD && !rune_is_sign(r)) {
			memcpy(p + n, low.p + i, len);
			n += len;
		}
	}
	return (Str){p, n};
}

Str id_of(Builder *b, Str text)
{
	Str slug = slug_of(b->arena, text);
	if (!slug.n)
		slug = S("section");
	if (is_reserved(slug))
		slug = str_join(b->arena, S("s-"), slug);
	uint32_t *seen = table_get(&b->ids, slug);
	Str id = slug;
	while (seen) { /* each name keeps how often it was wanted, so a thousand equal headings are a thousand steps */
		id = str_printf(b->arena, "%.*s-%u", STR_ARG(slug), ++*seen);
		if (!table_get(&b->ids, id))
			break;
	}
	table_put(&b->ids, id, NEW(b->arena, uint32_t));
	return id;
}

bool id_take(Builder *b, Str id)
{
	if (!id.n || is_reserved(id) || table_get(&b->ids, id))
		return false;
	for (size_t i = 0; i < id.n; i++)
		if ((unsigned char)id.p[i] <= ' ')
			return false;
	table_put(&b->ids, str_dup(b->arena, id), NEW(b->arena, uint32_t));
	return true;
}
