/* ICU works in UTF-16; texts go there and back through Wide, a buffer that is on the stack for what is short. What
 * is plain ASCII takes no such way. Openers are slow, so an Icu keeps what it opened: one row a kind, language
 * and style. */
#include "lib/icu.h"

#include "base/utf8.h"

#include <stdlib.h>
#include <unicode/ubrk.h>
#include <unicode/ucal.h>
#include <unicode/uchar.h>
#include <unicode/ucol.h>
#include <unicode/udat.h>
#include <unicode/udatpg.h>
#include <unicode/ulistformatter.h>
#include <unicode/uloc.h>
#include <unicode/unorm2.h>
#include <unicode/unum.h>
#include <unicode/upluralrules.h>
#include <unicode/ustring.h>
#include <unicode/utext.h>

enum { SMALL = 256, TAG = 100 };

typedef struct Wide {
	UChar *p;
	int32_t n, cap;
	UChar small[SMALL];
} Wide;

static void wide_init(Wide *w, size_t cap)
{
	w->n = 0;
	w->cap = cap > SMALL ? (int32_t)cap : SMALL;
	w->p = cap > SMALL ? mem_resize(NULL, cap, sizeof(UChar)) : w->small;
}

static void wide_release(Wide *w)
{
	if (w->p != w->small)
		free(w->p);
}

/* A text of up to 256 MiB, which is more than any file that is read. */
static void wide_from(Wide *w, Str s)
{
	UErrorCode e = U_ZERO_ERROR;
	s = str_upto(s, 1u << 28);
	wide_init(w, s.n + 1);
	u_strFromUTF8WithSub(w->p, w->cap, &w->n, s.p, (int32_t)s.n, 0xFFFD, NULL, &e);
	if (U_FAILURE(e))
		w->n = 0;
}

static Str wide_text(Arena *a, const UChar *p, int32_t n)
{
	UErrorCode e = U_ZERO_ERROR;
	int32_t len = 0;
	char *out = arena_bytes(a, (size_t)n * 3 + 1);
	u_strToUTF8WithSub(out, n * 3 + 1, &len, p, n, 0xFFFD, NULL, &e);
	return (Str){out, U_FAILURE(e) ? 0 : (size_t)len};
}

static void wide_put(Buf *b, const UChar *p, int32_t n)
{
	UErrorCode e = U_ZERO_ERROR;
	int32_t len = 0;
	buf_reserve(b, (size_t)n * 3 + 1);
	u_strToUTF8WithSub(b->p + b->n, n * 3 + 1, &len, p, n, 0xFFFD, NULL, &e);
	if (U_SUCCESS(e))
		b->n += (size_t)len;
}

static bool is_ascii(Str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] >= 0x80)
			return false;
	return true;
}

/* Slugs, forms and case */

enum { SLUG_BYTES = 200 };

static bool ascii_kept(char c, Str keep)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || str_find_char(keep, c) != SIZE_MAX;
}

static Str slug_ascii(Arena *a, Str s, Str keep)
{
	char *out = arena_bytes(a, s.n + 1);
	size_t n = 0;
	bool gap = false;
	for (size_t i = 0; i < s.n; i++) {
		char c = ascii_lower(s.p[i]);
		if (!ascii_kept(c, keep)) {
			gap = true;
			continue;
		}
		if (gap && n)
			out[n++] = '-';
		gap = false;
		out[n++] = c;
	}
	return (Str){out, n};
}

static bool slug_kept(UChar32 c, Str keep, bool begun)
{
	if (c < 0x80)
		return ascii_kept((char)c, keep);
	return c != 0xFFFD && (u_isalnum(c) || (begun && (U_GET_GC_MASK(c) & U_GC_M_MASK)));
}

static Str slug_wide(Arena *a, const Wide *w, Str keep)
{
	Buf b = {0};
	bool gap = false;
	for (int32_t i = 0; i < w->n;) {
		UChar32 c;
		U16_NEXT(w->p, i, w->n, c);
		if (c == 0x200C || c == 0x200D) /* joiners shape letters and separate nothing */
			continue;
		if (!slug_kept(c, keep, b.n > 0 && !gap)) {
			gap = true;
			continue;
		}
		if (gap && b.n)
			buf_putc(&b, '-');
		gap = false;
		buf_put_rune(&b, (uint32_t)c);
	}
	Str s = str_dup(a, buf_str(&b));
	buf_release(&b);
	return s;
}

