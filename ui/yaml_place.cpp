// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/yaml_place.h"

using namespace Qt::StringLiterals;

namespace ui {

namespace {

bool isKey(QStringView line, const QString &key)
{
    for (const QString &form : {key, QString(u'"' + key + u'"'), QString(u'\'' + key + u'\'')}) {
        if (line.startsWith(form) && line.sliced(form.size()).trimmed().startsWith(u':'))
            return true;
    }
    return false;
}

qsizetype indentOf(QStringView line)
{
    qsizetype indent = 0;
    while (indent < line.size() && line[indent] == u' ')
        ++indent;
    return indent;
}

} // namespace

int lineOfField(const QString &yaml, const QStringList &keys)
{
    const QStringList lines = yaml.split(u'\n');
    int found = -1;
    qsizetype outer = -1, inner = -1; // of what is around it, and of its members once one was seen
    qsizetype depth = 0;
    for (int i = 0; i < lines.size() && depth < keys.size(); ++i) {
        const QStringView line = QStringView(lines[i]).trimmed();
        if (line.isEmpty() || line.startsWith(u'#') || line.startsWith("---"_L1))
            continue;
        const qsizetype indent = indentOf(lines[i]);
        if (indent <= outer)
            break; // its block is over
        inner = inner < 0 ? indent : inner;
        if (indent != inner || !isKey(line, keys[depth]))
            continue;
        found = i;
        outer = indent;
        inner = -1;
        ++depth;
    }
    return found;
}

} // namespace ui
