/* The tables of commands and options, and what reads them. To add a command, write its row and its run
 * function; to add an option, a field in Options and a row naming the commands that take it. */
#include "commands.h"

#include "archive.h"
#include "base/table.h"
#include "build.h"
#include "check/check.h"
#include "editor.h"
#include "help.h"
#include "liquid/tool.h"
#include "report.h"
#include "serve/proof.h"
#include "serve/serve.h"
#include "write/write.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static int run_render(const Options *o)
{
	Arena a = {0};
	LiquidTool tool = {.template_file = o->words_n ? str_c(&a, o->words[0]) : "-", .data_file = o->data.n ? str_c(&a, o->data) : NULL,
	                   .partials = o->partials.n ? str_c(&a, o->partials) : NULL, .escape = o->escape.n ? str_c(&a, o->escape) : NULL,
	                   .strict = o->strict, .batch = o->batch, .colour = report_colour(2)};
	int status = liquid_tool_run(&tool);
	arena_release(&a);
	return status;
}

enum { BUILD = 1, SERVE = 2, ARCHIVE = 4, RENDER = 8, DUMP = 16, REVISE = 32, HELP = 64, CHECK = 128, LAYOUT = 256, PROOF = 512,
       LOADS = BUILD | SERVE | ARCHIVE | DUMP | REVISE | CHECK | PROOF };

const Command commands[] = {
	{STR_INIT("build"), "", "turn the archive into its website", BUILD, build_run,
	 "Reads content/, layouts/ and site.yaml, and the history of each brief from git, and writes the finished website into\n"
	 "public/. The old site stays as it is until the new one is whole; when anything is wrong, everything wrong is listed\n"
	 "and the old site stands.\n"},
	{STR_INIT("serve"), "", "show the archive in the browser and follow every change", SERVE, serve_run,
	 "Loads the archive and answers on http://localhost:1313/ from memory. Pages reload by themselves when a file or a\n"
	 "commit (a saved state) changes. Drafts and embargoed briefs are shown, marked. Ctrl-C ends it.\n"},
	{STR_INIT("proof"), "BRIEF", "write a brief into one file to send to its authors and reviewers", PROOF, proof_run,
	 "Writes <slug>.proof.html, marked as a draft, with everything in it: the text, its pictures, and what differs from the\n"
	 "public version. It opens from an e-mail and prints well. BRIEF is a path, a slug or an address. In the archive's own\n"
	 "folders it goes to .gen/proofs/, so that it is not committed by mistake; --output names another place.\n"},
	{STR_INIT("init"), "DIR", "make a new archive that builds", ARCHIVE, archive_init,
	 "Makes DIR with site.yaml, a first brief and a git repository (the folder that remembers every saved state).\n"},
	{STR_INIT("new"), "\"TITLE\"", "start a brief with its front matter filled in", ARCHIVE, archive_new,
	 "Writes content/briefs/<slug>.md with the next free number and the known authors, regions and topics as comments, and\n"
	 "prints the three commands that come next.\n"},
	{STR_INIT("list"), "[WORDS]", "list briefs: slug, date, title", ARCHIVE, archive_list,
	 "Lists every brief whose slug, title or author contains all the words.\n"},
	{STR_INIT("log"), "BRIEF", "list the versions of a brief", ARCHIVE, editor_log,
	 "Lists every published state, the newest first: number, date, type and note, then the commit (saved state) and the path\n"
	 "that it had. BRIEF is a path, a slug or an address.\n"},
	{STR_INIT("seal"), "", "make the numbers of all versions final", ARCHIVE, editor_seal,
	 "Writes content/_versions.tsv, the ledger: whatever it lists keeps its number for ever, even when the history is rewritten,\n"
	 "and a listed text that is gone stops the build. Commit it.\n"},
	{STR_INIT("check"), "", "name every fault, and each change of text that says no reason", CHECK, check_run,
	 "Looks at everything that a build looks at, writes nothing, and lists the versions that readers see as \"edited\" because\n"
	 "nobody said why, with the size of each.\n"},
	{STR_INIT("revise"), "BRIEF", "note why a brief changes", REVISE, revise_run,
	 "Writes an entry of changes: into the brief's front matter and leaves every other byte as it is. Types: minor, or one\n"
	 "of Crossref's: correction, clarification, addendum, new_edition, withdrawal ...\n"},
	{STR_INIT("diff"), "BRIEF [A [B]]", "show what changed between two versions, by word", CHECK, check_diff,
	 "Without versions: what is not committed (saved in git) against the newest version, or the last change. With one: that\n"
	 "version against what is on the disk.\n"},
	{STR_INIT("dump"), "STAGE [ADDRESS]", "print what a stage knows, as JSON lines", DUMP, build_dump,
	 "STAGE is load, history, graph, or page with the address of a page: everything that its layout sees.\n"},
	{STR_INIT("render"), "TEMPLATE", "render one Liquid template with JSON data", RENDER, run_render,
	 "For trying things: prints the result. - reads the template from standard input; --batch reads one JSON request a\n"
	 "line ({\"template\",\"data\",\"partials\",\"escape\",\"strict\"}) and answers one JSON line each.\n"},
	{STR_INIT("layout"), "list|copy NAME|diff NAME", "work with the default layouts", LAYOUT, archive_layout,
	 "list: every layout and where it comes from. copy: puts a default into layouts/ to change it. diff: yours against\n"
	 "this release's default.\n"},
	{STR_INIT("schema"), "", "print the JSON Schema of site.yaml and front matter", HELP, help_schema,
	 "For editors that complete and check YAML while you type.\n"},
	{STR_INIT("help"), "[COMMAND]", "explain a command", HELP, help_run, ""},
	{STR_INIT("version"), "", "print the versions of gen and of every library", HELP, help_version, ""},
};
const size_t commands_n = sizeof commands / sizeof *commands;

