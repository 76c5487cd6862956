#include "archive.h"

#include "base/disk.h"
#include "build.h"
#include "lib/icu.h"
#include "source/defaults.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static int complain(const char *what, Str path, int error, const char *hint)
{
	fprintf(stderr, "gen: %s %.*s: %s\n", what, STR_ARG(path), disk_why(error));
	if (hint)
		fprintf(stderr, "  = %s\n", hint);
	return 3;
}

/* ---- gen init ---- */

static const char site_yaml[] =
	"# The archive's settings. gen help build and gen-archive(7) explain every one.\n"
	"title: Policy briefs\n"
	"# url: https://briefs.example.org   # where the site will stand; feeds and citations need it\n"
	"language: en\n"
	"institute:\n"
	"  name: Our Institute\n"
	"# menu:                              # else: briefs, authors, regions, topics\n"
	"#   - {title: Briefs, url: /briefs/}\n"
	"#   - {title: About, url: /about/}    # content/about.md\n";

static const char first_brief[] =
	"---\n"
	"title: The first brief\n"
	"author: Our Institute\n"
	"date: %s\n"
	"kind: Policy brief\n"
	"number: \"%s-01\"\n"
	"abstract: >-\n"
	"  One paragraph that says what the brief shows and what should be done. It stands in lists and in search engines.\n"
	"---\n"
	"\n"
	"Write the text here, in Markdown. A footnote looks like this.[^1]\n"
	"\n"
	"## A section\n"
	"\n"
	"| Option | Cost | Time |\n"
	"| --- | ---: | ---: |\n"
	"| A | 1.2 | 2 years |\n"
	"\n"
	"[^1]: A source.\n";

static const char ignore[] = "/public/\n/.gen/\n/.public.gen/\n";

static int put_file(int folder, Str path, Str bytes)
{
	int file;
	int error = disk_open(folder, path, O_WRONLY | O_CREAT | O_EXCL, 0644, &file);
	if (error)
		return error;
	error = disk_write_fd(file, bytes);
	close(file);
	return error;
}

int archive_init(const Options *o)
{
	Arena a = {0};
	int folder, error;
	if (o->words_n != 1) {
		fprintf(stderr, "gen: init needs the name of the folder to make\n  = gen init briefs\n");
		return 2;
	}
	const char *path = str_c(&a, o->words[0]);
	if (mkdir(path, 0755) && errno != EEXIST)
		return complain("cannot make", o->words[0], errno, NULL);
	if ((error = disk_open_folder(path, &folder)))
		return complain("cannot open", o->words[0], error, NULL);
	Buf day = {0};
	buf_put_strftime(&day, o->now, S("%Y-%m-%d"));
	buf_putc(&day, 0);
	Str brief = str_printf(&a, first_brief, day.p, str_c(&a, str_upto(buf_str(&day), 4)));
	if (!(error = disk_make_folders(folder, S("content/briefs"))) && !(error = put_file(folder, S("site.yaml"), str_of(site_yaml))) &&
	    !(error = put_file(folder, S("content/briefs/the-first-brief.md"), brief)))
		error = put_file(folder, S(".gitignore"), str_of(ignore));
	int status = error ? complain("cannot write into", o->words[0], error, error == EEXIST ? "there is an archive already; gen build builds it" : NULL) : 0;
	RepoWhy why = status ? (RepoWhy){0} : repo_make(path, &a);
	if (why.fault)
		fprintf(stderr, "gen: %.*s\n  = %.*s\n", STR_ARG(why.message), STR_ARG(why.hint));
	if (!status)
		printf("%s is an archive now. What comes next:\n\n  cd %s\n  gen serve        look at it in the browser while you write\n"
		       "  gen build        make the website in public/\n  git add -A && git commit -m \"First brief\"    save this state: it becomes version 1\n", path, path);
	if (!status && !repo_has_author(path))
		printf("\ngit does not know you yet; it signs each saved state with your name. Tell it once:\n\n"
		       "  git config --global user.name \"Your Name\"\n  git config --global user.email you@example.org\n");
	close(folder);
	buf_release(&day);
	arena_release(&a);
	return status;
}

/* ---- gen new ---- */

/* The number that follows the highest one, its last run of digits counted up: "PB-2024-09" -> "PB-2024-10". */
static Str next_number(const Site *s, Arena *a)
{
	Str last = {0};
	for (size_t i = 0; i < s->briefs_n && !last.n; i++)
		last = s->briefs[i]->page.document->record.number;
	size_t end = last.n;
	while (end && !(last.p[end - 1] >= '0' && last.p[end - 1] <= '9'))
		end--;
	size_t from = end;
	while (from && last.p[from - 1] >= '0' && last.p[from - 1] <= '9')
		from--;
	int64_t n;
	if (end == from || !str_int(str_from(str_upto(last, end), from), &n))
		return (Str){0};
	return str_printf(a, "%.*s%0*lld%.*s", (int)from, last.p, (int)(end - from), (long long)n + 1, STR_ARG(str_from(last, end)));
}