static Str slug_cut(Str s)
{
	if (s.n <= SLUG_BYTES)
		return s;
	size_t n = SLUG_BYTES;
	while (n && ((unsigned char)s.p[n] & 0xC0) == 0x80)
		n--;
	size_t hyphen = str_rfind_char(str_upto(s, n), '-');
	return str_upto(s, hyphen != SIZE_MAX && hyphen > SLUG_BYTES / 2 ? hyphen : n);
}

static void normalise(Wide *to, const Wide *from)
{
	UErrorCode e = U_ZERO_ERROR;
	const UNormalizer2 *nfc = unorm2_getNFCInstance(&e);
	wide_init(to, (size_t)from->n * 3 + 1);
	to->n = unorm2_normalize(nfc, from->p, from->n, to->p, to->cap, &e);
	if (U_FAILURE(e))
		to->n = 0;
}

Str icu_slug(Arena *a, Str s, Str keep)
{
	if (is_ascii(s))
		return slug_cut(slug_ascii(a, s, keep));
	Wide text, lower, form;
	UErrorCode e = U_ZERO_ERROR;
	wide_from(&text, s);
	wide_init(&lower, (size_t)text.n * 3 + 1);
	lower.n = u_strToLower(lower.p, lower.cap, text.p, text.n, "", &e);
	if (U_FAILURE(e))
		lower.n = 0;
	normalise(&form, &lower);
	Str slug = slug_wide(a, &form, keep);
	wide_release(&text), wide_release(&lower), wide_release(&form);
	return slug_cut(slug);
}

Str icu_nfc(Arena *a, Str s)
{
	if (is_ascii(s))
		return s;
	Wide text, form;
	UErrorCode e = U_ZERO_ERROR;
	wide_from(&text, s);
	if (!unorm2_isNormalized(unorm2_getNFCInstance(&e), text.p, text.n, &e) || utf8_invalid(s) != SIZE_MAX) {
		normalise(&form, &text);
		s = wide_text(a, form.p, form.n);
		wide_release(&form);
	}
	wide_release(&text);
	return s;
}

Str icu_fold(Arena *a, Str s)
{
	if (is_ascii(s))
		return str_lower_ascii(a, s);
	Wide text, form, folded, last;
	UErrorCode e = U_ZERO_ERROR;
	wide_from(&text, s);
	normalise(&form, &text);
	wide_init(&folded, (size_t)form.n * 3 + 1);
	folded.n = u_strFoldCase(folded.p, folded.cap, form.p, form.n, U_FOLD_CASE_DEFAULT, &e);
	if (U_FAILURE(e))
		folded.n = 0;
	normalise(&last, &folded);
	s = wide_text(a, last.p, last.n);
	wide_release(&text), wide_release(&form), wide_release(&folded), wide_release(&last);
	return s;
}

/* ICU's locale of a BCP 47 tag; plain "en", like none, is British where habits (dates, numbers) are concerned. */
static void locale_of(Str lang, bool habits, char out[TAG])
{
	char tag[TAG];
	int32_t read;
	UErrorCode e = U_ZERO_ERROR;
	lang = lang.n < TAG ? lang : (Str){0};
	if (habits && (!lang.n || str_eq_nocase(lang, S("en"))))
		lang = S("en-GB");
	if (lang.n)
		memcpy(tag, lang.p, lang.n);
	tag[lang.n] = 0;
	uloc_forLanguageTag(tag, out, TAG, &read, &e);
	if (U_FAILURE(e))
		out[0] = 0;
	out[TAG - 1] = 0;
}

typedef int32_t CaseMap(UChar *, int32_t, const UChar *, int32_t, const char *, UErrorCode *);

static Str map_case(Arena *a, Str s, Str lang, CaseMap *map)
{
	Wide text, mapped;
	UErrorCode e = U_ZERO_ERROR;
	char locale[TAG];
	locale_of(lang, false, locale);
	wide_from(&text, s);
	wide_init(&mapped, (size_t)text.n * 3 + 1);
	mapped.n = map(mapped.p, mapped.cap, text.p, text.n, locale, &e);
	s = wide_text(a, mapped.p, U_FAILURE(e) ? 0 : mapped.n);
	wide_release(&text), wide_release(&mapped);
	return s;
}

Str icu_lower(Arena *a, Str s, Str lang)
{
	return map_case(a, s, lang, u_strToLower);
}
Str icu_upper(Arena *a, Str s, Str lang)
{
	return map_case(a, s, lang, u_strToUpper);
}

