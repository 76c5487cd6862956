/* Slugs, keys, dates and breaks in several languages, against CLDR's own forms written out by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "lib/icu.h"

#include <stdlib.h>

#define ASSERT_STR(got, expected) do { \
	Str got_ = (got), expected_ = (expected); \
	if (!str_eq(got_, expected_)) \
		fail_msg("\"%.*s\" is not \"%.*s\"", STR_ARG(got_), STR_ARG(expected_)); \
} while (0)

static const struct { const char *text, *keep, *slug; } slugs[] = {
	{"Hello, World!", "", "hello-world"}, {"C++", "", "c"}, {"C", "", "c"}, {"!!!", "", ""}, {"", "", ""}, {"--a--b--", "", "a-b"}, {"v1.2_notes.pdf", "._", "v1.2_notes.pdf"},
	{"v1.2_notes", "", "v1-2-notes"}, {"물 안보 정책", "", "물-안보-정책"}, {"Énergie & climat", "", "énergie-climat"}, {"E\xCC\x81nergie", "", "énergie"}, {"ÅNGSTRÖM", "", "ångström"},
	{"日本の政策2024", "", "日本の政策2024"}, {"「引用」と 本文", "", "引用-と-本文"}, {"नमस्ते दुनिया", "", "नमस्ते-दुनिया"}, {"ประเทศไทย", "", "ประเทศไทย"}, {"Ελλάδα", "", "ελλάδα"},
	{"می\xE2\x80\x8Cشود", "", "میشود"}, {"a\xFF z", "", "a-z"}, {"\xCC\x81x", "", "x"}, {"½ & ²", "", ""}, {"a/../b", "", "a-b"}, {"١٢٣", "", "١٢٣"},
};

static void slugs_keep_native_scripts(void **state)
{
	(void)state;
	Arena a = {0};
	for (size_t i = 0; i < sizeof slugs / sizeof *slugs; i++)
		ASSERT_STR(icu_slug(&a, str_of(slugs[i].text), str_of(slugs[i].keep)), str_of(slugs[i].slug));
	arena_release(&a);
}

static void long_slugs_are_cut_at_a_hyphen_and_never_inside_a_letter(void **state)
{
	(void)state;
	Arena a = {0};
	Buf b = {0};
	for (int i = 0; i < 100; i++)
		buf_lit(&b, "abcdef ");
	Str s = icu_slug(&a, buf_str(&b), S(""));
	assert_int_equal(s.n, 195);
	buf_clear(&b);
	for (int i = 0; i < 300; i++)
		buf_lit(&b, "가");
	s = icu_slug(&a, buf_str(&b), S(""));
	assert_int_equal(s.n, 198);
	buf_release(&b);
	arena_release(&a);
}

static void keys_fold_case_and_form(void **state)
{
	(void)state;
	Arena a = {0};
	static const struct { const char *a, *b; bool same; } pairs[] = {
		{"Brief", "bRIEF", true}, {"Café", "CAFE\xCC\x81", true}, {"Straße", "STRASSE", true}, {"Σίσυφος", "σίσυφοσ", true}, {"가", "\xE1\x84\x80\xE1\x85\xA1", true}, {"a", "b", false}, {"é", "e", false},
	};
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
		assert_int_equal(str_eq(icu_fold(&a, str_of(pairs[i].a)), icu_fold(&a, str_of(pairs[i].b))), pairs[i].same);
	ASSERT_STR(icu_nfc(&a, S("e\xCC\x81")), S("é"));
	ASSERT_STR(icu_nfc(&a, S("a\xFF")), S("a\xEF\xBF\xBD"));
	ASSERT_STR(icu_upper(&a, S("straße i"), S("")), S("STRASSE I"));
	ASSERT_STR(icu_upper(&a, S("i"), S("tr")), S("İ"));
	ASSERT_STR(icu_lower(&a, S("ÀÉ"), S("fr")), S("àé"));
	ASSERT_STR(icu_capital(&a, S("énergie verte"), S("fr")), S("Énergie verte"));
	arena_release(&a);
}

static const struct { const char *lang, *medium, *longer, *month, *number, *list; } habits[] = {
	{"en", "1 May 2024", "1 May 2024", "May 2024", "1,234,567.891", "a, b and c"}, {"en-US", "May 1, 2024", "May 1, 2024", "May 2024", "1,234,567.891", "a, b, and c"},
	{"ko", "2024. 5. 1.", "2024년 5월 1일", "2024년 5월", "1,234,567.891", "a, b 및 c"}, {"fr", "1 mai 2024", "1 mai 2024", "mai 2024", "1\u202f234\u202f567,891", "a, b et c"},
	{"zh", "2024年5月1日", "2024年5月1日", "2024年5月", "1,234,567.891", "a、b和c"}, {"ja", "2024/05/01", "2024年5月1日", "2024年5月", "1,234,567.891", "a、b、c"},
	{"es", "1 may 2024", "1 de mayo de 2024", "mayo de 2024", "1.234.567,891", "a, b y c"}, {"sv", "1 maj 2024", "1 maj 2024", "maj 2024", "1\u00a0234\u00a0567,891", "a, b och c"},
	{"", "1 May 2024", "1 May 2024", "May 2024", "1,234,567.891", "a, b and c"}, {"xx", "1 May 2024", "1 May 2024", "May 2024", "1,234,567.891", "a, b and c"},
};

static Str taken(Buf *b, Arena *a)
{
	Str s = str_dup(a, buf_str(b));
	buf_clear(b);
	return s;
}

static void dates_numbers_and_lists_follow_the_language(void **state)
{
	(void)state;
	Arena a = {0};
	Buf b = {0};
	Date d;
	const char *why;
	assert_true(date_parse(S("2024-05-01T00:30:00+09:00"), 0, &d, &why));
	setenv("LANG", "de_DE.UTF-8", 1); /* whoever runs the build has no say */
	setenv("LC_ALL", "de_DE.UTF-8", 1);
	Icu *icu = icu_open();
	for (size_t i = 0; i < sizeof habits / sizeof *habits; i++) {
		Str lang = str_of(habits[i].lang), items[] = {S("a"), S("b"), S("c")};
		icu_put_date(icu, &b, d, lang, ICU_DATE_MEDIUM);
		ASSERT_STR(taken(&b, &a), str_of(habits[i].medium));
		icu_put_date(icu, &b, d, lang, ICU_DATE_LONG);
		ASSERT_STR(taken(&b, &a), str_of(habits[i].longer));
		icu_put_date(icu, &b, d, lang, ICU_DATE_MONTH);
		ASSERT_STR(taken(&b, &a), str_of(habits[i].month));
		icu_put_number(icu, &b, 1234567.891, lang, -1);
		if (i + 1 < sizeof habits / sizeof *habits) /* xx: ungrouped */
			ASSERT_STR(taken(&b, &a), str_of(habits[i].number));
		buf_clear(&b);
		icu_put_list(icu, &b, items, 3, lang);
		ASSERT_STR(taken(&b, &a), str_of(habits[i].list));
	}
	icu_put_pattern_date(icu, &b, d, S("ko"), S("y년 MMM d일 (E)"));
	ASSERT_STR(taken(&b, &a), S("2024년 5월 1일 (수)"));
	icu_put_number(icu, &b, 2.5, S("en"), 2);
	ASSERT_STR(taken(&b, &a), S("2.50"));
	assert_string_equal(icu_plural(icu, 1, S("en")), "one");
	assert_string_equal(icu_plural(icu, 1, S("ko")), "other");
	assert_string_equal(icu_plural(icu, 3, S("pl")), "few");
	icu_close(icu);
	buf_release(&b);
	arena_release(&a);
}