static void put_known(Buf *b, const Site *s, const char *field, const char *name)
{
	enum { SHOWN = 12 };
	buf_printf(b, "%s:\n", field);
	for (size_t v = 0; v < s->vocabularies_n; v++) {
		const Vocabulary *voc = &s->vocabularies[v];
		if (!str_eq(voc->settings->name, str_of(name)))
			continue;
		for (uint32_t i = 0; i < voc->terms_n && i < SHOWN; i++)
			buf_printf(b, "#  - %.*s\n", STR_ARG(voc->terms[i]->page.title));
		if (voc->terms_n > SHOWN)
			buf_printf(b, "#  ... and %u more: content/%s/\n", voc->terms_n - SHOWN, name);
	}
}

static void put_brief(Buf *b, const Site *s, Str title, Date day, Str number)
{
	buf_lit(b, "---\ntitle: ");
	buf_put_json(b, title); /* a JSON string is a YAML string */
	buf_lit(b, "\ndate: ");
	buf_put_strftime(b, day, S("%Y-%m-%d"));
	buf_lit(b, "\ndraft: true        # take this line out to publish\n");
	if (number.n) {
		buf_lit(b, "number: ");
		buf_put_json(b, number);
		buf_putc(b, '\n');
	}
	put_known(b, s, "authors", "authors");
	put_known(b, s, "regions", "regions");
	put_known(b, s, "topics", "topics");
	buf_lit(b, "abstract: >-\n  \n---\n\n");
}

int archive_new(const Options *o)
{
	Desk d;
	Buf text = {0};
	if (o->words_n != 1 || !str_trim(o->words[0]).n) {
		fprintf(stderr, "gen: new needs the title, in quotation marks\n  = gen new \"Water prices after the drought\"\n");
		return 2;
	}
	int status = desk_open(&d, o);
	if (status)
		return status;
	Arena *a = &d.archive.arena;
	const Collection *c = &d.archive.settings.collections[0];
	int folder = source_folder(d.archive.source);
	Str slug = icu_slug(a, o->words[0], (Str){0});
	Str path = str_printf(a, "%.*s/%.*s.md", STR_ARG(c->path), STR_ARG(slug.n ? slug : S("brief")));
	put_brief(&text, d.site, o->words[0], o->now, next_number(d.site, a));
	int error = folder < 0 ? EROFS : disk_make_folders(folder, c->path);
	if (!error)
		error = put_file(folder, path, buf_str(&text));
	if (error)
		status = complain("cannot write", path, error, error == EEXIST ? "a brief of that name is there already; choose another title" : NULL);
	else
		printf("%.*s\n\nWhat comes next:\n\n  gen serve                     see it in the browser while you write\n"
		       "  git add \"%.*s\"    choose what to save\n  git commit -m \"New brief\"     save this state\n", STR_ARG(path), STR_ARG(path));
	buf_release(&text);
	desk_close(&d);
	return status;
}

/* ---- gen list ---- */

static bool has_word(const Document *d, Str word, Arena *a)
{
	Str folded = icu_fold(a, word);
	if (str_find(icu_fold(a, d->slug), folded) != SIZE_MAX || str_find(icu_fold(a, d->record.title), folded) != SIZE_MAX)
		return true;
	for (size_t i = 0; i < d->record.author_n; i++)
		if (str_find(icu_fold(a, d->record.author[i].name), folded) != SIZE_MAX)
			return true;
	return false;
}

int archive_list(const Options *o)
{
	Desk d;
	Buf b = {0};
	int status = desk_open(&d, o);
	if (status)
		return status;
	for (size_t i = 0; i < d.site->briefs_n; i++) {
		const Document *doc = d.site->briefs[i]->page.document;
		Arena scratch = {0};
		bool shown = true;
		for (size_t w = 0; w < o->words_n && shown; w++)
			shown = has_word(doc, o->words[w], &scratch);
		arena_release(&scratch);
		if (!shown)
			continue;
		buf_put_date(&b, doc->record.date);
		buf_printf(&b, "  %.*s%s  %.*s\n", STR_ARG(doc->slug), doc->record.draft ? " (draft)" : "", STR_ARG(doc->record.title));
	}
	desk_close(&d);
	return report_print(&b, 0);
}

/* ---- gen layout ---- */

