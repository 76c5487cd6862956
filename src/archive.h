/* archive: the editor's commands that do not build: a new archive, a new brief, the list, the layouts.
 * Who knows it: commands. What it knows: build (to load), source, base/disk. */
#ifndef GEN_ARCHIVE_H
#define GEN_ARCHIVE_H

#include "options.h"

int archive_init(const Options *o);   /* gen init DIR */
int archive_new(const Options *o);    /* gen new "TITLE" */
int archive_list(const Options *o);   /* gen list [WORDS] */
int archive_layout(const Options *o); /* gen layout list|copy NAME|diff NAME */

#endif
