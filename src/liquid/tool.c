#include "liquid/tool.h"

#include "base/disk.h"
#include "lib/icu.h"
#include "lib/json.h"
#include "lib/yaml.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* ---- files ---- */

typedef struct Files { /* what include and layout find: a folder, or texts of a request */
	int folder;    /* -1: none */
	Value texts;   /* a map, name to text */
	LiquidEscape escape;
	Diags *diags;
	Arena *arena;
} Files;

/* As a site does: by the ending before .liquid; a name without one is HTML. */
static LiquidEscape escape_of_name(Str name)
{
	if (str_ends(name, S(".liquid")))
		name = str_upto(name, name.n - 7);
	size_t dot = str_rfind_char(name, '.'), slash = str_rfind_char(name, '/');
	Str ending = dot == SIZE_MAX || (slash != SIZE_MAX && slash > dot) ? (Str){0} : str_from(name, dot);
	if (ending.n < 2 || str_eq(ending, S(".html")) || str_eq(ending, S(".htm")))
		return LIQUID_HTML;
	return str_eq(ending, S(".xml")) ? LIQUID_XML : str_eq(ending, S(".json")) ? LIQUID_JSON : LIQUID_PLAIN;
}

/* The front matter off a file: between a first line of --- and the next. */
static void take_front_matter(LiquidSource *s, Arena *a, Diags *d)
{
	Str rest = s->text, line;
	if (!str_line(&rest, &line) || !str_eq(str_trim_end(line), S("---")))
		return;
	size_t from = (size_t)(rest.p - s->text.p);
	while (str_line(&rest, &line))
		if (str_eq(str_trim_end(line), S("---"))) {
			YamlText y = {.file = s->file,
				.text = s->text,
				.from = from,
				.to = (size_t)(line.p - s->text.p),
				.level = DIAG_ERROR,
				.twice = DIAG_WARNING};
			const YamlNode *root = yaml_parse(&y, a, d);
			s->front = root ? yaml_value(root, a) : NIL;
			s->body = rest.p ? (size_t)(rest.p - s->text.p) : s->text.n;
			return;
		}
}

static bool read_file(Files *f, Str name, Arena *a, LiquidSource *out)
{
	static const char *const endings[] = {"", ".liquid", ".html", ".xml"};
	for (size_t i = 0; f->folder >= 0 && i < sizeof endings / sizeof *endings; i++) {
		Str path = str_printf(a, "%.*s%s", STR_ARG(name), endings[i]);
		if (disk_read_arena(f->folder, path, DISK_LIMIT, a, &out->text, NULL))
			continue;
		out->file = path;
		return true;
	}
	return false;
}

static bool load(void *user, LiquidKind kind, Str name, Str from, Arena *a, LiquidSource *out)
{
	Files *f = user;
	Value text;
	(void)kind, (void)from;
	*out = (LiquidSource){.file = name, .escape = f->escape};
	if (f->texts.kind == V_MAP && map_get(f->texts.map, name, &text) && text.kind == V_STR) {
		out->text = str_dup(a, value_as_str(text));
		return true;
	}
	if (!read_file(f, name, a, out))
		return false;
	take_front_matter(out, a, f->diags);
	return true;
}

/* What could have been meant: every file of the folder, with and without its ending. */
static size_t names(void *user, LiquidKind kind, const Str **list)
{
	Files *f = user;
	DiskEntry *entries = NULL;
	size_t n = 0, found = 0;
	(void)kind;
	if (f->folder >= 0)
		disk_list(f->folder, S(""), 0, f->arena, &entries, &found);
	uint32_t given = f->texts.kind == V_MAP ? f->texts.map->n : 0;
	Str *all = NEW_N(f->arena, Str, 2 * found + given);
	for (uint32_t i = 0; i < given; i++)
		all[n++] = f->texts.map->pairs[i].key;
	for (size_t i = 0; i < found; i++) {
		size_t dot = str_rfind_char(entries[i].path, '.');
		all[n++] = entries[i].path;
		if (dot != SIZE_MAX)
			all[n++] = str_upto(entries[i].path, dot);
	}
	*list = all;
	return n;
}

/* ---- one template ---- */

static Date now(void)
{
	const char *epoch = getenv("SOURCE_DATE_EPOCH");
	int64_t seconds;
	if (!epoch || !str_int(str_of(epoch), &seconds))
		seconds = (int64_t)time(NULL);
	return (Date){seconds, 0, true, true};
}

