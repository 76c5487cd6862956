#include "help.h"

#include "base/buf.h"
#include "commands.h"
#include "lib/cmark.h"
#include "lib/git.h"
#include "lib/hash.h"
#include "lib/http.h"
#include "lib/icu.h"
#include "lib/json.h"
#include "lib/watch.h"
#include "lib/yaml.h"
#include "liquid/liquid.h"
#include "record/checks.h"
#include "record/permalink.h"
#include "record/schema.h"
#include "render/render.h"
#include "report.h"

#include <stdio.h>

#define GEN_VERSION "0.1.0"

static Str option_title(const Option *o, Arena *a)
{
	return o->value ? str_printf(a, "%.*s %s", STR_ARG(o->name), o->value) : o->name;
}

static void overview(Buf *b)
{
	Arena a = {0};
	buf_lit(b, "gen turns a git archive of policy briefs into a citable website.\n\nusage: gen COMMAND [options]\n\n");
	for (size_t i = 0; i < commands_n; i++) {
		const Command *c = &commands[i];
		buf_printf(b, "  %-32.*s%s\n", STR_ARG(str_printf(&a, "%.*s %s", STR_ARG(c->name), c->arguments)), c->summary);
	}
	buf_lit(b, "\ngen help COMMAND explains one. Manuals: gen(1), gen-archive(7), gen-layouts(7).\n");
	arena_release(&a);
}

static void explain(Buf *b, const Command *c)
{
	Arena a = {0};
	buf_printf(b, "usage: gen %.*s%s%s [options]\n\n%s", STR_ARG(c->name), *c->arguments ? " " : "", c->arguments, c->help);
	bool any = false;
	for (size_t i = 0; i < options_n; i++) {
		if (!(options[i].commands & c->group))
			continue;
		buf_printf(b, "%s  %-28.*s %s\n", any ? "" : "\n", STR_ARG(option_title(&options[i], &a)), options[i].help);
		any = true;
	}
	arena_release(&a);
}

/* ---- manual tables, in mdoc(7) ---- */

static void put_mdoc(Buf *b, Str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\\')
			buf_lit(b, "\\e");
		else if ((s.p[i] == '.' || s.p[i] == '\'') && (i == 0 || s.p[i - 1] == '\n'))
			buf_lit(b, "\\&"), buf_putc(b, s.p[i]);
		else
			buf_putc(b, s.p[i]);
	}
}

static void man_item(Buf *b, Str title, Str text)
{
	buf_lit(b, ".It Sy ");
	put_mdoc(b, title);
	buf_putc(b, '\n');
	put_mdoc(b, text);
	buf_putc(b, '\n');
}

static void man_commands(Buf *b)
{
	Arena a = {0};
	for (size_t i = 0; i < commands_n; i++) {
		const Command *c = &commands[i];
		man_item(b, str_printf(&a, "%.*s %s", STR_ARG(c->name), c->arguments), str_trim_end(str_printf(&a, "%s\n%s", c->summary, c->help)));
	}
	arena_release(&a);
}

static void man_options(Buf *b)
{
	Arena a = {0};
	Buf text = {0};
	for (size_t i = 0; i < options_n; i++) {
		buf_clear(&text);
		buf_printf(&text, "%s.\nTaken by:", options[i].help);
		for (size_t k = 0; k < commands_n; k++)
			if (options[i].commands & commands[k].group)
				buf_printf(&text, " %.*s", STR_ARG(commands[k].name));
		buf_putc(&text, '.');
		man_item(b, option_title(&options[i], &a), buf_str(&text));
	}
	buf_release(&text);
	arena_release(&a);
}

static void man_checks(Buf *b)
{
	for (size_t i = 0; i < CHECK_N; i++)
		man_item(b, str_of(check_rows[i].name), str_of(check_rows[i].help));
}

static void man_permalinks(Buf *b)
{
	Arena a = {0};
	for (size_t i = 0; i < permalink_words_n; i++)
		man_item(b, str_join(&a, S(":"), permalink_words[i].name), permalink_words[i].help);
	arena_release(&a);
}

