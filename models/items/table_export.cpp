// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/table_export.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRegularExpression>

using namespace Qt::StringLiterals;

namespace models {

namespace {

QString csvCell(QString text)
{
    static const QRegularExpression special(u"[\",\r\n]"_s);
    if (!text.contains(special))
        return text;
    return u'"' + text.replace(u'"', u"\"\""_s) + u'"';
}

QString markdownCell(QString text)
{
    return text.replace(u'\\', u"\\\\"_s).replace(u'|', u"\\|"_s).replace(u'\n', u' ');
}

QString shellWord(const QString &text)
{
    static const QRegularExpression plain(u"^[\\w@%+=:,./-]+$"_s);
    if (plain.match(text).hasMatch())
        return text;
    return u'\'' + QString(text).replace(u'\'', u"'\\''"_s) + u'\'';
}

// Names that two API groups have (Hosts of getambassador.io, say) are only safe with their group.
QString resourceOf(const QString &kind)
{
    static const QHash<QString, QString> groups{
        {u"Mapping"_s, u"getambassador.io"_s},    {u"TCPMapping"_s, u"getambassador.io"_s},
        {u"Host"_s, u"getambassador.io"_s},       {u"Listener"_s, u"getambassador.io"_s},
        {u"TLSContext"_s, u"getambassador.io"_s}, {u"PeerAuthentication"_s, u"security.istio.io"_s}};
    const QString group = groups.value(kind);
    const QString lower = kind.toLower();
    return group.isEmpty() ? lower : u"%1s.%2"_s.arg(lower, group);
}

QJsonValue jsonCell(const QString &text, CellStyle style)
{
    bool isNumber = false;
    const qint64 number = text.toLongLong(&isNumber);
    return style == CellStyle::Number && isNumber ? QJsonValue(number) : QJsonValue(text);
}

QByteArray asJson(const QAbstractItemModel &rows, const QList<int> &rowNumbers,
                  const QList<TableModelBase::ColumnLayout> &layout, const QList<int> &columns)
{
    QJsonArray list;
    for (const int row : rowNumbers) {
        QJsonObject object;
        for (const int column : columns)
            object.insert(layout[column].id,
                          jsonCell(rows.index(row, column).data().toString(), layout[column].style));
        list.append(object);
    }
    return QJsonDocument(list).toJson();
}

} // namespace

QByteArray exportRows(const QAbstractItemModel &rows, const QList<int> &rowNumbers,
                      const QList<TableModelBase::ColumnLayout> &layout, const QList<int> &columns,
                      ExportFormat format)
{
    if (format == ExportFormat::Json)
        return asJson(rows, rowNumbers, layout, columns);
    const bool csv = format == ExportFormat::Csv;
    const auto line = [csv](const QStringList &cells) -> QString {
        if (csv)
            return cells.join(u',') + u"\r\n"_s;
        return u"| "_s + cells.join(u" | "_s) + u" |\n"_s;
    };
    QStringList cells;
    for (const int column : columns)
        cells.append(csv ? csvCell(layout[column].title) : markdownCell(layout[column].title));
    QString text = line(cells);
    if (!csv)
        text += line(QStringList(columns.size(), u"---"_s));
    for (const int row : rowNumbers) {
        cells.clear();
        for (const int column : columns) {
            const QString cell = rows.index(row, column).data().toString();
            cells.append(csv ? csvCell(cell) : markdownCell(cell));
        }
        text += line(cells);
    }
    return text.toUtf8();
}

QString suffixOf(ExportFormat format)
{
    switch (format) {
    case ExportFormat::Json: return u"json"_s;
    case ExportFormat::Markdown: return u"md"_s;
    case ExportFormat::Csv: break;
    }
    return u"csv"_s;
}

QString kubectlCommand(const ObjectRef &object, const QString &context, const QString &kubeconfig)
{
    QStringList words{u"kubectl"_s};
    if (!kubeconfig.isEmpty())
        words += {u"--kubeconfig"_s, shellWord(kubeconfig)};
    if (!context.isEmpty())
        words += {u"--context"_s, shellWord(context)};
    if (!object.nameSpace.isEmpty())
        words += {u"-n"_s, shellWord(object.nameSpace)};
    words += {u"get"_s, resourceOf(object.kind), shellWord(object.name), u"-o"_s, u"yaml"_s};
    return words.join(u' ');
}

} // namespace models
