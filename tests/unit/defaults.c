/* The layouts in the binary: every language has every word, every word that a layout asks for is there, and the
 * style sheet stays small and asks nothing of other hosts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "source/defaults.h"

static Str text_of(const Default *d) { return str_n(d->bytes, (size_t)(d->end - d->bytes)); }

static Str text_named(Str name)
{
	for (size_t i = 0; i < defaults_n; i++)
		if (str_eq(defaults[i].name, name))
			return text_of(&defaults[i]);
	fail_msg("there is no default %.*s", STR_ARG(name));
	return (Str){0};
}

/* The key of a line "key: word"; empty for comments, blank lines and what is indented. */
static Str key_of(Str line)
{
	size_t colon = str_find_char(line, ':');
	return colon == SIZE_MAX || *line.p == '#' || *line.p == ' ' ? (Str){0} : str_upto(line, colon);
}

static bool has_word(Str words, Str key)
{
	Str line;
	while (str_line(&words, &line))
		if (str_eq(key_of(line), key))
			return true;
	return false;
}

static size_t missing_words(Str from, Str in, Str file)
{
	Str line;
	size_t missing = 0;
	while (str_line(&from, &line)) {
		Str key = key_of(line);
		if (!key.n || has_word(in, key))
			continue;
		print_error("%.*s lacks \"%.*s\"\n", STR_ARG(file), STR_ARG(key));
		missing++;
	}
	return missing;
}

static void languages_have_the_same_words(void **state)
{
	(void)state;
	Str english = text_named(S("i18n/en.yaml"));
	size_t languages = 0, missing = 0;
	for (size_t i = 0; i < defaults_n; i++) {
		if (!str_starts(defaults[i].name, S("i18n/")))
			continue;
		languages++;
		missing += missing_words(english, text_of(&defaults[i]), defaults[i].name);
		missing += missing_words(text_of(&defaults[i]), english, S("i18n/en.yaml"));
	}
	assert_true(languages >= 2);
	assert_int_equal(missing, 0);
}

/* `"key" | t`; keys made of parts ("type_" | append: ...) are not looked for. */
static size_t unknown_words(Str text, Str file, Str english, size_t *asked)
{
	size_t unknown = 0;
	for (size_t at; (at = str_find(text, S("\" | t"))) != SIZE_MAX; text = str_from(text, at + 5)) {
		char after = str_from(text, at + 5).n ? text.p[at + 5] : ' ';
		size_t open = str_rfind_char(str_upto(text, at), '"');
		if (open == SIZE_MAX || (after != ' ' && after != ':' && after != '}'))
			continue;
		Str key = str_n(text.p + open + 1, at - open - 1);
		if (*key.p == '_')
			continue;
		++*asked;
		if (has_word(english, key))
			continue;
		print_error("%.*s asks for \"%.*s\", which no language has\n", STR_ARG(file), STR_ARG(key));
		unknown++;
	}
	return unknown;
}

static void layouts_ask_for_words_that_are_there(void **state)
{
	(void)state;
	Str english = text_named(S("i18n/en.yaml"));
	size_t asked = 0, unknown = 0;
	for (size_t i = 0; i < defaults_n; i++)
		if (str_ends(defaults[i].name, S(".liquid")))
			unknown += unknown_words(text_of(&defaults[i]), defaults[i].name, english, &asked);
	assert_true(asked > 100);
	assert_int_equal(unknown, 0);
}

static void the_style_sheet_is_small_and_alone(void **state)
{
	(void)state;
	Str css = text_named(S("assets/style.css"));
	assert_in_range(css.n, 10000, 26000);
	static const Str asks[] = {STR_INIT("url("), STR_INIT("@import"), STR_INIT("//")};
	for (size_t i = 0; i < sizeof asks / sizeof *asks; i++)
		assert_true(str_find(css, asks[i]) == SIZE_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(languages_have_the_same_words),
		cmocka_unit_test(layouts_ask_for_words_that_are_there),
		cmocka_unit_test(the_style_sheet_is_small_and_alone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