static void man_rows(Buf *b, size_t (*help)(Arena *, const HelpRow **))
{
	Arena a = {0};
	const HelpRow *r;
	for (size_t n = help(&a, &r); n; n--, r++) {
		man_item(b, r->name, r->help);
		buf_printf(b, ".br\n%.*s%s", STR_ARG(r->type), r->required ? "; required" : "");
		if (r->fallback.n)
			buf_printf(b, "; default: %.*s", STR_ARG(r->fallback));
		if (r->allowed.n)
			buf_printf(b, "; one of %.*s", STR_ARG(r->allowed));
		buf_putc(b, '\n');
	}
	arena_release(&a);
}

static void man_settings(Buf *b)
{
	man_rows(b, settings_help);
}

static void man_front_matter(Buf *b)
{
	man_rows(b, record_help);
}

static void man_row(Buf *b, Str name, const char *help, const char *example, const char *gives)
{
	man_item(b, name, str_of(help));
	buf_lit(b, ".Bd -literal -offset indent\n");
	put_mdoc(b, str_of(example));
	buf_putc(b, '\n');
	put_mdoc(b, str_of(gives));
	buf_lit(b, "\n.Ed\n");
}

static void man_filters(Buf *b)
{
	Liquid *l = render_language();
	const LiquidFilter *rows;
	size_t n = liquid_filter_rows(l, &rows);
	for (size_t i = 0; i < n; i++)
		man_row(b, rows[i].name, rows[i].help, rows[i].example, rows[i].gives);
	liquid_free(l);
}

static void man_tags(Buf *b)
{
	const LiquidRow *row;
	for (size_t i = 0; (row = liquid_tag_row(i)); i++)
		man_row(b, row->name, row->help, row->example, row->gives);
	const LiquidTag *own;
	size_t n = render_tags(&own);
	for (size_t i = 0; i < n; i++)
		man_row(b, own[i].name, own[i].help, own[i].example, own[i].gives);
}

/* One row a table of the manual: --man NAME prints it. */
static const struct ManTable { Str name; void (*put)(Buf *); } man_tables[] = {
	{STR_INIT("commands"), man_commands},
	{STR_INIT("options"), man_options},
	{STR_INIT("settings"), man_settings},
	{STR_INIT("front-matter"), man_front_matter},
	{STR_INIT("checks"), man_checks},
	{STR_INIT("permalinks"), man_permalinks},
	{STR_INIT("variables"), render_man_variables},
	{STR_INIT("filters"), man_filters},
	{STR_INIT("tags"), man_tags},
};

static int print_man(Str name)
{
	enum { TABLES = sizeof man_tables / sizeof *man_tables };
	Str names[TABLES];
	for (size_t i = 0; i < TABLES; i++) {
		names[i] = man_tables[i].name;
		if (!str_eq(man_tables[i].name, name))
			continue;
		Buf b = {0};
		man_tables[i].put(&b);
		return report_print(&b, 0);
	}
	return report_unknown("table", name, names, TABLES, "gen help help lists them");
}

/* ---- completion ---- */

static void words_of(Buf *b, const Command *c)
{
	for (size_t i = 0; i < options_n; i++)
		if (options[i].commands & c->group)
			buf_printf(b, " %.*s", STR_ARG(options[i].name));
}

static void completion_bash(Buf *b)
{
	buf_lit(b, "_gen() {\n\tlocal cur=${COMP_WORDS[COMP_CWORD]} words\n\tcase ${COMP_WORDS[1]} in\n");
	for (size_t i = 0; i < commands_n; i++) {
		buf_printf(b, "\t%.*s) words='", STR_ARG(commands[i].name));
		words_of(b, &commands[i]);
		buf_lit(b, "' ;;\n");
	}
	buf_lit(b, "\tesac\n\t[ \"$COMP_CWORD\" = 1 ] && words='");
	for (size_t i = 0; i < commands_n; i++)
		buf_printf(b, " %.*s", STR_ARG(commands[i].name));
	buf_lit(b, "'\n\tCOMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n}\ncomplete -o default -F _gen gen\n");
}