#define FIELD(f) offsetof(Options, f)
const Option options[] = {
	{STR_INIT("--source"), "DIR", OPTION_TEXT, FIELD(source), LOADS | LAYOUT, "the archive (default: the folder you are in)"},
	{STR_INIT("--output"), "DIR", OPTION_TEXT, FIELD(output), BUILD | PROOF, "where the site is written (default: public/ in the archive)"},
	{STR_INIT("--rev"), "REV", OPTION_TEXT, FIELD(rev), BUILD | SERVE | DUMP, "take everything from this commit (saved state), nothing from disk"},
	{STR_INIT("--base-url"), "URL", OPTION_TEXT, FIELD(base_url), BUILD | SERVE | DUMP, "use this address in place of url in site.yaml"},
	{STR_INIT("--portable"), NULL, OPTION_FLAG, FIELD(portable), BUILD, "write relative links, so that the site opens from any folder or a zip"},
	{STR_INIT("--drafts"), NULL, OPTION_FLAG, FIELD(drafts), BUILD | DUMP, "include drafts, marked and hidden from search engines"},
	{STR_INIT("--no-drafts"), NULL, OPTION_FLAG, FIELD(no_drafts), SERVE, "leave drafts and embargoed briefs out"},
	{STR_INIT("--now"), "DATE", OPTION_DATE, FIELD(now), BUILD | SERVE | DUMP | PROOF, "the instant that embargoes are compared with (default: SOURCE_DATE_EPOCH, else the clock)"},
	{STR_INIT("--strict"), NULL, OPTION_FLAG, FIELD(strict), BUILD | RENDER | DUMP | CHECK, "warnings count as errors; undefined variables in layouts are warned about"},
	{STR_INIT("--allow-incomplete-history"), NULL, OPTION_FLAG, FIELD(allow_incomplete_history), BUILD | SERVE | DUMP, "build although the history is not all there; the pages say so"},
	{STR_INIT("--keep-going"), NULL, OPTION_FLAG, FIELD(keep_going), BUILD, "a brief with errors stays at its last good saved state"},
	{STR_INIT("--ledger"), "FILE", OPTION_TEXT, FIELD(ledger), BUILD | DUMP, "check version numbers against the ledger of a published site"},
	{STR_INIT("--adopt"), NULL, OPTION_FLAG, FIELD(adopt), BUILD, "write into a folder that holds files gen did not make (they stay)"},
	{STR_INIT("--jobs"), "N", OPTION_NUMBER, FIELD(jobs), BUILD | SERVE | DUMP, "threads (default: 0, one a processor)"},
	{STR_INIT("--profile"), NULL, OPTION_FLAG, FIELD(profile), BUILD, "print the time that each layout and include took"},
	{STR_INIT("--quiet"), NULL, OPTION_FLAG, FIELD(quiet), BUILD | SERVE, "print errors only"},
	{STR_INIT("--verbose"), NULL, OPTION_FLAG, FIELD(verbose), BUILD | SERVE | DUMP, "print the time and memory of each stage, and notices"},
	{STR_INIT("--port"), "N", OPTION_NUMBER, FIELD(port), SERVE, "port (default: 1313)"},
	{STR_INIT("--bind"), "ADDRESS", OPTION_TEXT, FIELD(bind), SERVE, "address to listen on (default: this machine only)"},
	{STR_INIT("--allow-host"), "NAME", OPTION_TEXT, FIELD(allow_host), SERVE, "answer to this host name too"},
	{STR_INIT("--open"), NULL, OPTION_FLAG, FIELD(open), SERVE, "open the browser"},
	{STR_INIT("--editor"), "LINK", OPTION_TEXT, FIELD(editor), SERVE, "your editor, for links to it from messages: code, subl ..., or its link with {file} and {line} (default: $VISUAL)"},
	{STR_INIT("--navigate"), NULL, OPTION_FLAG, FIELD(navigate), SERVE, "the browser follows to the page of the file just saved"},
	{STR_INIT("--data"), "FILE", OPTION_TEXT, FIELD(data), RENDER, "the template's variables, a JSON object"},
	{STR_INIT("--partials"), "DIR", OPTION_TEXT, FIELD(partials), RENDER, "where included files are"},
	{STR_INIT("--escape"), "KIND", OPTION_TEXT, FIELD(escape), RENDER, "html, xml, json or none (default: html)"},
	{STR_INIT("--batch"), NULL, OPTION_FLAG, FIELD(batch), RENDER, "one JSON request a line, one JSON answer a line"},
	{STR_INIT("--type"), "TYPE", OPTION_TEXT, FIELD(type), REVISE, "correction, clarification, minor ..."},
	{STR_INIT("--note"), "TEXT", OPTION_TEXT, FIELD(note), REVISE, "what changed, in a sentence for readers"},
	{STR_INIT("--version"), "N", OPTION_NUMBER, FIELD(version), REVISE, "the version that the note belongs to (default: the next)"},
	{STR_INIT("--man"), "TABLE", OPTION_TEXT, FIELD(man), HELP, "print a table for the manual pages: commands, options, settings, front-matter, checks, permalinks, variables, filters, tags"},
	{STR_INIT("--completion"), "SHELL", OPTION_TEXT, FIELD(completion), HELP, "print completion for bash, zsh or fish"},
};
const size_t options_n = sizeof options / sizeof *options;

