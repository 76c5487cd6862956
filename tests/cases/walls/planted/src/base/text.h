/* text: a card. */
#include "load/load.h"