/* Text inside single quotes of a shell. */
static void put_quoted(Buf *b, const char *s)
{
	for (; *s; s++)
		if (*s == '\'')
			buf_lit(b, "'\\''");
		else
			buf_putc(b, *s);
}

static void completion_zsh(Buf *b)
{
	buf_lit(b, "#compdef gen\n_gen() {\n\tlocal -a commands\n\tcommands=(\n");
	for (size_t i = 0; i < commands_n; i++) {
		buf_printf(b, "\t\t'%.*s:", STR_ARG(commands[i].name));
		put_quoted(b, commands[i].summary);
		buf_lit(b, "'\n");
	}
	buf_lit(b, "\t)\n\tif (( CURRENT == 2 )); then _describe command commands; return; fi\n\tcase $words[2] in\n");
	for (size_t i = 0; i < commands_n; i++) {
		buf_printf(b, "\t%.*s) compadd --", STR_ARG(commands[i].name));
		words_of(b, &commands[i]);
		buf_lit(b, "; _files ;;\n");
	}
	buf_lit(b, "\tesac\n}\n_gen \"$@\"\n");
}

static void completion_fish(Buf *b)
{
	for (size_t i = 0; i < commands_n; i++) {
		const Command *c = &commands[i];
		buf_printf(b, "complete -c gen -n __fish_use_subcommand -a %.*s -d '", STR_ARG(c->name));
		put_quoted(b, c->summary);
		buf_lit(b, "'\n");
		for (size_t k = 0; k < options_n; k++) {
			if (!(options[k].commands & c->group))
				continue;
			buf_printf(b, "complete -c gen -n '__fish_seen_subcommand_from %.*s' -l %.*s%s -d '", STR_ARG(c->name),
			           STR_ARG(str_from(options[k].name, 2)), options[k].value ? " -r" : "");
			put_quoted(b, options[k].help);
			buf_lit(b, "'\n");
		}
	}
}

static int print_completion(Str shell)
{
	Buf b = {0};
	if (str_eq(shell, S("bash")))
		completion_bash(&b);
	else if (str_eq(shell, S("zsh")))
		completion_zsh(&b);
	else if (str_eq(shell, S("fish")))
		completion_fish(&b);
	else {
		fprintf(stderr, "gen: completion is for bash, zsh or fish, not %.*s\n", STR_ARG(shell));
		return 2;
	}
	return report_print(&b, 0);
}

int help_run(const Options *o)
{
	if (o->man.n)
		return print_man(o->man);
	if (o->completion.n)
		return print_completion(o->completion);
	Buf b = {0};
	if (!o->words_n)
		overview(&b);
	for (size_t w = 0; w < o->words_n; w++) {
		const Command *c = command_named(o->words[w]);
		if (!c) {
			buf_release(&b);
			return 2;
		}
		explain(&b, c);
	}
	return report_print(&b, 0);
}

static const struct Library {
	const char *name, *(*version)(void);
} libraries[] = {
	{"cmark-gfm", md_version}, {"ICU", icu_version}, {"jansson", json_version}, {"libgit2", repo_version}, {"libmicrohttpd", http_version},
	{"libuv", watch_version}, {"libyaml", yaml_version}, {"OpenSSL", hash_crypto_version}, {"xxHash", hash_xxh_version},
};

int help_version(const Options *o)
{
	(void)o;
	Buf b = {0};
	buf_lit(&b, "gen " GEN_VERSION "\n");
	for (size_t i = 0; i < sizeof libraries / sizeof *libraries; i++)
		buf_printf(&b, "%s %s\n", libraries[i].name, libraries[i].version());
	return report_print(&b, 0);
}

int help_schema(const Options *o)
{
	(void)o;
	Buf b = {0};
	schema_write(&b);
	return report_print(&b, 0);
}
