// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Which signs of a text nobody sees, for what paints it: the rule by which YAML is written, too.  Pure.
#include "edge/text.h"

namespace models {

using edge::isHiddenSign;

} // namespace models
