// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// JSON with one line for each member, as it came: in its own order, with its own numbers, escapes and repeated names.  Pure.
#include <QByteArray>

#include <optional>

namespace ui {

std::optional<QByteArray> indentedJson(const QByteArray &json); // absent: it is none

} // namespace ui
