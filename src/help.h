/* help: what gen says about itself, made from the tables. Who knows it: commands. What it knows: commands'
 * tables, record's and liquid's tables, the libraries' versions. */
#ifndef GEN_HELP_H
#define GEN_HELP_H

#include "options.h"

int help_run(const Options *o);    /* gen help [COMMAND] [--man TABLE] [--completion SHELL] */
int help_version(const Options *o);
int help_schema(const Options *o);

#endif
