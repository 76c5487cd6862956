/* liquid/filters_language: dates, numbers, lists and sorting as the page's language has them, by ICU. The
 * language is LiquidJob.language, or the filter's own argument. */
#include "liquid/filters_rows.h"

#include "lib/icu.h"

#include <stdlib.h>

static Str language(LiquidCall *c, uint32_t argument)
{
	Str given = arg_text(c, argument);
	return given.n ? given : c->render->job->language;
}

/* One page's: opened by the worker, or for the moment where a caller gave none. */
static Icu *icu_of(LiquidCall *c, Icu **own)
{
	*own = c->render->job->icu ? NULL : icu_open();
	return *own ? *own : c->render->job->icu;
}

static bool date_style(Str name, IcuDateStyle *style)
{
	static const struct {
		Str name;
		IcuDateStyle style;
	} styles[] = {
		{STR_INIT("short"), ICU_DATE_SHORT},
		{STR_INIT("medium"), ICU_DATE_MEDIUM},
		{STR_INIT("long"), ICU_DATE_LONG},
		{STR_INIT("full"), ICU_DATE_FULL},
		{STR_INIT("month"), ICU_DATE_MONTH},
		{STR_INIT("year"), ICU_DATE_YEAR},
	};
	for (size_t i = 0; i < sizeof styles / sizeof *styles; i++)
		if (str_eq(styles[i].name, name)) {
			*style = styles[i].style;
			return true;
		}
	return false;
}

static Value local_date(LiquidCall *c)
{
	Date d;
	IcuDateStyle style = ICU_DATE_LONG;
	Icu *own, *icu;
	Buf b = {0};
	if (c->in.kind == V_NIL || is_empty(c->in))
		return NIL;
	if (!to_instant(c->in, &d))
		return c->in;
	icu = icu_of(c, &own);
	if (!c->n || date_style(arg_text(c, 0), &style))
		icu_put_date(icu, &b, d, language(c, 1), style);
	else
		icu_put_pattern_date(icu, &b, d, language(c, 1), arg_text(c, 0));
	icu_close(own);
	return value_str(taken(c, &b));
}

static Value local_number(LiquidCall *c)
{
	int64_t decimals;
	Icu *own, *icu;
	Buf b = {0};
	Value v = to_number(c->in);
	if (c->in.kind == V_NIL || !whole_arg(c, 0, -1, &decimals))
		return NIL;
	icu = icu_of(c, &own);
	icu_put_number(icu, &b, v.kind == V_INT ? (double)v.i : v.f, language(c, 1),
		decimals < -1           ? -1
			: decimals > 20 ? 20
					: (int)decimals);
	icu_close(own);
	return value_str(taken(c, &b));
}

static Value local_list(LiquidCall *c)
{
	Icu *own, *icu;
	Buf b = {0};
	Value list = items_of(c->render, c->in);
	Str *texts = NEW_N(c->arena, Str, list.n);
	bool markup = false;
	for (uint32_t i = 0; i < list.n; i++)
		markup = markup || (is_safe(c->render, list.list[i]) && has_markup(text_of(c->render, list.list[i]), c->render->escape));
	for (uint32_t i = 0; i < list.n; i++)
		texts[i] = markup ? escaped(c->render, list.list[i]) : text_of(c->render, list.list[i]);
	icu = icu_of(c, &own);
	icu_put_list(icu, &b, texts, list.n, language(c, 0));
	icu_close(own);
	Str s = taken(c, &b);
	return markup ? marked(c->render, s) : value_str(s);
}

typedef struct Keyed {
	Str key;
	uint32_t at;
} Keyed;

static int by_key(const void *a, const void *b)
{
	const Keyed *x = a, *y = b;
	int order = str_cmp(x->key, y->key);
	return order ? order : (x->at > y->at) - (x->at < y->at);
}

static Value sort_local(LiquidCall *c)
{
	Icu *own, *icu = icu_of(c, &own);
	Value list = items_of(c->render, c->in);
	Value *items = NEW_N(c->arena, Value, list.n);
	Keyed *keys = NEW_N(c->arena, Keyed, list.n);
	bool good = true;
	for (uint32_t i = 0; i < list.n && good; i++) {
		Value v = list.list[i];
		bool skip = false;
		good = !c->n || c->args[0].kind == V_NIL || property(c, list.list[i], c->args[0], &v, &skip) || skip;
		keys[i] = (Keyed){icu_sort_key(icu, c->arena, text_of(c->render, v), language(c, 1)), i};
	}
	icu_close(own);
	if (!good || !spend(c->render, 4 * (uint64_t)list.n))
		return NIL;
	if (list.n)
		qsort(keys, list.n, sizeof *keys, by_key);
	for (uint32_t i = 0; i < list.n; i++)
		items[i] = list.list[keys[i].at];
	return value_list(items, list.n);
}

/* clang-format off */
const LiquidFilter filters_language[] = {
	{STR_INIT("local_date"), 0, 2, 0, local_date, NULL, "A date in the page's language: short, medium, long, full, month, year, or CLDR letters; then another language.", "{{ \"2024-05-01\" | local_date: \"long\", \"en-GB\" }} {{ \"2024-05-01\" | local_date: \"long\", \"ko\" }}", "1 May 2024 2024년 5월 1일"},
	{STR_INIT("local_list"), 0, 1, 0, local_list, NULL, "The items as in a sentence of the page's language.", "{{ \"a,b,c\" | split: \",\" | local_list: \"en-GB\" }} {{ \"a,b,c\" | split: \",\" | local_list: \"de\" }}", "a, b and c a, b und c"},
	{STR_INIT("local_number"), 0, 2, 0, local_number, NULL, "A number in the page's language, with so many digits behind the point.", "{{ 1234.5 | local_number: 1, \"de\" }}", "1.234,5"},
	{STR_INIT("sort_local"), 0, 2, 0, sort_local, NULL, "In the order of the page's language, by a key where one is given; numbers in texts by their value.", "{{ \"Zug,Äpfel,Bahn\" | split: \",\" | sort_local: nil, \"de\" | join }}", "Äpfel Bahn Zug"},
	{{0}, 0, 0, 0, NULL, NULL, NULL, NULL, NULL},
};
/* clang-format on */
