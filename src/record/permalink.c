#include "record/permalink.h"

#include "base/utf8.h"
#include "lib/icu.h"

/* Addresses */

Str address_decode(Arena *a, Str s)
{
	if (str_find_char(s, '%') == SIZE_MAX)
		return s;
	char *out = arena_bytes(a, s.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '%' && i + 2 < s.n && ascii_hex(s.p[i + 1]) >= 0 && ascii_hex(s.p[i + 2]) >= 0) {
			out[n++] = (char)(ascii_hex(s.p[i + 1]) * 16 + ascii_hex(s.p[i + 2]));
			i += 2;
		} else {
			out[n++] = s.p[i];
		}
	}
	return str_n(out, n);
}

static const char *bad_byte(Str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c < 0x20 || c == 0x7F)
			return "it has a control character";
		if (c == '\\')
			return "it has a backslash";
		if (c == '%')
			return "it has a % sign that is not followed by two hexadecimal digits, or is encoded twice";
		if (c == ':')
			return "it has a colon: write an address of this site, without https:// and a host";
		if (strchr("?#*\"<>|", c))
			return "it has a character that an address or a file name cannot hold";
	}
	return NULL;
}

/* U+202A to U+202E and U+2066 to U+2069 turn what follows around, so that a reader sees another address. */
static bool has_bidi_control(Str s)
{
	for (size_t i = 0; i + 2 < s.n; i++) {
		unsigned char last = (unsigned char)s.p[i + 2];
		if (s.p[i] == '\xE2' &&
			((s.p[i + 1] == '\x80' && last >= 0xAA && last <= 0xAE) || (s.p[i + 1] == '\x81' && last >= 0xA6 && last <= 0xA9)))
			return true;
	}
	return false;
}

static const char *bad_segment(Str s)
{
	if (str_eq(s, S("..")) || str_eq(s, S(".")))
		return "it climbs out with . or ..";
	if (!s.n)
		return "it has two slashes in a row";
	if (*s.p == '.' && !str_eq(s, S(".well-known")))
		return "a part of it begins with a dot";
	if (*s.p == ' ' || s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '.')
		return "a part of it begins or ends with a space, or ends with a dot";
	return s.n > 250 ? "a part of it is longer than 250 bytes" : NULL;
}

bool address_clean(Arena *a, Str written, Str *out, const char **why)
{
	Str s = address_decode(a, str_trim(written));
	*why = s.n > 1024                     ? "it is longer than 1024 bytes"
		: !s.n                        ? "it is empty"
		: utf8_invalid(s) != SIZE_MAX ? "it is not UTF-8"
					      : bad_byte(s);
	if (!*why && has_bidi_control(s))
		*why = "it has a character that turns the text around";
	s = *why ? s : icu_nfc(a, s);
	if (!*why && str_starts(s, S("//")))
		*why = "it names another host";
	Str rest = s.n && *s.p == '/' ? str_from(s, 1) : s, last = {0};
	while (!*why && rest.n) {
		last = str_cut(&rest, '/');
		*why = bad_segment(last);
	}
	if (*why)
		return false;
	bool slash = str_ends(s, S("/")) || str_find_char(last, '.') == SIZE_MAX;
	Str bare = str_ends(s, S("/")) ? str_upto(s, s.n - 1) : s;
	*out = str_printf(a, "%s%.*s%s", *s.p == '/' ? "" : "/", STR_ARG(bare), slash ? "/" : "");
	if (s.n == 1 && *s.p == '/')
		*out = S("/");
	return true;
}

/* Patterns */

enum { WORD_SLUG, WORD_PATH, WORD_YEAR, WORD_MONTH, WORD_NUMBER, WORD_SERIES, WORD_KIND, WORD_LANG };

const HelpRow permalink_words[] = {
	[WORD_SLUG] = {.name = STR_INIT("slug"), .help = STR_INIT("the brief's slug, or its file's name")},
	[WORD_PATH] = {.name = STR_INIT("path"), .help = STR_INIT("the folders between the collection and the file")},
	[WORD_YEAR] = {.name = STR_INIT("year"), .help = STR_INIT("the year of its date")},
	[WORD_MONTH] = {.name = STR_INIT("month"), .help = STR_INIT("the month of its date, two digits")},
	[WORD_NUMBER] = {.name = STR_INIT("number"), .help = STR_INIT("its number, as a slug")},
	[WORD_SERIES] = {.name = STR_INIT("series"), .help = STR_INIT("its series, as a slug")},
	[WORD_KIND] = {.name = STR_INIT("kind"), .help = STR_INIT("its kind, as a slug")},
	[WORD_LANG] = {.name = STR_INIT("lang"), .help = STR_INIT("its language, left out when it is the site's own")},
};
const size_t permalink_words_n = sizeof permalink_words / sizeof *permalink_words;

