// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What -f names: a file, a folder with its subfolders, or - for standard input.
#include "edge/result.h"

#include <QByteArray>
#include <QStringList>

namespace app {

QStringList manifestFilesAt(const QString &path); // of a folder its *.yaml, *.yml and *.json, sorted
edge::Result<QByteArray> readManifestFile(const QString &path);

} // namespace app