static bool escape_named(Str name, LiquidEscape *escape)
{
	static const struct {
		Str name;
		LiquidEscape escape;
	} kinds[] = {
		{STR_INIT("none"), LIQUID_PLAIN},
		{STR_INIT("html"), LIQUID_HTML},
		{STR_INIT("xml"), LIQUID_XML},
		{STR_INIT("json"), LIQUID_JSON},
	};
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (str_eq(kinds[i].name, name)) {
			*escape = kinds[i].escape;
			return true;
		}
	return false;
}

static bool render_one(
	const LiquidTool *tool, Files *files, const LiquidSource *source, Value data, bool strict, Arena *a, Diags *d, Buf *out)
{
	LiquidHost host = {.user = files,
		.load = load,
		.names = names,
		.filters = tool->filters,
		.n_filters = tool->n_filters,
		.tags = tool->tags,
		.n_tags = tool->n_tags};
	Liquid *l = liquid_new(&host);
	bool found;
	const LiquidTemplate *t = liquid_parse(l, *source, d);
	Value language = value_get(data, S("lang"), a, &found);
	LiquidJob job = {.data = data, .arena = a, .diags = d, .strict = strict, .now = now(), .language = value_as_str(language)};
	bool good = t && liquid_render(l, t, &job, out);
	liquid_free(l);
	return good;
}

/* ---- the command ---- */

static int say(const Diags *d, bool colour, bool strict)
{
	Buf b = {0};
	diags_print(d, &b, colour, DIAG_NOTICE);
	if (b.n)
		fwrite(b.p, 1, b.n, stderr);
	buf_release(&b);
	return diags_status(d, strict);
}

static void world(Diags *d, const char *path, int error)
{
	Buf b = {0};
	buf_printf(&b, "cannot read %s: %s", path, disk_why(error));
	diag_add(d, (Diag){.level = DIAG_WORLD, .message = buf_str(&b)});
	buf_release(&b);
}

static bool read_path(const char *path, Buf *out, Diags *d)
{
	bool standard = strcmp(path, "-") == 0;
	int file = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC),
	    error = file < 0 ? errno : disk_read_file(file, DISK_LIMIT * 16, out);
	if (!standard && file >= 0)
		close(file);
	if (error)
		world(d, path, error);
	return !error;
}

static bool read_data(const char *path, Arena *a, Diags *d, Value *data)
{
	Buf text = {0};
	Str why;
	size_t offset;
	*data = NIL;
	bool good = !path || read_path(path, &text, d);
	Str kept = str_dup(a, buf_str(&text));
	buf_release(&text);
	if (!good || !path)
		return good;
	if (!json_parse(kept, a, data, &why, &offset)) {
		diag_add(d,
			diag_at(DIAG_USAGE, NULL, str_of(path), kept, offset, 1, str_printf(a, "no JSON: %.*s", STR_ARG(why)), (Str){0}));
		return false;
	}
	if (data->kind == V_MAP)
		return true;
	diag_add(d,
		(Diag){.level = DIAG_USAGE,
			.file = str_of(path),
			.message = S("the data must be a JSON object: {\"page\": {\"title\": \"...\"}}")});
	return false;
}

static int folder_for(const LiquidTool *tool, Diags *d)
{
	Str path = str_of(tool->partials ? tool->partials : tool->template_file);
	int folder = -1, error = 0;
	char *name = mem_alloc(path.n + 2);
	size_t slash = tool->partials ? path.n : str_rfind_char(path, '/');
	memcpy(name, path.p, path.n + 1);
	if (slash == SIZE_MAX)
		memcpy(name, ".", 2);
	else
		name[slash ? slash : 1] = 0;
	if ((error = disk_open_folder(name, &folder)))
		folder = -1;
	if (error && tool->partials)
		world(d, tool->partials, error);
	free(name);
	return folder;
}