/* The word behind a colon at s; its number and length, or -1. */
static int word_at(Str s, size_t *len)
{
	size_t n = 0;
	while (n < s.n && s.p[n] >= 'a' && s.p[n] <= 'z')
		n++;
	*len = n;
	for (size_t i = 0; i < permalink_words_n; i++)
		if (str_eq(str_upto(s, n), permalink_words[i].name))
			return (int)i;
	return -1;
}

bool permalink_check(Str pattern, const char **why, Str *word)
{
	Arena a = {0};
	Buf b = {0};
	Str out;
	bool identity = false, ok = true;
	*word = (Str){0};
	*why = NULL;
	for (size_t i = 0; i < pattern.n && ok; i++) {
		size_t len = 0;
		if (pattern.p[i] != ':') {
			buf_putc(&b, pattern.p[i]);
			continue;
		}
		int w = word_at(str_from(pattern, i + 1), &len);
		*word = str_upto(str_from(pattern, i), len + 1);
		*why = "there is no such word for permalinks";
		ok = w >= 0;
		identity |= w == WORD_SLUG || w == WORD_NUMBER;
		buf_putc(&b, 'x');
		i += len;
	}
	if (ok) {
		*word = (Str){0};
		ok = address_clean(&a, buf_str(&b), &out, why);
	}
	if (ok && !identity) {
		*why = "without :slug or :number all briefs would have one address";
		ok = false;
	}
	buf_release(&b);
	arena_release(&a);
	return ok;
}

static Str folder_of(Str path)
{
	size_t slash = str_rfind_char(path, '/');
	Str folder = slash == SIZE_MAX ? (Str){0} : str_upto(path, slash);
	if (str_ends(path, S("/index.md")) || str_eq(path, S("index.md"))) { /* a bundle: its folder is its name */
		slash = str_rfind_char(folder, '/');
		folder = slash == SIZE_MAX ? (Str){0} : str_upto(folder, slash);
	}
	return folder;
}

static Str folders_slug(Arena *a, Str folder)
{
	Buf b = {0};
	while (folder.n) {
		Str part = icu_slug(a, str_cut(&folder, '/'), S("_.~"));
		if (part.n && b.n)
			buf_putc(&b, '/');
		buf_puts(&b, part);
	}
	Str s = str_dup(a, buf_str(&b));
	buf_release(&b);
	return s;
}

static Str word_value(int word, const Record *r, Str relative, Str default_lang, Arena *a)
{
	Civil c = civil_of(r->date);
	switch (word) {
	case WORD_SLUG: return r->slug;
	case WORD_PATH: return folders_slug(a, folder_of(relative));
	case WORD_YEAR: return r->date.known ? str_printf(a, "%04d", (int)c.year) : (Str){0};
	case WORD_MONTH: return r->date.known ? str_printf(a, "%02d", c.month) : (Str){0};
	case WORD_NUMBER: return icu_slug(a, r->number, S("_.~"));
	case WORD_SERIES: return icu_slug(a, r->series, S("_.~"));
	case WORD_KIND: return icu_slug(a, r->kind, S("_.~"));
	case WORD_LANG: return str_eq_nocase(r->lang, default_lang) ? (Str){0} : str_lower_ascii(a, r->lang);
	}
	return (Str){0};
}

/* One segment of the pattern; a word without a value takes its segment with it. */
static void put_segment(Buf *b, Str segment, const Record *r, Str relative, Str default_lang, Arena *a)
{
	size_t before = b->n;
	buf_putc(b, '/');
	for (size_t i = 0; i < segment.n; i++) {
		size_t len = 0;
		if (segment.p[i] != ':') {
			buf_putc(b, segment.p[i]);
			continue;
		}
		int word = word_at(str_from(segment, i + 1), &len);
		Str value = word < 0 ? (Str){0} : word_value(word, r, relative, default_lang, a);
		if (!value.n) {
			b->n = before;
			return;
		}
		buf_puts(b, value);
		i += len;
	}
}

bool permalink_expand(Str pattern, const Record *r, Str relative, Str default_lang, Arena *a, Str *out, const char **why)
{
	if (r->permalink.n) {
		*out = r->permalink;
		*why = NULL;
		return true;
	}
	Buf b = {0};
	bool slash = str_ends(pattern, S("/"));
	for (Str rest = pattern; rest.p && rest.n;) {
		Str segment = str_cut(&rest, '/');
		if (segment.n)
			put_segment(&b, segment, r, relative, default_lang, a);
	}
	if (slash || !b.n)
		buf_putc(&b, '/');
	bool ok = address_clean(a, buf_str(&b), out, why);
	if (ok && str_eq(*out, S("/"))) {
		*why = "nothing is left of its pattern: the brief has none of the values that it asks for";
		ok = false;
	}
	buf_release(&b);
	return ok;
}
