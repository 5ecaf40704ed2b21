// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Colours and measures of design look.md: the one place where they are numbers.
namespace ui {
}
