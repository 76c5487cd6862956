/* line: the publishing line as read from the repository: its commits oldest first, what each did to files in the
 * collections' folders, and the notes in messages. Knows no front matter.
 * Who knows it: history's own files. What it knows: lib/git, record (settings, types of change). */
#ifndef GEN_HISTORY_LINE_H
#define GEN_HISTORY_LINE_H

#include "history/history.h"

#define NO_NUMBER UINT32_MAX

typedef struct LineCommit {
	Oid id;
	Date date;     /* the committer's, or the author's where the settings say so; may be unknown */
	Str subject;   /* only under history.subjects; empty for merges */
	Str author, author_mail; /* only under history.contributors */
	SignatureKind signature;
	SignatureState signature_state;
	Str signer;
	bool outside;  /* also touches files that no collection holds */
} LineCommit;

/* Change-Type and Change-Note of one message. */
typedef struct LineNote {
	uint32_t commit; /* of the line */
	ChangeType type;
	Str note;
	Str near;        /* a line that nearly is one of them, as written */
	Str hint;        /* what it should say */
	bool all;        /* the line's own message: for all it touches; else only for: */
	const uint32_t *paths;
	uint32_t paths_n;
} LineNote;

typedef struct LinePath {
	Str path;            /* from the archive's root */
	uint32_t collection; /* NO_NUMBER: in none */
	bool brief;          /* a Markdown file of a collection */
	bool former;         /* in a former path of it */
} LinePath;

/* After the commit the path has this blob, or is gone. */
typedef struct LineEvent {
	uint32_t commit, path;
	Oid blob;
	bool gone;
} LineEvent;

/* Ids with the number under which each was put. */
typedef struct OidSet {
	Oid *list;
	uint32_t *slots; /* number + 1; a power of two of them */
	size_t n, cap, slots_n;
} OidSet;
uint32_t oidset_find(const OidSet *s, const Oid *id); /* NO_NUMBER: absent */
uint32_t oidset_add(OidSet *s, const Oid *id);        /* its number, new or old */
void oidset_release(OidSet *s);

typedef struct Line {
	Arena *arena;
	LineCommit *commits;
	size_t commits_n, commits_cap;
	LinePath *paths;
	size_t paths_n, paths_cap;
	Table by_path;     /* -> number + 1, as a pointer */
	LineEvent *events; /* by commit, then in the order of the trees */
	size_t events_n, events_cap;
	LineNote *notes;   /* by commit */
	size_t notes_n, notes_cap;
	OidSet merged;     /* commits of merged branches that were looked at */
	uint32_t *merged_at; /* by number: the line's commit that brought it */
	size_t merged_cap;
	size_t kept;       /* commits known from the kept index */
	bool incomplete;
} Line;

/* Reads what line does not hold yet: in->commit down to the first commit that it has, or to the root. What it holds
 * above that commit is dropped. */
void line_read(Line *line, const HistoryInput *in, Diags *d);
void line_release(Line *line); /* what is not in its arena */

uint32_t line_path(Line *line, const Settings *s, Str path); /* its number; new ones are classified */
/* A path of a collection without the collection's own folder, today's or a former one. */
Str below_collection(Str path, const Collection *c);
uint32_t line_path_find(const Line *line, Str path);         /* NO_NUMBER: never seen */

/* The notes of one message; false: none and no near miss. */
bool note_read(Str message, Arena *a, LineNote *out);
ChangeType change_graver(ChangeType x, ChangeType y);
Str note_line(Str s, Arena *a);          /* one line of clean text */
Str notes_join(Str x, Str y, Arena *a);

/* Whether a commit's SSH signature holds, and by whom the archive's .allowed_signers says it is. */
SignatureState signature_check(Repo *repo, const Oid *commit, int64_t when, Str allowed, Arena *a, Str *signer);

/* ---- trees (trees.c): what changed between a tree and an older one, folder by folder */
enum { TREES_CHANGES_MAX = 1 << 20 }; /* in one step: a tree of trees of itself has any number */
typedef struct Trees Trees;
typedef struct TreesChange {
	Str path;          /* from the archive's root */
	const uint8_t *id; /* what the newer one has; NULL: gone in the newer one */
} TreesChange;
typedef void TreesSink(void *context, const TreesChange *change);

/* Folders of the archive to look into, without slashes at the ends. */
Trees *trees_new(Repo *repo, const Str *folders, size_t n);
void trees_free(Trees *t);
/* Starts at a tree; then each step goes to an older one, and the changes of the newer against it go to the sink.
 * older NULL: the empty tree. *outside: something differs beside the folders. */
void trees_start(Trees *t, const Oid *root);
RepoFault trees_step(Trees *t, const Oid *older, TreesSink *sink, void *context, bool *outside);

#endif
