/* proof: one brief as one file, to be sent to its authors and reviewers. Who knows it: commands.
 * What it knows: build, graph, render, overview, lib (hash). */
#ifndef GEN_SERVE_PROOF_H
#define GEN_SERVE_PROOF_H

#include "options.h"

int proof_run(const Options *o); /* gen proof; the exit status */

#endif