const Command *command_named(Str name)
{
	Str names[sizeof commands / sizeof *commands];
	for (size_t i = 0; i < commands_n; i++) {
		if (str_eq(commands[i].name, name))
			return &commands[i];
		names[i] = commands[i].name;
	}
	report_unknown("command", name, names, commands_n, "gen help lists the commands and what each takes");
	return NULL;
}

/* A mistake on the command line: says it, and the name that was meant, if one is near. */
__attribute__((format(printf, 2, 3))) static int usage(Str near, const char *format, ...)
{
	va_list v;
	va_start(v, format);
	fputs("gen: ", stderr);
	vfprintf(stderr, format, v);
	va_end(v);
	if (near.n)
		fprintf(stderr, "; did you mean %.*s?", STR_ARG(near));
	fputs("\n  = gen help lists the commands and what each takes\n", stderr);
	return 2;
}

static Str near_option(const Command *c, Str name)
{
	Str names[sizeof options / sizeof *options];
	size_t n = 0;
	for (size_t i = 0; i < options_n; i++)
		if (options[i].commands & c->group)
			names[n++] = options[i].name;
	return nearest_name(name, names, n);
}

static const Option *option_named(const Command *c, Str name)
{
	for (size_t i = 0; i < options_n; i++)
		if ((options[i].commands & c->group) && str_eq(options[i].name, name))
			return &options[i];
	return NULL;
}