static int run_file(const LiquidTool *tool)
{
	Arena a = {0};
	Diags d = {0};
	Buf text = {0}, out = {0};
	bool standard = strcmp(tool->template_file, "-") == 0;
	LiquidSource source = {.file = standard ? S("-") : str_of(tool->template_file)};
	Value data = NIL;
	source.escape = escape_of_name(source.file);
	if (tool->escape && !escape_named(str_of(tool->escape), &source.escape))
		diag_add(&d,
			(Diag){.level = DIAG_USAGE,
				.message = str_printf(&a, "--escape is html, xml, json or none, not '%s'", tool->escape)});
	Files files = {.folder = folder_for(tool, &d), .escape = source.escape, .diags = &d, .arena = &a};
	if (read_path(tool->template_file, &text, &d) && read_data(tool->data_file, &a, &d, &data) && diags_worst(&d) < DIAG_USAGE) {
		source.text = buf_str(&text);
		take_front_matter(&source, &a, &d);
		if (render_one(tool, &files, &source, data, tool->strict, &a, &d, &out))
			fwrite(out.n ? out.p : "", 1, out.n, stdout);
	}
	diags_sort(&d);
	int status = say(&d, tool->colour, tool->strict);
	if (files.folder >= 0)
		close(files.folder);
	buf_release(&text);
	buf_release(&out);
	diags_release(&d);
	arena_release(&a);
	return status;
}

/* ---- --batch ---- */

static Value diag_value(const Diag *diag, Arena *a)
{
	MapMaker m = {.arena = a};
	map_put(&m, S("message"), value_str(diag->message));
	if (diag->hint.n)
		map_put(&m, S("hint"), value_str(diag->hint));
	map_put(&m, S("file"), value_str(diag->file));
	map_put(&m, S("line"), value_int(diag->line));
	map_put(&m, S("column"), value_int(diag->column));
	return map_seal(&m);
}

static Value diags_value(const Diags *d, DiagLevel least, DiagLevel most, Arena *a)
{
	ListMaker list = {.arena = a};
	for (size_t i = 0; i < d->n; i++)
		if (d->list[i].level >= least && d->list[i].level <= most)
			list_add(&list, diag_value(&d->list[i], a));
	return list_seal(&list);
}

static Value field(Value of, Str name)
{
	bool found;
	return value_get(of, name, NULL, &found);
}

static bool read_request(Str line, Arena *a, Diags *d, Value *request)
{
	Str why = {0};
	size_t offset = 0;
	if (json_parse(line, a, request, &why, &offset) && request->kind == V_MAP && field(*request, S("template")).kind == V_STR)
		return true;
	diag_add(d,
		(Diag){.level = DIAG_USAGE,
			.file = S("request"),
			.line = 1,
			.column = (uint32_t)offset + 1,
			.message =
				why.n ? str_printf(a, "no JSON: %.*s", STR_ARG(why)) : S("a request is a JSON object with \"template\"")});
	return false;
}

static void answer(const LiquidTool *tool, Str line, Arena *a, Buf *out)
{
	Diags d = {0};
	Buf text = {0};
	Value request, escape;
	MapMaker reply = {.arena = a};
	bool good = read_request(line, a, &d, &request);
	if (good) {
		LiquidSource source = {.file = S("template"), .text = value_as_str(field(request, S("template"))), .escape = LIQUID_HTML};
		escape = field(request, S("escape"));
		if (escape.kind == V_STR && !escape_named(value_as_str(escape), &source.escape)) {
			diag_add(&d,
				(Diag){.level = DIAG_USAGE, .file = S("request"), .message = S("\"escape\" is html, xml, json or none")});
			good = false;
		}
		Files files = {.folder = -1, .texts = field(request, S("partials")), .escape = source.escape, .diags = &d, .arena = a};
		good = good &&
			render_one(
				tool, &files, &source, field(request, S("data")), liquid_truthy(field(request, S("strict"))), a, &d, &text);
	}
	diags_sort(&d);
	if (good) {
		map_put(&reply, S("output"), value_str(buf_str(&text)));
		map_put(&reply, S("warnings"), diags_value(&d, DIAG_NOTICE, DIAG_WARNING, a));
	} else {
		map_put(&reply, S("errors"), diags_value(&d, DIAG_ERROR, DIAG_WORLD, a));
	}
	json_write(out, map_seal(&reply), a, (JsonStyle){0});
	buf_putc(out, '\n');
	buf_release(&text);
	diags_release(&d);
}

static int run_batch(const LiquidTool *tool)
{
	Arena a = {0};
	Buf out = {0};
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;
	while ((n = getline(&line, &cap, stdin)) >= 0) {
		Str s = str_trim(str_n(line, (size_t)n));
		if (!s.n)
			continue;
		answer(tool, s, &a, &out);
		fwrite(out.n ? out.p : "", 1, out.n, stdout);
		fflush(stdout);
		buf_clear(&out);
		arena_reset(&a);
	}
	free(line);
	buf_release(&out);
	arena_release(&a);
	return 0;
}

int liquid_tool_run(const LiquidTool *tool)
{
	return tool->batch ? run_batch(tool) : run_file(tool);
}
