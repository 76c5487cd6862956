/* liquid/filters_date: dates written out. English names as everywhere in Liquid; local_date speaks the page's
 * language. There is no clock: "now" is what the host says it is (LiquidJob.now). */
#include "liquid/filters_rows.h"

static bool instant(LiquidCall *c, Date *d)
{
	Str s = value_as_str(c->in);
	if (str_eq_nocase(s, S("now")) || str_eq_nocase(s, S("today"))) {
		*d = c->render->job->now;
		return d->known;
	}
	return to_instant(c->in, d);
}

static Value date(LiquidCall *c)
{
	Str format = arg_text(c, 0);
	Date d;
	if (!format.n || !instant(c, &d))
		return c->in;
	Buf b = {0};
	buf_put_strftime(&b, d, format);
	Str s = taken(c, &b);
	return c->args[0].kind == V_STR ? like(c->args[0], s) : value_str(s);
}

/* Jekyll's: nothing stays nothing, what is no date is an error */
static Value formatted(LiquidCall *c, Str format)
{
	Date d;
	if (c->in.kind == V_NIL || is_empty(c->in))
		return NIL;
	if (!instant(c, &d)) {
		liquid_fail(c, "'%.*s' is no date", STR_ARG(str_upto(in_text(c), 60)));
		return NIL;
	}
	Buf b = {0};
	buf_put_strftime(&b, d, format);
	return value_str(taken(c, &b));
}

static const char *ordinal_end(int day)
{
	if (day >= 11 && day <= 13)
		return "th";
	return day % 10 == 1 ? "st" : day % 10 == 2 ? "nd" : day % 10 == 3 ? "rd" : "th";
}

/* date_to_string: "ordinal", "US" */
static Value in_words(LiquidCall *c, const char *month)
{
	Date d;
	if (!str_eq(arg_text(c, 0), S("ordinal")) || !instant(c, &d))
		return formatted(c, str_printf(c->arena, "%%d %s %%Y", month));
	int day = civil_of(d).day;
	if (str_eq(arg_text(c, 1), S("US")))
		return formatted(c, str_printf(c->arena, "%s %d%s, %%Y", month, day, ordinal_end(day)));
	return formatted(c, str_printf(c->arena, "%d%s %s %%Y", day, ordinal_end(day), month));
}

static Value date_to_string(LiquidCall *c)
{
	return in_words(c, "%b");
}
static Value date_to_long_string(LiquidCall *c)
{
	return in_words(c, "%B");
}
static Value date_to_xmlschema(LiquidCall *c)
{
	return formatted(c, S("%Y-%m-%dT%H:%M:%S%:z"));
}
static Value date_to_rfc822(LiquidCall *c)
{
	return formatted(c, S("%a, %d %b %Y %H:%M:%S %z"));
}

static Value date_to_http(LiquidCall *c)
{
	Date d;
	if (c->in.kind == V_NIL || !instant(c, &d))
		return formatted(c, (Str){"", 0});
	Buf b = {0};
	buf_put_http_date(&b, d);
	return value_str(taken(c, &b));
}

#define PURE LIQUID_PURE

/* clang-format off */
const LiquidFilter filters_date[] = {
	{STR_INIT("date"), 1, 1, 0, date, NULL, "A date in a form of your own: %Y %m %d %H %M %B %b %A %a %j and the rest of strftime; - takes the zero off.", "{{ \"2024-05-01\" | date: \"%-d %B %Y\" }}", "1 May 2024"},
	{STR_INIT("date_to_http"), 0, 0, PURE, date_to_http, NULL, "As in the headers of the web, in GMT.", "{{ \"2024-05-01\" | date_to_http }}", "Wed, 01 May 2024 00:00:00 GMT"},
	{STR_INIT("date_to_long_string"), 0, 2, PURE, date_to_long_string, NULL, "01 May 2024; with \"ordinal\", 1st May 2024; with \"ordinal\", \"US\", May 1st, 2024.", "{{ \"2024-05-01\" | date_to_long_string: \"ordinal\", \"US\" }}", "May 1st, 2024"},
	{STR_INIT("date_to_rfc822"), 0, 0, PURE, date_to_rfc822, NULL, "As in RSS feeds and mail.", "{{ \"2024-05-01\" | date_to_rfc822 }}", "Wed, 01 May 2024 00:00:00 +0000"},
	{STR_INIT("date_to_string"), 0, 2, PURE, date_to_string, NULL, "The same with a short month.", "{{ \"2024-05-01\" | date_to_string }}", "01 May 2024"},
	{STR_INIT("date_to_xmlschema"), 0, 0, PURE, date_to_xmlschema, NULL, "As in Atom feeds and sitemaps (RFC 3339).", "{{ \"2024-05-01T10:00:00+09:00\" | date_to_xmlschema }}", "2024-05-01T10:00:00+09:00"},
	{{0}, 0, 0, 0, NULL, NULL, NULL, NULL, NULL},
};
/* clang-format on */
