/* editor: commands about versions: what there is, and which numbers are final. Who knows it: commands.
 * What it knows: build, history. */
#ifndef GEN_EDITOR_H
#define GEN_EDITOR_H

#include "options.h"

int editor_seal(const Options *o); /* gen seal */
int editor_log(const Options *o);  /* gen log BRIEF */

#endif
