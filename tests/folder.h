/* folder: a temporary folder of a test program's own, and scripts in it. Who knows it: the unit tests that need a
 * repository. Include it behind <cmocka.h>. */
#ifndef GEN_TESTS_FOLDER_H
#define GEN_TESTS_FOLDER_H

#include "base/buf.h"

#include <stdlib.h>

static char folder[] = "/tmp/gen-unit-XXXXXX";

/* Runs a script in the folder; what it prints goes to the file log there. A script that fails fails the test. */
static void sh(const char *script)
{
	Buf b = {0};
	buf_printf(&b, "cd %s && export GIT_CONFIG_GLOBAL=/dev/null GIT_AUTHOR_NAME=A GIT_AUTHOR_EMAIL=a@x GIT_COMMITTER_NAME=C GIT_COMMITTER_EMAIL=c@x "
		"GIT_AUTHOR_DATE='1700000000 +0900' GIT_COMMITTER_DATE='1700000100 -0530' && { %s\n} >log 2>&1", folder, script);
	buf_putc(&b, 0);
	if (system(b.p))
		fail_msg("%s", script);
	buf_release(&b);
}

static int folder_make(void **state)
{
	(void)state;
	setenv("GIT_CONFIG_GLOBAL", "/dev/null", 1);
	return mkdtemp(folder) ? 0 : -1;
}

static int folder_remove(void **state)
{
	(void)state;
	sh("rm -rf \"$PWD\"");
	return 0;
}

#endif
