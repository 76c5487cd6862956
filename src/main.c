#include "commands.h"

#include <fcntl.h>
#include <unistd.h>

/* A standard descriptor that the caller closed would be the number of the next file that is opened, and what is
 * printed would go into it. */
static void open_standard(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) != fd)
			_exit(3);
}

int main(int argc, char **argv)
{
	open_standard();
	return commands_main(argc, argv);
}