Str icu_capital(Arena *a, Str s, Str lang)
{
	size_t len = 0;
	if (!s.n)
		return s;
	utf8_decode(s, 0, &len);
	return str_join(a, icu_upper(a, str_upto(s, len), lang), str_from(s, len));
}

/* Kept formatters */

typedef enum Kind { COLLATOR, DATE, NUMBER, LIST, PLURAL, WORDS, ZONE } Kind;

typedef struct Kept {
	Kind kind;
	int style;
	Str lang, pattern; /* pattern: of dates; a zone's name */
	void *opened;
} Kept;

struct Icu {
	Kept *kept;
	size_t n, cap;
	Arena arena; /* the rows' texts */
};

static void close_kept(Kept *k)
{
	switch (k->kind) {
	case COLLATOR: ucol_close(k->opened); break;
	case DATE: udat_close(k->opened); break;
	case NUMBER: unum_close(k->opened); break;
	case LIST: ulistfmt_close(k->opened); break;
	case PLURAL: uplrules_close(k->opened); break;
	case WORDS: ubrk_close(k->opened); break;
	case ZONE: ucal_close(k->opened); break;
	}
}

Icu *icu_open(void)
{
	Icu *icu = mem_alloc(sizeof *icu);
	UErrorCode e = U_ZERO_ERROR;
	*icu = (Icu){0};
	uloc_setDefault("en_GB", &e); /* else languages without data take the habits of whoever runs the build */
	return icu;
}

void icu_close(Icu *icu)
{
	if (!icu)
		return;
	for (size_t i = 0; i < icu->n; i++)
		if (icu->kept[i].opened)
			close_kept(&icu->kept[i]);
	free(icu->kept);
	arena_release(&icu->arena);
	free(icu);
}

static UDateFormat *open_date(const char *locale, int style, Str pattern, UErrorCode *e)
{
	static const UDateFormatStyle styles[] = {
		[ICU_DATE_SHORT] = UDAT_SHORT, [ICU_DATE_MEDIUM] = UDAT_MEDIUM, [ICU_DATE_LONG] = UDAT_LONG, [ICU_DATE_FULL] = UDAT_FULL};
	static const UChar utc[] = u"UTC";
	Wide text, best;
	if (!pattern.n && style <= ICU_DATE_FULL)
		return udat_open(UDAT_NONE, styles[style], locale, utc, 3, NULL, 0, e);
	wide_from(&text, pattern.n ? pattern : style == ICU_DATE_MONTH ? S("yMMMM") : S("y"));
	wide_init(&best, SMALL);
	if (!pattern.n) {
		UDateTimePatternGenerator *g = udatpg_open(locale, e);
		best.n = udatpg_getBestPattern(g, text.p, text.n, best.p, best.cap, e);
		udatpg_close(g);
	}
	UDateFormat *f = pattern.n ? udat_open(UDAT_PATTERN, UDAT_PATTERN, locale, utc, 3, text.p, text.n, e)
				   : udat_open(UDAT_PATTERN, UDAT_PATTERN, locale, utc, 3, best.p, best.n, e);
	wide_release(&text), wide_release(&best);
	return f;
}

static UNumberFormat *open_number(const char *locale, int decimals, UErrorCode *e)
{
	UNumberFormat *f = unum_open(UNUM_DECIMAL, NULL, 0, locale, NULL, e);
	if (U_FAILURE(*e))
		return NULL;
	unum_setAttribute(f, UNUM_MIN_FRACTION_DIGITS, decimals < 0 ? 0 : decimals);
	unum_setAttribute(f, UNUM_MAX_FRACTION_DIGITS, decimals < 0 ? 6 : decimals);
	return f;
}

static UCalendar *open_zone(Str zone, UErrorCode *e)
{
	Wide w;
	wide_from(&w, zone);
	UCalendar *c = ucal_open(w.p, w.n, "", UCAL_GREGORIAN, e);
	wide_release(&w);
	return c;
}

static void *open_kept(const Kept *k)
{
	UErrorCode e = U_ZERO_ERROR;
	char locale[TAG];
	void *opened = NULL;
	locale_of(k->lang, k->kind == DATE || k->kind == NUMBER || k->kind == LIST, locale);
	switch (k->kind) {
	case COLLATOR:
		opened = ucol_open(locale, &e);
		if (U_SUCCESS(e))
			ucol_setAttribute(opened, UCOL_NUMERIC_COLLATION, UCOL_ON, &e);
		break;
	case DATE: opened = open_date(locale, k->style, k->pattern, &e); break;
	case NUMBER: opened = open_number(locale, k->style, &e); break;
	case LIST: opened = ulistfmt_open(locale, &e); break;
	case PLURAL: opened = uplrules_open(locale, &e); break;
	case WORDS: opened = ubrk_open(UBRK_WORD, locale, NULL, 0, &e); break;
	case ZONE: opened = open_zone(k->pattern, &e); break;
	}
	return U_SUCCESS(e) ? opened : NULL;
}

