/* serve: the preview. Who knows it: commands. What it knows: build, site, graph and render through build.h, lib
 * (http, watch). */
#ifndef GEN_SERVE_SERVE_H
#define GEN_SERVE_SERVE_H

#include "options.h"

int serve_run(const Options *o); /* gen serve; the exit status */

#endif
