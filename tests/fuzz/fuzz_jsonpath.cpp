// SPDX-License-Identifier: GPL-3.0-or-later
// A line with any text as a JSONPath, and a JSON document behind it: the path is refused with its place, or leads to
// values of the document.
#include "kube/json_path.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const unsigned char *data, std::size_t size)
{
    const QByteArray text(reinterpret_cast<const char *>(data), qsizetype(size));
    const qsizetype cut = std::max<qsizetype>(text.indexOf('\n'), 0);
    const auto path = kube::JsonPath::compile(QString::fromUtf8(text.first(cut)));
    if (!path) {
        if (path.error().message.isEmpty())
            std::abort();
        return 0;
    }
    const QJsonDocument document = QJsonDocument::fromJson(text.mid(cut + 1));
    const QJsonValue root = document.isArray() ? QJsonValue(document.array()) : QJsonValue(document.object());
    const QList<QJsonValue> found = path->evaluate(root);
    if (found.isEmpty() != path->text(root).isNull() && found.isEmpty())
        std::abort();
    return 0;
}
