/* parts: what the files of check/ share. Who knows it: check. */
#ifndef GEN_CHECK_PARTS_H
#define GEN_CHECK_PARTS_H

#include "build.h"
#include "check/check.h"

/* An archive opened and a generation of it, drafts included; false after messages. */
typedef struct Desk {
	Options options;
	Archive archive;
	Site *site;
} Desk;
bool desk_open(Desk *d, const Options *o);
void desk_close(Desk *d);
/* The brief that a word names: slug, path, or address; NULL after a message. */
const Brief *desk_brief(Desk *d, Str word);

#endif