/* NULL only when ICU's data is missing. */
static void *keep(Icu *icu, Kind kind, Str lang, int style, Str pattern)
{
	for (size_t i = 0; i < icu->n; i++) {
		Kept *k = &icu->kept[i];
		if (k->kind == kind && k->style == style && str_eq(k->lang, lang) && str_eq(k->pattern, pattern))
			return k->opened;
	}
	MEM_ROOM(icu->kept, icu->n, icu->cap);
	Kept k = {.kind = kind, .style = style, .lang = str_dup(&icu->arena, lang), .pattern = str_dup(&icu->arena, pattern)};
	k.opened = open_kept(&k);
	icu->kept[icu->n++] = k;
	return k.opened;
}

/* Sorting, dates, numbers, lists, names */

Str icu_sort_key(Icu *icu, Arena *a, Str s, Str lang)
{
	UCollator *c = keep(icu, COLLATOR, lang, 0, (Str){0});
	if (!c)
		return s;
	Wide w;
	wide_from(&w, s);
	uint8_t small[SMALL];
	int32_t n = ucol_getSortKey(c, w.p, w.n, small, SMALL);
	char *key = arena_bytes(a, (size_t)n);
	if (n <= SMALL)
		memcpy(key, small, (size_t)n);
	else
		ucol_getSortKey(c, w.p, w.n, (uint8_t *)key, n);
	wide_release(&w);
	return (Str){key, n ? (size_t)n - 1 : 0};
}

static void put_date(Icu *icu, Buf *b, Date d, Str lang, int style, Str pattern)
{
	UDateFormat *f = keep(icu, DATE, lang, style, pattern);
	UErrorCode e = U_ZERO_ERROR;
	Wide w;
	if (!f || !d.known) {
		buf_put_date(b, d);
		return;
	}
	wide_init(&w, SMALL);
	w.n = udat_format(f, (double)(d.seconds + d.zone * 60) * 1000, w.p, w.cap, NULL, &e);
	if (U_SUCCESS(e) && w.n <= w.cap)
		wide_put(b, w.p, w.n);
	wide_release(&w);
}

void icu_put_date(Icu *icu, Buf *b, Date d, Str lang, IcuDateStyle style)
{
	put_date(icu, b, d, lang, (int)style, (Str){0});
}
void icu_put_pattern_date(Icu *icu, Buf *b, Date d, Str lang, Str pattern)
{
	if (pattern.n)
		put_date(icu, b, d, lang, 0, pattern);
}

void icu_put_number(Icu *icu, Buf *b, double number, Str lang, int decimals)
{
	UNumberFormat *f = keep(icu, NUMBER, lang, decimals, (Str){0});
	UErrorCode e = U_ZERO_ERROR;
	Wide w;
	wide_init(&w, 512); /* 309 digits with their separators */
	w.n = f ? unum_formatDouble(f, number, w.p, w.cap, NULL, &e) : 0;
	if (U_SUCCESS(e))
		wide_put(b, w.p, w.n);
	wide_release(&w);
}

void icu_put_list(Icu *icu, Buf *b, const Str *items, size_t n, Str lang)
{
	UListFormatter *f = keep(icu, LIST, lang, 0, (Str){0});
	Wide *texts = mem_resize(NULL, n + 1, sizeof(Wide)), joined;
	const UChar **pointers = mem_resize(NULL, n + 1, sizeof *pointers);
	int32_t *lengths = mem_resize(NULL, n + 1, sizeof *lengths);
	UErrorCode e = U_ZERO_ERROR;
	size_t total = 16 * (n + 1);
	for (size_t i = 0; i < n; i++) {
		wide_from(&texts[i], items[i]);
		pointers[i] = texts[i].p;
		lengths[i] = texts[i].n;
		total += (size_t)texts[i].n;
	}
	wide_init(&joined, total);
	joined.n = f ? ulistfmt_format(f, pointers, lengths, (int32_t)n, joined.p, joined.cap, &e) : 0;
	if (U_SUCCESS(e))
		wide_put(b, joined.p, joined.n);
	for (size_t i = 0; i < n; i++)
		wide_release(&texts[i]);
	wide_release(&joined);
	free(texts), free(pointers), free(lengths);
}

