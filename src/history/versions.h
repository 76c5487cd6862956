/* versions: what history found, as data: every published state of every brief, the addresses that moved, and what is gone.
 * Who knows it: site.h, and through it every later stage. What it knows: lib/git (ids), lib/hash, record (types of change).
 *
 * Ownership in one sentence: everything lives in the History's own arena, which outlives edits in the preview and is
 * replaced as a whole when the commit being built changes. */
#ifndef GEN_HISTORY_VERSIONS_H
#define GEN_HISTORY_VERSIONS_H

#include "base/date.h"
#include "base/table.h"
#include "lib/git.h"
#include "record/record.h"

typedef struct VersionFile { /* an attachment as it stood */
	Str path; /* from the archive's root */
	Oid blob;
} VersionFile;

typedef enum SignatureState {
	SIGNATURE_NOT_CHECKED, /* none, not SSH's, or by a key that .allowed_signers does not list */
	SIGNATURE_GOOD,
	SIGNATURE_BAD
} SignatureState;

typedef struct Version {
	uint32_t number;     /* from 1 */
	Str path;            /* from the archive's root, when it was first published in this state */
	Oid blob, commit;    /* commit all zero: off the line, known from the ledger only */
	Date date;           /* never before the version before */
	ChangeType type;     /* CHANGE_UNMARKED: "edited", of the first: "published" */
	Str note;            /* UTF-8, one line; may be empty */
	Str subject;         /* of the commit, only under history.subjects and where it may be shown */
	Str title;           /* of its time */
	Str author;          /* of the commit, by .mailmap; only under history.contributors */
	SignatureKind signature; /* of the commit */
	SignatureState signature_state;
	Str signer;          /* SIGNATURE_GOOD: the principal of .allowed_signers */
	const VersionFile *files; /* attachments, by path */
	uint32_t files_n;
	bool from_ledger;    /* final: the ledger lists it */
	const Suppression *suppressed; /* NULL: shown */
} Version;

/* An address that the brief had while published, and has no longer. */
typedef struct FormerAddress {
	Str address;
	uint32_t versions;   /* v1 to this one stood below it */
} FormerAddress;

typedef enum BriefState { /* at the commit being built */
	BRIEF_PUBLISHED,
	BRIEF_WAITING,       /* its date is not reached */
	BRIEF_DRAFT,
	BRIEF_BROKEN,        /* does not parse: the newest version is the last good state */
	BRIEF_REMOVED
} BriefState;

typedef struct BriefHistory {
	Str path;            /* at the commit being built; empty: removed */
	Str address;         /* "/briefs/x/", of the last published state, by today's permalink; without the base path */
	Str id;              /* from front matter; may be empty */
	uint32_t collection; /* its number in the settings */
	Oid blob;            /* of path at the commit; a file that is not this blob is a working copy */
	BriefState state;
	Date waits_until;    /* BRIEF_WAITING */
	Version *versions;   /* oldest first; none: never published, and nothing of it may be shown */
	uint32_t versions_n;
	uint32_t updated;    /* index of the newest version that is not minor */
	FormerAddress *formers; /* sorted; without those at which something else stands today */
	uint32_t formers_n;
	Date removed;        /* BRIEF_REMOVED: when, and why where a reason was given */
	ChangeType removal;
	Str removal_note;
	bool displaced;      /* another brief stands at its address: no tombstone */
	const Suppression *suppressed; /* the whole brief */
} BriefHistory;

typedef struct History {
	Arena arena;
	Oid commit;
	BriefHistory *briefs; /* by address, then by path */
	size_t briefs_n;
	Table by_path;       /* today's path -> BriefHistory */
	Table by_address;    /* today's and former addresses -> BriefHistory */
	Table by_id;
	Table hidden;        /* paths, slugs, ids, titles and addresses that briefs had only while nobody was to see them */
	bool incomplete;     /* the line is cut off or has holes: pages say so */
	size_t commits;      /* of the line */
	size_t commits_read; /* of them, not known from the kept index */
	size_t waiting;      /* briefs whose date is not reached */
	Date waits_until;    /* the nearest of those dates */
} History;

/* "published" and "edited" for the unmarked; else the name in `changes`. */
Str version_type(const Version *v);
/* A file on disk is clean when it is its blob, or is after CR LF became LF. */
bool file_is_blob(Str disk, const Oid *blob);
static inline bool version_is_minor(const Version *v) { return v->type == CHANGE_MINOR; }

#endif
