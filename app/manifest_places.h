// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What -f names: a file, a folder with its subfolders, or - for standard input.
#include "edge/result.h"

#include <QByteArray>
#include <QStringList>

#include <stop_token>

namespace app {

QStringList manifestFilesAt(const QString &path); // of a folder its *.yaml, *.yml and *.json, sorted
edge::Result<QByteArray> readManifestFile(const QString &path,
                                          const std::stop_token &stop); // stops standard_input.h's way

} // namespace app
