// SPDX-License-Identifier: GPL-3.0-or-later
// get: what there is of any kind that the server serves, found by discovery; in the server's own columns, or in those that are asked for.
// Of Secrets no values, as everywhere.
#include "app/cli/command.h"
#include "kube/discovery.h"
#include "kube/json_path.h"
#include "kube/listing.h"
#include "kube/table.h"

#include <QJsonDocument>
#include <QJsonObject>

using namespace Qt::StringLiterals;

namespace app::cli {

namespace {

constexpr int PageSize = 500;

struct Wanted
{
    kube::ResourceType type;
    QString nameSpace, name, selector; // "" all of them
    bool showsNamespace() const { return type.namespaced && nameSpace.isEmpty(); }
};

struct WantedColumn
{
    QString header;
    kube::JsonPath path;
};

// "PREFIX:.spec.prefix"
kube::Result<QList<WantedColumn>> wantedColumns(const QStringList &texts)
{
    QList<WantedColumn> columns;
    for (const QString &text : texts) {
        const qsizetype colon = text.indexOf(u':');
        if (colon <= 0)
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

kube::Result<kube::ResourceType> typeNamed(Session &session, kube::Client &client, const QString &name)
{
    const auto catalog = client.discovery().fetch(session.stop()).result();
    if (!catalog)
        return tl::unexpected(catalog.error());
    const kube::ApiResource *resource = catalog->find(name);
    if (resource)
        return resource->type;
    const QString unread = catalog->failures.isEmpty()
        ? QString()
        : QString(u"; not all could be asked: "_s + catalog->failures.join(u"; "_s));
    return kube::failure(
        kube::Error::Kind::NotFound,
        u"the API server serves no kind “%1”; write its plural, its kind or a short name, with .GROUP or .VERSION.GROUP where several have it%2"_s
            .arg(name, unread));
}

// As the server shows them: all pages of the list, or the one object.
kube::Result<kube::Table> readTable(Session &session, kube::Client &client, const Wanted &wanted)
{
    kube::Table all;
    QString next;
    do {
        QList<QPair<QString, QString>> query;
        if (wanted.name.isEmpty())
            query.append({u"limit"_s, QString::number(PageSize)});
        if (!wanted.selector.isEmpty())
            query.append({u"labelSelector"_s, wanted.selector});
        if (!next.isEmpty())
            query.append({u"continue"_s, next});
        const auto answer =
            client
                .getAs(kube::withQuery(wanted.type.path(wanted.nameSpace, wanted.name), query),
                       kube::acceptTable, {}, session.stop())
                .result();
        if (!answer)
            return tl::unexpected(answer.error());
        auto page = kube::readTable(wanted.type, answer->body);
        if (!page)
            return tl::unexpected(page.error());
        if (all.columns.isEmpty())
            all.columns = page->columns;
        all.rows += page->rows;
        next = page->continueToken;
    } while (!next.isEmpty());
    return all;
}

kube::Result<QList<kube::Object>> readObjects(Session &session, kube::Client &client, const Wanted &wanted)
{
    if (!wanted.name.isEmpty()) {
        auto one = client.get(wanted.type, wanted.nameSpace, wanted.name, session.stop()).result();
        if (!one)
            return tl::unexpected(one.error());
        return QList<kube::Object>{*one};
    }
    kube::ListOptions options;
    options.labelSelector = wanted.selector;
    const auto list = client.list(wanted.type, wanted.nameSpace, options, session.stop()).result();
    if (!list)
        return tl::unexpected(list.error());
    return list->items;
}

Table shown(const kube::Table &table, const Wanted &wanted, bool isWide)
{
    Table rows;
    if (wanted.showsNamespace())
        rows.header.append(u"NAMESPACE"_s);
    for (const kube::TableColumn &column : table.columns) {
        if (column.priority == 0 || isWide)
            rows.header.append(column.name.toUpper());
    }
    for (const kube::TableRow &source : table.rows) {
        QList<Cell> row;
        if (wanted.showsNamespace())
            row.append({source.object.nameSpace});
        for (qsizetype i = 0; i < table.columns.size(); ++i) {
            if (table.columns[i].priority == 0 || isWide)
                row.append({orDash(printable(source.cells.value(i)))});
        }
        rows.rows.append(row);
    }
    return rows;
}

Table shown(const QList<kube::Object> &objects, const QList<WantedColumn> &columns, const Wanted &wanted)
{
    Table rows;
    if (wanted.showsNamespace())
        rows.header.append(u"NAMESPACE"_s);
    rows.header.append(u"NAME"_s);
    for (const WantedColumn &column : columns)
        rows.header.append(column.header);
    for (const kube::Object &object : objects) {
        QList<Cell> row;
        if (wanted.showsNamespace())
            row.append({object.nameSpace});
        row.append({object.name});
        const QJsonValue root = QJsonDocument::fromJson(object.json).object();
        for (const WantedColumn &column : columns)
            row.append({orDash(printable(column.path.text(root)))});
        rows.rows.append(row);
    }
    return rows;
}

int show(const Output &output, const kube::Result<Table> &table)
{
    if (!table)
        return output.fail(table.error().message);
    if (table->rows.isEmpty())
        output.note(u"none found"_s);
    else
        output.table(*table);
    return AllWell;
}

int showDocument(const Output &output, const kube::Result<QList<kube::Object>> &objects)
{
    if (!objects)
        return output.fail(objects.error().message);
    edge::Value items = edge::Value::array();
    for (const kube::Object &object : *objects) {
        if (auto item = edge::parseJson(object.json.toStdString()))
            items.push(std::move(*item));
    }
    output.document("ObjectList", edge::Value::object({{"items", std::move(items)}}));
    return AllWell;
}

} // namespace

int runGet(Invocation &invocation)
{
    const auto count = invocation.arguments.size();
    if (count < 1 || count > 2)
        return wrongUsage(invocation, u"get: a KIND is needed, and at most one NAME"_s);
    const auto columns = wantedColumns(invocation.parser.values(u"column"_s));
    if (!columns)
        return wrongUsage(invocation, u"get: "_s + columns.error().message);
    Session &session = invocation.session;
    const Output &output = invocation.output;
    const auto client = session.client();
    if (!client)
        return output.fail(client.error().message);
    const auto type = typeNamed(session, **client, invocation.arguments[0]);
    if (!type)
        return output.fail(type.error().message);
    Wanted wanted{*type, session.wantedNamespace(), invocation.arguments.value(1),
                  invocation.parser.value(u"selector"_s)};
    if (!type->namespaced)
        wanted.nameSpace.clear();
    else if (!wanted.name.isEmpty() && wanted.nameSpace.isEmpty())
        wanted.nameSpace = (*client)->transport().connection().nameSpace;
    if (output.format() != Format::Table)
        return showDocument(output, readObjects(session, **client, wanted));
    if (columns->isEmpty())
        return show(output, readTable(session, **client, wanted).map([&](const kube::Table &table) {
            return shown(table, wanted, invocation.parser.isSet(u"wide"_s));
        }));
    return show(output, readObjects(session, **client, wanted).map([&](const QList<kube::Object> &objects) {
        return shown(objects, *columns, wanted);
    }));
}

} // namespace app::cli
