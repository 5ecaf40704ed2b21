// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The values that a word being typed can become, for shell completion: contexts, namespaces, kinds, objects, finding codes and what
// options know.  Asks a cluster where only it knows, as kubectl's completion does; whatever fails offers nothing.
#include "app/cli/command.h"

namespace app::cli {

// words: all after the program's name, the last is the one being typed, maybe "".  `--context=de` may come as one word (fish) or as
// three (bash); then the values continue the last of them.  Only those that begin with what is typed.
QStringList completionValues(const QStringList &words);

} // namespace app::cli