const char *icu_plural(Icu *icu, double number, Str lang)
{
	static const char *const words[] = {"zero", "one", "two", "few", "many"};
	UPluralRules *rules = keep(icu, PLURAL, lang, 0, (Str){0});
	UErrorCode e = U_ZERO_ERROR;
	UChar word[16];
	int32_t n = rules ? uplrules_select(rules, number, word, 15, &e) : 0;
	word[U_SUCCESS(e) ? n : 0] = 0;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		UChar known[8];
		u_charsToUChars(words[i], known, (int32_t)strlen(words[i]) + 1);
		if (u_strcmp(word, known) == 0)
			return words[i];
	}
	return "other";
}

bool icu_is_language(Str tag)
{
	char text[TAG], locale[TAG];
	int32_t read = 0;
	UErrorCode e = U_ZERO_ERROR;
	if (!tag.n || tag.n >= TAG || memchr(tag.p, 0, tag.n))
		return false;
	memcpy(text, tag.p, tag.n);
	text[tag.n] = 0;
	uloc_forLanguageTag(text, locale, TAG, &read, &e);
	return U_SUCCESS(e) && (size_t)read == tag.n && *uloc_getISO3Language(locale);
}

void icu_words(Icu *icu, Str s, Str lang, void (*word)(void *context, Str piece, bool is_word), void *context)
{
	UBreakIterator *it = keep(icu, WORDS, lang, 0, (Str){0});
	UErrorCode e = U_ZERO_ERROR;
	UText text = UTEXT_INITIALIZER;
	if (!it || !s.n)
		return;
	utext_openUTF8(&text, s.p, (int64_t)s.n, &e);
	ubrk_setUText(it, &text, &e);
	int32_t from = ubrk_first(it);
	for (int32_t to = ubrk_next(it); to != UBRK_DONE; from = to, to = ubrk_next(it))
		word(context, (Str){s.p + from, (size_t)(to - from)}, ubrk_getRuleStatus(it) >= UBRK_WORD_NONE_LIMIT);
	utext_close(&text);
}

/* Zones */

/* +09:00, -0330, Z. */
static bool fixed_zone(Str zone, int *minutes)
{
	Date d;
	const char *why;
	char text[32] = "2000-01-01T00:00";
	if (str_eq_nocase(zone, S("utc")) || str_eq_nocase(zone, S("gmt")))
		zone = S("Z");
	if (!zone.n || zone.n > 8 || !strchr("+-Zz", *zone.p) || !*zone.p)
		return false;
	memcpy(text + 16, zone.p, zone.n);
	if (!date_parse(str_n(text, 16 + zone.n), 0, &d, &why))
		return false;
	*minutes = d.zone;
	return true;
}

static bool zone_known(Str zone)
{
	UErrorCode e = U_ZERO_ERROR;
	UChar canonical[SMALL];
	UBool is_system = 0;
	Wide w;
	wide_from(&w, zone);
	if (w.n)
		ucal_getCanonicalTimeZoneID(w.p, w.n, canonical, SMALL, &is_system, &e);
	wide_release(&w);
	return U_SUCCESS(e) && is_system;
}

bool icu_is_zone(Str zone)
{
	int minutes;
	return fixed_zone(zone, &minutes) || zone_known(zone);
}

static int zone_at(UCalendar *c, int64_t seconds)
{
	UErrorCode e = U_ZERO_ERROR;
	ucal_setMillis(c, (double)seconds * 1000, &e);
	int32_t ms = ucal_get(c, UCAL_ZONE_OFFSET, &e) + ucal_get(c, UCAL_DST_OFFSET, &e);
	return U_SUCCESS(e) ? ms / 60000 : 0;
}

bool icu_zone(Icu *icu, Str zone, int64_t seconds, bool local, int *minutes)
{
	if (fixed_zone(zone, minutes))
		return true;
	*minutes = 0;
	if (!icu && !zone_known(zone))
		return false;
	Icu *own = icu ? NULL : icu_open();
	UCalendar *c = keep(icu ? icu : own, ZONE, (Str){0}, 0, zone);
	bool known = c && (!icu || zone_known(zone));
	if (known)
		*minutes = zone_at(c, seconds);
	if (known && local)
		*minutes = zone_at(c, seconds - *minutes * 60);
	icu_close(own);
	return known;
}

const char *icu_version(void)
{
	return U_ICU_VERSION;
}
