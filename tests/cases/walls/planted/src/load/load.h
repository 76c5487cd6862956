/* without a card */
#include "base/text.h"
#include "site.h"
#include "lib/git.h"
#include "lib/yaml.h"
#include <git2.h>