static void names_sort_as_their_readers_expect(void **state)
{
	(void)state;
	Arena a = {0};
	Icu *icu = icu_open();
	static const struct { const char *lang, *first, *second; } orders[] = {
		{"sv", "z", "ö"}, {"de", "ö", "z"}, {"en", "item 9", "item 10"}, {"en", "apple", "Banana"}, {"ko", "가", "나"}, {"", "e", "é"}, {"en", "a b", "ab"},
	};
	for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
		Str x = icu_sort_key(icu, &a, str_of(orders[i].first), str_of(orders[i].lang));
		Str y = icu_sort_key(icu, &a, str_of(orders[i].second), str_of(orders[i].lang));
		assert_true(str_cmp(x, y) < 0);
	}
	icu_close(icu);
	arena_release(&a);
}

static void put_word(void *context, Str piece, bool is_word)
{
	Buf *b = context;
	buf_putc(b, is_word ? '|' : '.');
	buf_puts(b, piece);
}

static void words_are_cut_by_dictionary(void **state)
{
	(void)state;
	Buf b = {0};
	Arena a = {0};
	Icu *icu = icu_open();
	icu_words(icu, S("東京都に住む。中华人民共和国 한국어 문장"), S(""), put_word, &b);
	ASSERT_STR(taken(&b, &a), S("|東京|都|に|住む.。|中华|人民|共和国. |한국어. |문장"));
	icu_words(icu, S(""), S("ja"), put_word, &b);
	assert_int_equal(b.n, 0);
	icu_close(icu);
	buf_release(&b);
	arena_release(&a);
}

static void zones_and_languages(void **state)
{
	(void)state;
	int minutes;
	Icu *icu = icu_open();
	static const struct { const char *zone; int64_t at; bool local; int minutes; } zones[] = {
		{"Asia/Seoul", 1720000000, false, 540}, {"Europe/London", 1720000000, false, 60}, {"Europe/London", 1704067200, true, 0}, {"America/New_York", 1720000000, true, -240},
		{"+09:00", 0, true, 540}, {"-0330", 0, true, -210}, {"UTC", 0, true, 0}, {"Z", 0, true, 0},
	};
	for (size_t i = 0; i < sizeof zones / sizeof *zones; i++) {
		assert_true(icu_zone(i % 2 ? icu : NULL, str_of(zones[i].zone), zones[i].at, zones[i].local, &minutes));
		assert_int_equal(minutes, zones[i].minutes);
	}
	assert_false(icu_zone(icu, S("Mars/Olympus"), 0, true, &minutes));
	assert_false(icu_zone(NULL, S(""), 0, true, &minutes));
	assert_true(icu_is_zone(S("Asia/Seoul")));
	assert_false(icu_is_zone(S("Seoul")));
	assert_true(icu_is_language(S("ko")) && icu_is_language(S("pt-BR")) && icu_is_language(S("zh-Hant")));
	assert_false(icu_is_language(S("english language")) || icu_is_language(S("kr!")) || icu_is_language(S("")));
	icu_close(icu);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slugs_keep_native_scripts), cmocka_unit_test(long_slugs_are_cut_at_a_hyphen_and_never_inside_a_letter),
		cmocka_unit_test(keys_fold_case_and_form), cmocka_unit_test(dates_numbers_and_lists_follow_the_language),
		cmocka_unit_test(names_sort_as_their_readers_expect), cmocka_unit_test(words_are_cut_by_dictionary), cmocka_unit_test(zones_and_languages),
	};
	return cmocka_run_group_tests_name("icu", tests, NULL, NULL);
}
