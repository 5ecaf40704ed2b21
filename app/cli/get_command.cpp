// SPDX-License-Identifier: GPL-3.0-or-later
// get: what there is of any kind that the server serves, found by discovery; in the server's own columns, or in those that are asked for.
// Of Secrets no values, as everywhere.
#include "app/cli/command.h"
#include "app/cli/get_rows.h"
#include "app/cli/get_watch.h"
#include "kube/discovery.h"
#include "kube/listing.h"

using namespace Qt::StringLiterals;

namespace app::cli {

namespace {

constexpr int PageSize = 500;

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
kube::Result<kube::Table> readTable(Session &session, kube::Client &client, const GetWanted &wanted)
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

kube::Result<QList<kube::Object>> readObjects(Session &session, kube::Client &client, const GetWanted &wanted)
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

Table shown(const QList<kube::Object> &objects, const GetRows &rows)
{
    Table table;
    table.header = rows.header();
    for (const kube::Object &object : objects)
        table.rows.append(rows.row(object));
    return table;
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

// One that is named must be there, as with kubectl.
int watch(Invocation &invocation, kube::Client &client, const GetWanted &wanted, const GetRows &rows)
{
    if (!wanted.name.isEmpty()) {
        const auto one =
            client.get(wanted.type, wanted.nameSpace, wanted.name, invocation.session.stop()).result();
        if (!one)
            return invocation.output.fail(one.error().message);
    }
    return watchKind(invocation, client, wanted, rows);
}

} // namespace

int runGet(Invocation &invocation)
{
    const auto count = invocation.arguments.size();
    if (count < 1 || count > 2)
        return wrongUsage(invocation, u"get: a KIND is needed, and at most one NAME"_s);
    const auto columns = getColumns(invocation.parser.values(u"column"_s));
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
    GetWanted wanted{*type, session.wantedNamespace(), invocation.arguments.value(1),
                     invocation.parser.value(u"selector"_s)};
    if (!type->namespaced)
        wanted.nameSpace.clear();
    else if (!wanted.name.isEmpty() && wanted.nameSpace.isEmpty())
        wanted.nameSpace = (*client)->transport().connection().nameSpace;
    GetRows rows(wanted.showsNamespace(), *columns, invocation.parser.isSet(u"wide"_s));
    if (invocation.parser.isSet(u"watch"_s))
        return watch(invocation, **client, wanted, rows);
    if (output.format() != Format::Table)
        return showDocument(output, readObjects(session, **client, wanted));
    if (rows.areServers())
        return show(output, readTable(session, **client, wanted).map([&](const kube::Table &table) {
            rows.setColumns(table.columns);
            return shown(kube::pageOf(table).items, rows);
        }));
    return show(output, readObjects(session, **client, wanted).map([&](const QList<kube::Object> &objects) {
        return shown(objects, rows);
    }));
}

} // namespace app::cli
