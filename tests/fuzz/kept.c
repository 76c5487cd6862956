/* Any bytes as a kept index whose fingerprints were forged, as a repository that carries a .gen/ could have it: refused, or
 * read, and then whatever it says is made into versions, in an empty repository. What is read is in bounds. */
#include "history/tracks.h"

#include <stdio.h>
#include <stdlib.h>

static const char site[] = "url: https://example.org/\ncollections: {briefs: {former_paths: [old]}}\nhistory: {incomplete: allow, subjects: true, contributors: true}\n";
static HistoryInput in;
static Settings settings;
static Arena kept;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	char folder[] = "/tmp/gen-fuzz-kept.XXXXXX", command[300];
	Diags d = {0};
	(void)argc, (void)argv;
	if (!mkdtemp(folder) || !settings_parse(S("site.yaml"), str_of(site), &kept, &d, &settings))
		abort();
	snprintf(command, sizeof command,
	         "cd %s && export HOME=/nonexistent && git init -q && git -c user.name=A -c user.email=a@example.org commit -q --allow-empty -m x", folder);
	if (system(command) || repo_open(folder, &kept, &in.repo).fault)
		abort();
	snprintf(command, sizeof command, "rm -rf %s", folder);
	if (d.n)
		abort();
	in.settings = &settings;
	in.now = 1767225600;
	return system(command);
}

static void check(const Line *line, const Faces *faces)
{
	for (size_t i = 0; i < line->events_n; i++)
		if (line->events[i].commit >= line->commits_n || line->events[i].path >= line->paths_n)
			abort();
	for (size_t i = 0; i < line->notes_n; i++)
		if (line->notes[i].commit >= line->commits_n || line->notes[i].type >= CHANGE_N)
			abort();
	if (faces->n != line->events_n || line->merged.n > line->merged_cap)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	Arena a = {0};
	Diags d = {0};
	Line line = {.arena = &a};
	Faces faces = {0};
	Tracks tracks = {.arena = &a};
	History h = {0};
	Buf out = {0};
	if (kept_parse(str_n((const char *)data, size), &settings, &line, &faces)) {
		check(&line, &faces);
		tracks_make(&tracks, &line, &faces, &in, &d);
		numbers_make(&h, &tracks, &line, &in, &d);
		history_dump(&h, &out);
		ledger_write(&h, &out);
		tracks_release(&tracks);
		arena_release(&h.arena);
	}
	faces_release(&faces);
	line_release(&line);
	diags_release(&d);
	buf_release(&out);
	arena_release(&a);
	return 0;
}
