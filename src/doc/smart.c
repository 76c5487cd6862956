/* Typography: quotation marks by language, apostrophes, dashes, dots. */
#include "doc/inner.h"

/* One row a language; to add one, add a row. CLDR's marks where a language has a settled use. */
typedef struct Language {
	const char *tag;                          /* primary subtag, or a whole tag before its primary */
	const char *open2, *close2, *open1, *close1;
	bool spaced;                              /* a thin fixed space stands inside « » and before ; : ! ? */
} Language;

#define NARROW "\xE2\x80\xAF"
static const Language languages[] = {
	{"en", "“", "”", "‘", "’", false}, /* the first is for all that are not listed */
	{"cs", "„", "“", "‚", "‘", false},
	{"da", "”", "”", "’", "’", false},
	{"de-CH", "«", "»", "‹", "›", false},
	{"de", "„", "“", "‚", "‘", false},
	{"el", "«", "»", "“", "”", false},
	{"es", "«", "»", "“", "”", false},
	{"et", "„", "“", "‚", "‘", false},
	{"fi", "”", "”", "’", "’", false},
	{"fr-CH", "«", "»", "‹", "›", false},
	{"fr", "«" NARROW, NARROW "»", "“", "”", true},
	{"hu", "„", "”", "»", "«", false},
	{"it", "«", "»", "“", "”", false},
	{"nb", "«", "»", "‘", "’", false},
	{"nn", "«", "»", "‘", "’", false},
	{"no", "«", "»", "‘", "’", false},
	{"pl", "„", "”", "«", "»", false},
	{"pt-PT", "«", "»", "“", "”", false},
	{"ro", "„", "”", "«", "»", false},
	{"ru", "«", "»", "„", "“", false},
	{"sk", "„", "“", "‚", "‘", false},
	{"sv", "”", "”", "’", "’", false},
	{"uk", "«", "»", "„", "“", false},
};

const Language *language_of(Str lang)
{
	for (size_t i = 0; i < sizeof languages / sizeof *languages; i++) {
		Str tag = str_of(languages[i].tag);
		if (str_eq_nocase(str_upto(lang, tag.n), tag) && (lang.n == tag.n || lang.p[tag.n] == '-' || lang.p[tag.n] == '_'))
			return languages + i;
	}
	return languages;
}

bool smart_needed(unsigned seen, const Language *l)
{
	return (seen & (B_QUOTE | B_DASHES | B_DOTS)) || l->spaced;
}

static bool opens_after(uint32_t before) /* may a quotation open behind this? */
{
	return before == 0 || before <= ' ' || before == 0xA0 || before == 0x202F || before == 0x3000 || before == '(' || before == '[' ||
	       before == '{' || before == '-' || before == '/' || before == 0x2013 || before == 0x2014 || before == 0xAB ||
	       before == 0x2018 || before == 0x201C || before == 0x201E || before == '=' ||
	       (rune_is_cjk(before) && !rune_is_hangul(before));
}

static bool is_digit(uint32_t r)
{
	return r >= '0' && r <= '9';
}

static void put_double(const Language *l, Quotes *q, uint32_t after, Buf *out)
{
	bool ends = after == 0 || after <= ' ';
	if (opens_after(q->before) && !ends) {
		q->open2++;
		q->before = '(';
		buf_puts(out, str_of(l->open2));
	} else if (is_digit(q->before) && q->open2 == 0) {
		buf_putc(out, '"'); /* inches, seconds */
		q->before = 'x';
	} else {
		q->open2 -= q->open2 > 0;
		q->before = 'x';
		buf_puts(out, str_of(l->close2));
	}
}

static void put_single(const Language *l, Quotes *q, uint32_t after, Buf *out)
{
	bool ends = after == 0 || after <= ' ';
	if (opens_after(q->before) && !ends && !is_digit(after)) {
		q->open1++;
		q->before = '(';
		buf_puts(out, str_of(l->open1));
	} else if (is_digit(q->before) && q->open1 == 0 && (ends || is_digit(after))) {
		buf_putc(out, '\''); /* feet, minutes */
		q->before = 'x';
	} else if (q->open1 > 0 && !(after < 0x80 && (byte_class[after] & B_WORD)) && (after < 0x80 || rune_is_cjk(after))) {
		q->open1--;
		q->before = 'x';
		buf_puts(out, str_of(l->close1));
	} else {
		q->before = 'x';
		buf_lit(out, "\u2019");
	}
}

/* -- to an en dash, --- to an em dash, as every Markdown typographer does; longer runs and --options stay. */
static size_t put_dashes(const Quotes *q, Str s, size_t i, Buf *out)
{
	size_t n = 1;
	while (i + n < s.n && s.p[i + n] == '-')
		n++;
	bool option = n == 2 && opens_after(q->before) && i + n < s.n && (byte_class[(unsigned char)s.p[i + n]] & B_WORD);
	if (n == 2 && !option)
		buf_lit(out, "\u2013");
	else if (n == 3)
		buf_lit(out, "\u2014");
	else
		buf_puts(out, str_n(s.p + i, n));
	return n;
}

static bool fixes_space(Str s, size_t i) /* a space before ; : ! ? » or after « */
{
	Str next = str_from(s, i + 1);
	return (next.n && strchr(";:!?", next.p[0]) && next.p[0]) || str_starts(next, S("»")) || (i >= 2 && memcmp(s.p + i - 2, "«", 2) == 0);
}

void smart_put(const Language *l, Quotes *q, Str s, Buf *out)
{
	size_t len, from = 0, i = 0;
	for (; i < s.n; i += len) {
		uint32_t r = utf8_decode(s, i, &len);
		size_t was = out->n, next;
		if (r != '"' && r != '\'' && r != '-' && r != '.' && !(l->spaced && r == ' ')) {
			q->before = r;
			continue;
		}
		buf_puts(out, str_n(s.p + from, i - from));
		from = i;
		was = out->n;
		uint32_t after = i + 1 < s.n ? utf8_decode(s, i + 1, &next) : q->followed ? 'x' : 0;
		if (r == '"')
			put_double(l, q, after, out);
		else if (r == '\'')
			put_single(l, q, after, out);
		else if (r == '-')
			len = put_dashes(q, s, i, out);
		else if (r == ' ' && fixes_space(s, i))
			buf_lit(out, NARROW);
		else if (r == '.' && str_starts(str_from(s, i), S("...")) && !(i + 3 < s.n && s.p[i + 3] == '.') && q->before != '.') {
			buf_lit(out, "\u2026");
			len = 3;
		}
		if (out->n != was)
			from = i + len;
		if (r != '"' && r != '\'')
			q->before = r;
	}
	buf_puts(out, str_n(s.p + from, i - from));
}

Str doc_smart(Str s, Str lang, Arena *a)
{
	const Language *l = language_of(lang);
	if (!smart_needed(bytes_seen(s), l))
		return s;
	Buf out = {0};
	Quotes q = {0};
	smart_put(l, &q, s, &out);
	Str made = str_dup(a, buf_str(&out));
	buf_release(&out);
	return made;
}
