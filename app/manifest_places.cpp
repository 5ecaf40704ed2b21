// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/manifest_places.h"

#include "app/standard_input.h"

#include <QDirIterator>
#include <QFile>
#include <QFileInfo>

#include <cstdio>

using namespace Qt::StringLiterals;

namespace app {

edge::Result<QByteArray> readManifestFile(const QString &path, const std::stop_token &stop)
{
    if (path == "-"_L1)
        return allOfStandardInput(stop);
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return edge::failure(
            edge::Error::Kind::Config,
            (u"%1 cannot be read: %2; give -f the path of a file or folder, or - for standard input"_s.arg(
                 path, file.errorString()))
                .toStdString());
    return file.readAll();
}

QStringList manifestFilesAt(const QString &path)
{
    if (!QFileInfo(path).isDir())
        return {path};
    QStringList files;
    QDirIterator walk(path, {u"*.yaml"_s, u"*.yml"_s, u"*.json"_s}, QDir::Files | QDir::System,
                      QDirIterator::Subdirectories);
    while (walk.hasNext()) {
        walk.next();
        const QFileInfo file = walk.fileInfo();
        if (file.isFile()
            || (file.isSymLink() && !file.exists())) // which leads nowhere: that it cannot be read is said
            files.append(walk.filePath());
    }
    files.sort();
    return files;
}

} // namespace app
