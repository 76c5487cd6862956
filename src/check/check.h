/* check: the editor's commands about versions: what is unmarked, how a brief differs, marking a
 * change. They stand on build. Who knows it: commands. What it knows: build, site, render, doc. */
#ifndef GEN_CHECK_CHECK_H
#define GEN_CHECK_CHECK_H

#include "options.h"

int check_run(const Options *o);  /* gen check: every fault, and each change of text that says no reason */
int check_diff(const Options *o); /* gen diff BRIEF [A [B]] */
int revise_run(const Options *o); /* gen revise BRIEF --type TYPE --note TEXT */

#endif
