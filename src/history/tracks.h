/* tracks: from files' events to briefs: what each front matter says (faces.c), which files are one brief through renames
 * and returns (tracks.c, similar.c), and which of its states are versions (numbers.c).
 * Who knows it: history's own files. What it knows: line. */
#ifndef GEN_HISTORY_TRACKS_H
#define GEN_HISTORY_TRACKS_H

#include "history/line.h"
#include "lib/hash.h"

/* ---- faces: of one front matter, what history needs */
typedef struct FaceChange {
	Date date;
	ChangeType type;
	Str note;
	uint32_t version; /* 0: not named */
} FaceChange;

typedef struct Face {
	bool readable;      /* else it was not published */
	bool draft;
	Date date;
	Str id, title;
	const Str *addresses; /* by today's permalink, then by the former ones */
	const Str *aliases;
	const Str *pdfs;      /* as written */
	const FaceChange *changes;
	uint32_t addresses_n, aliases_n, pdfs_n, changes_n;
	Hash sum;           /* of all fields but those whose change is minor */
} Face;

typedef struct Faces {
	const Face **of;    /* by event; NULL: not a brief's file, gone, or its blob is missing */
	Hash *body;         /* by event, CR LF as LF */
	size_t n;
	Arena *arenas;      /* one a worker */
	int arenas_n;
	size_t missing;     /* blobs that are not there */
	uint32_t missing_event; /* the first */
} Faces;

/* Reads the blobs of events from `known` on (those before have faces from the kept index). */
void faces_read(Faces *f, const Line *line, const HistoryInput *in, size_t known);
/* A value as bytes that only an equal one has. */
void put_value(Buf *b, Value v, int depth);
enum { VALUE_DEPTH = 64 };
Face face_read(Str path, Str text, const Collection *c, const Settings *s, Arena *a, Hash *body);
void faces_release(Faces *f);

/* ---- tracks: one brief's states, oldest first */
typedef struct State {
	uint32_t commit, path;
	bool present;
	Oid blob;
	const Face *face; /* NULL: not known */
	Hash body;
	const VersionFile *files;
	uint32_t files_n;
} State;

typedef struct Track {
	State *states;
	size_t n, cap;
	uint32_t path;    /* NO_NUMBER: gone */
	uint32_t touched; /* the newest commit that did anything to it */
	Str id;
} Track;

typedef struct Tracks {
	Arena *arena;
	Track *list;
	size_t n, cap;
	uint32_t *touches; /* by commit: how many briefs it touched */
} Tracks;

void tracks_make(Tracks *t, const Line *line, const Faces *faces, const HistoryInput *in, Diags *d);
void tracks_release(Tracks *t);

/* ---- pairs: a removal and an addition of one commit that are one file */
typedef struct PairSide {
	Str path;
	Oid blob;
	Str id;
	uint32_t other; /* NO_NUMBER: alone */
} PairSide;
/* Both sorted by path. Sets other on both sides: equal blobs, then at least 50 % similar, the best first. */
void pairs_find(Repo *repo, PairSide *gone, size_t gone_n, PairSide *come, size_t come_n);
/* At least 50 % of the larger blob stands in the other. */
bool blobs_similar(Repo *repo, const Oid *x, const Oid *y);

/* ---- numbers: tracks -> the History */
void numbers_make(History *h, const Tracks *t, const Line *line, const HistoryInput *in, Diags *d);

/* ---- ledger */
typedef struct LedgerRow {
	Str brief; /* address */
	uint32_t number;
	Oid blob;
	Date date;
	uint32_t line; /* in the file */
	bool used;
} LedgerRow;
/* Rows in the order of briefs and numbers; faults are diags. */
LedgerRow *ledger_read(Str file, Str text, DiagLevel level, Arena *a, size_t *n, Diags *d);

/* ---- the kept index */
/* Fills line and faces from the folder's file "history", if it is whole, ours, and of the same settings. False:
 * nothing was taken. */
bool kept_read(const HistoryInput *in, Line *line, Faces *faces);
bool kept_parse(Str body, const Settings *s, Line *line, Faces *faces); /* the same of the bytes between its fingerprints */
void kept_write(const HistoryInput *in, const Line *line, const Faces *faces);

#endif