static int layout_list(const Archive *a)
{
	Arena arena = {0};
	Str *names;
	size_t n;
	Diags d = {0};
	source_layout_list(a->source, &arena, &names, &n, &d);
	for (size_t i = 0; i < n; i++) {
		Str text;
		bool own = false;
		if (!source_layout(a->source, names[i], &arena, &text, &own))
			printf("%-8s %.*s\n", own ? "yours" : "default", STR_ARG(names[i]));
	}
	diags_release(&d);
	arena_release(&arena);
	return 0;
}

/* The default of that name, with or without .liquid; NULL after a message. */
static const Default *layout_default(Str name, Arena *a)
{
	Str *names = NEW_N(a, Str, defaults_n);
	for (size_t i = 0; i < defaults_n; i++) {
		Str whole = defaults[i].name;
		names[i] = str_ends(whole, S(".liquid")) ? str_upto(whole, whole.n - 7) : whole;
		if (str_eq(names[i], name) || str_eq(whole, name))
			return &defaults[i];
	}
	report_unknown("default layout", name, names, defaults_n, "gen layout list names them");
	return NULL;
}

static int layout_copy(Archive *a, Str name)
{
	const Default *d = layout_default(name, &a->arena);
	if (!d)
		return 2;
	Str path = str_join(&a->arena, S("layouts/"), d->name);
	int folder = source_folder(a->source);
	int error = disk_make_folders(folder, str_upto(path, str_rfind_char(path, '/')));
	if (!error)
		error = put_file(folder, path, default_text(d));
	if (error)
		return complain("cannot write", path, error, error == EEXIST ? "it is yours already; gen layout diff shows how it differs" : NULL);
	printf("%.*s is yours now\n", STR_ARG(path));
	return 0;
}

static size_t lines_of(Str s, Str *out)
{
	size_t n = 0;
	for (Str line; str_line(&s, &line); n++)
		if (out)
			out[n] = line;
	return n;
}

/* Line by line through the longest common subsequence: layouts are short. */
static void put_diff(Buf *b, Str *x, size_t nx, Str *y, size_t ny, Arena *a)
{
	uint32_t *lcs = NEW_N(a, uint32_t, (nx + 1) * (ny + 1));
#define LCS(i, j) lcs[(i) * (ny + 1) + (j)]
	for (size_t i = nx; i-- > 0;)
		for (size_t j = ny; j-- > 0;)
			LCS(i, j) = str_eq(x[i], y[j]) ? LCS(i + 1, j + 1) + 1 : LCS(i + 1, j) > LCS(i, j + 1) ? LCS(i + 1, j) : LCS(i, j + 1);
	for (size_t i = 0, j = 0; i < nx || j < ny;) {
		if (i < nx && j < ny && str_eq(x[i], y[j]))
			i++, j++;
		else if (i < nx && (j == ny || LCS(i + 1, j) >= LCS(i, j + 1)))
			buf_printf(b, "-%.*s\n", STR_ARG(x[i])), i++;
		else
			buf_printf(b, "+%.*s\n", STR_ARG(y[j])), j++;
	}
#undef LCS
}

static int layout_diff(Archive *a, Str name)
{
	Str own_text;
	bool own = false;
	Buf b = {0};
	const Default *d = layout_default(name, &a->arena);
	if (!d)
		return 2;
	int error = source_layout(a->source, d->name, &a->arena, &own_text, &own);
	if (error)
		return complain("cannot read", d->name, error, NULL);
	if (!own)
		return printf("%.*s is the default\n", STR_ARG(d->name)) < 0 ? 3 : 0;
	size_t nx = lines_of(default_text(d), NULL), ny = lines_of(own_text, NULL);
	Str *x = NEW_N(&a->arena, Str, nx), *y = NEW_N(&a->arena, Str, ny);
	lines_of(default_text(d), x);
	lines_of(own_text, y);
	buf_printf(&b, "--- default %.*s\n+++ layouts/%.*s\n", STR_ARG(d->name), STR_ARG(d->name));
	put_diff(&b, x, nx, y, ny, &a->arena);
	return report_print(&b, 0);
}

int archive_layout(const Options *o)
{
	Archive a;
	int status = archive_look(&a, o);
	if (status)
		return status;
	status = 2;
	if (o->words_n == 1 && str_eq(o->words[0], S("list")))
		status = layout_list(&a);
	else if (o->words_n == 2 && str_eq(o->words[0], S("copy")))
		status = layout_copy(&a, o->words[1]);
	else if (o->words_n == 2 && str_eq(o->words[0], S("diff")))
		status = layout_diff(&a, o->words[1]);
	else
		fprintf(stderr, "gen: layout takes list, copy NAME or diff NAME\n");
	archive_close(&a);
	return status;
}