/* Stores an option's value; false after a message when it is not of its kind. */
static bool store(Options *o, const Option *row, Str value)
{
	void *at = (char *)o + row->offset;
	const char *why = "";
	switch (row->kind) {
	case OPTION_FLAG:
		*(bool *)at = true;
		return true;
	case OPTION_TEXT:
		*(Str *)at = value;
		return true;
	case OPTION_NUMBER:
		if (str_int(value, at) && *(int64_t *)at >= 0 && *(int64_t *)at <= 65535)
			return true;
		why = "it takes a whole number";
		break;
	case OPTION_DATE:
		if (date_parse(value, 0, at, &why))
			return true;
		break;
	}
	fprintf(stderr, "gen: %.*s %.*s: %s\n", STR_ARG(row->name), STR_ARG(value), why);
	return false;
}

/* Reads what stands behind the command: options in any place, --name value or --name=value, -- ends them. */
static int parse(Options *o, const Command *c, char **argv, int argc)
{
	o->words = NEW_N(&o->arena, Str, (size_t)argc + 1);
	bool ended = false;
	for (int i = 0; i < argc; i++) {
		Str word = str_of(argv[i]);
		if (ended || word.n < 2 || word.p[0] != '-') {
			o->words[o->words_n++] = word;
			continue;
		}
		if (str_eq(word, S("--"))) {
			ended = true;
			continue;
		}
		Str value = word, name = str_cut(&value, '=');
		if (str_eq(name, S("--help")) || str_eq(name, S("-h"))) {
			o->words[0] = c->name;
			o->words_n = 1;
			help_run(o);
			return -1;
		}
		const Option *row = option_named(c, name);
		if (!row)
			return usage(near_option(c, name), "%.*s takes no option %.*s", STR_ARG(c->name), STR_ARG(name));
		if (row->kind != OPTION_FLAG && !value.p) {
			if (i + 1 == argc)
				return usage((Str){0}, "%.*s needs a value (%s)", STR_ARG(name), row->value);
			value = str_of(argv[++i]);
		} else if (row->kind == OPTION_FLAG && value.p) {
			return usage((Str){0}, "%.*s takes no value, but was given %.*s", STR_ARG(name), STR_ARG(value));
		}
		if (!store(o, row, value))
			return 2;
	}
	return 0;
}

static bool choose_now(Options *o)
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	o->now_given = o->now.known || epoch;
	if (o->now.known)
		return true;
	o->now = (Date){.known = true, .has_time = true, .seconds = (int64_t)time(NULL)};
	if (epoch && !str_int(str_of(epoch), &o->now.seconds)) {
		fprintf(stderr, "gen: SOURCE_DATE_EPOCH is \"%s\", not a number of seconds since 1970\n", epoch);
		return false;
	}
	return true;
}

/* A build that was killed while it brought its site in left the rest to the next command. */
static void finish_earlier(const Options *o)
{
	Diags d = {0};
	Str site = str_printf(&d.arena, "%.*s/public", STR_ARG(o->source));
	write_recover(site.p, &d);
	report_diags(&d, DIAG_NOTICE);
	diags_release(&d);
}

int commands_main(int argc, char **argv)
{
	Options o = {.source = S("."), .port = 1313};
	if (argc < 2)
		return help_run(&o) ? 3 : 2;
	Str name = str_of(argv[1]);
	if (str_eq(name, S("--version")) || str_eq(name, S("-V")))
		name = S("version");
	if (str_eq(name, S("--help")) || str_eq(name, S("-h")))
		name = S("help");
	const Command *c = command_named(name);
	if (!c)
		return 2;
	int status = parse(&o, c, argv + 2, argc - 2);
	if (!status && !choose_now(&o))
		status = 2;
	if (!status && c->group & (SERVE | CHECK))
		finish_earlier(&o);
	if (!status)
		status = c->run(&o);
	arena_release(&o.arena);
	if (fflush(stdout) || ferror(stdout)) {
		if (status < 3 && status >= 0)
			status = 3;
	}
	return status < 0 ? 0 : status;
}
