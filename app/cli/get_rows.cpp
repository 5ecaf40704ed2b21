// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/get_rows.h"

#include "app/cli/kind_names.h"

#include <QJsonDocument>
#include <QJsonObject>

using namespace Qt::StringLiterals;

namespace app::cli {

kube::Result<QList<GetColumn>> getColumns(const QStringList &texts)
{
    QList<GetColumn> columns;
    for (const QString &text : texts) {
        // The first one: what stands behind it may have more, in a filter's quoted words; a path alone is no header.
        const qsizetype colon = text.indexOf(u':');
        if (colon <= 0 || QStringView(u".{[$@").contains(text[0]))
            return kube::failure(kube::Error::Kind::Config,
                                 u"--column '%1' is no HEADER:PATH, such as PREFIX:.spec.prefix"_s.arg(text));
        const auto path = kube::JsonPath::compile(text.sliced(colon + 1));
        if (!path)
            return kube::failure(kube::Error::Kind::Config,
                                 u"--column '%1': %2"_s.arg(text, path.error().message));
        columns.append({text.first(colon), *path});
    }
    return columns;
}

GetRows::GetRows(bool showsNamespace, QList<GetColumn> own, bool isWide)
    : m_showsNamespace(showsNamespace)
    , m_own(std::move(own))
    , m_isWide(isWide)
{
}

QStringList GetRows::header() const
{
    if (areNames())
        return {};
    QStringList names;
    if (m_showsNamespace)
        names.append(u"NAMESPACE"_s);
    if (!areServers())
        names.append(u"NAME"_s);
    for (const GetColumn &column : m_own)
        names.append(column.header);
    for (const kube::TableColumn &column : areServers() ? m_columns : QList<kube::TableColumn>()) {
        if (isShown(column))
            names.append(column.name.toUpper());
    }
    return names;
}

kube::Result<QList<Cell>> GetRows::row(const kube::Object &object) const
{
    if (areNames())
        return QList<Cell>{{shortName(*m_namesOf, object.name)}};
    QList<Cell> cells;
    if (m_showsNamespace)
        cells.append({object.nameSpace});
    if (areServers()) {
        for (qsizetype i = 0; i < m_columns.size(); ++i) {
            const QString prefix = m_columns[i].name == "Name"_L1 ? m_prefix : QString();
            if (isShown(m_columns[i]))
                cells.append({prefix + orDash(printable(object.cells.value(i)))});
        }
        return cells;
    }
    cells.append({m_prefix + object.name});
    const QJsonValue root = QJsonDocument::fromJson(object.json).object();
    for (const GetColumn &column : m_own) {
        const auto text = column.path.joined(root);
        if (!text)
            return kube::failure(text.error().kind,
                                 u"--column %1 of %2: %3"_s.arg(column.header, printable(object.name),
                                                                printable(text.error().message)));
        cells.append({orDash(printable(*text))});
    }
    return cells;
}

} // namespace app::cli
