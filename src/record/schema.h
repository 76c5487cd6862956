/* schema: both tables as JSON Schema (2020-12) for editors and web editors. Who knows it: commands.
 * What it knows: settings, record. */
#ifndef GEN_RECORD_SCHEMA_H
#define GEN_RECORD_SCHEMA_H

#include "record/record.h"

/* {"$defs": {"settings": ..., "frontMatter": ...}} with a trailing newline. */
void schema_write(Buf *b);

#endif
