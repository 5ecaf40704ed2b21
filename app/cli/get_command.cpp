// SPDX-License-Identifier: GPL-3.0-or-later
// get: what there is of any kind that the server serves, found by discovery; in the server's own columns, or in those that are asked for.
// Of Secrets no values, as everywhere.
#include "app/cli/command.h"
#include "app/cli/get_rows.h"
#include "app/cli/get_watch.h"
#include "app/cli/kind_names.h"
#include "app/cli/whereabouts.h"
#include "kube/access.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace app::cli {

namespace {

// As the server shows them: the list, or the one object.
kube::Result<kube::ObjectList> readTable(Session &session, kube::Client &client, const GetWanted &wanted)
{
    if (wanted.name.isEmpty()) {
        kube::ListOptions options;
        options.labelSelector = wanted.selector;
        options.asTable = true;
        return client.list(wanted.type, wanted.nameSpace, options, session.stop()).result();
    }
    const auto answer =
        client.getAs(wanted.type.path(wanted.nameSpace, wanted.name), kube::acceptTable, {}, session.stop())
            .result();
    if (!answer)
        return tl::unexpected(answer.error());
    return kube::readTableOrObjects(wanted.type, answer->body, QDateTime::currentDateTimeUtc())
        .map([](const kube::Table &table) {
            return kube::ObjectList{kube::pageOf(table).items, table.resourceVersion, table.columns};
        });
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

// All objects of one kind that are asked for.
struct Group
{
    GetWanted wanted; // but for its name
    QStringList names;
    GetRows rows;
};

QString withHint(const QString &message, const GetWanted &wanted)
{
    return message + u"; or name a namespace by -n, if you may list %1 in one"_s.arg(wanted.type.plural);
}

void narrow(const Invocation &invocation, Group &group, const QString &nameSpace)
{
    group.wanted.nameSpace = nameSpace;
    group.rows.hideNamespace();
    invocation.output.note(
        u"note: only namespace %1 was looked at: this account may not list %2 in all namespaces"_s.arg(
            nameSpace, group.wanted.type.plural));
}

// Whoever may not list a kind everywhere sees it in his own namespace, unless he asked for all.
template<typename Read>
auto readWhereAllowed(const Invocation &invocation, kube::Client &client, Group &group, const Read &read)
{
    auto all = read(group.wanted);
    if (all || all.error().kind != kube::Error::Kind::Forbidden || !group.wanted.showsNamespace())
        return all;
    GetWanted own = group.wanted;
    own.nameSpace = client.transport().connection().nameSpace;
    auto narrowed = invocation.session.options().allNamespaces ? all : read(own);
    if (narrowed)
        narrow(invocation, group, own.nameSpace);
    else
        narrowed = kube::failure(all.error().kind, withHint(all.error().message, own));
    return narrowed;
}

kube::Error whyMissing(const Invocation &invocation, kube::Client &client, const GetWanted &wanted,
                       const kube::Error &error)
{
    return withWhereabouts(invocation.session, client, {wanted.type, wanted.nameSpace, wanted.name}, error);
}

// As kubectl says that there are none, and where it has looked.
void noteNone(const Invocation &invocation, kube::Client &client, const QList<Group> &groups)
{
    QStringList plurals;
    for (const Group &group : groups)
        plurals.append(group.wanted.type.plural);
    const GetWanted &wanted = groups.first().wanted;
    const QString labels = wanted.selector.isEmpty() ? QString() : u" with labels "_s + wanted.selector;
    invocation.output.note(u"no %1%2 found%3"_s.arg(
        plurals.join(u", "_s), labels, searchedText(invocation.session, client, wanted.nameSpace)));
}

// The list, or each that is named; of those that are not there an error, and the others.
template<typename Read, typename Take>
int readGroup(const Invocation &invocation, kube::Client &client, Group &group, const Read &read,
              const Take &take)
{
    int code = AllWell;
    const auto one = [&](const QString &name) {
        group.wanted.name = name;
        auto answer = readWhereAllowed(invocation, client, group, read);
        if (answer)
            return take(*answer);
        const kube::Error error =
            name.isEmpty() ? answer.error() : whyMissing(invocation, client, group.wanted, answer.error());
        code = invocation.output.fail(error.message);
    };
    if (group.names.isEmpty())
        one({});
    for (const QString &name : group.names)
        one(name);
    return code;
}

int show(const Output &output, const GetRows &rows, const QList<kube::Object> &objects, bool &isFirst)
{
    if (objects.isEmpty())
        return AllWell;
    Table table{rows.header(), {}};
    for (const kube::Object &object : objects) {
        const auto row = rows.row(object);
        if (!row)
            return output.fail(row.error().message);
        table.rows.append(*row);
    }
    if (rows.areNames()) {
        for (const QList<Cell> &row : table.rows)
            output.line(row[0].text);
    } else {
        if (!isFirst)
            output.line({});
        output.table(table);
    }
    isFirst = false;
    return AllWell;
}

int showTables(const Invocation &invocation, kube::Client &client, QList<Group> &groups)
{
    Session &session = invocation.session;
    int code = AllWell;
    bool isFirst = true;
    for (Group &group : groups) {
        QList<kube::Object> objects;
        const auto readServers = [&](const GetWanted &wanted) { return readTable(session, client, wanted); };
        const auto readWhole = [&](const GetWanted &wanted) { return readObjects(session, client, wanted); };
        const int ended = group.rows.areServers()
            ? readGroup(invocation, client, group, readServers,
                        [&](const kube::ObjectList &list) {
                            group.rows.setColumns(list.columns);
                            objects += list.items;
                        })
            : readGroup(invocation, client, group, readWhole,
                        [&](const QList<kube::Object> &some) { objects += some; });
        code = std::max(code, ended);
        code = std::max(code, show(invocation.output, group.rows, objects, isFirst));
    }
    if (isFirst && code == AllWell)
        noteNone(invocation, client, groups);
    return code;
}

int showDocument(const Invocation &invocation, kube::Client &client, QList<Group> &groups)
{
    edge::Value items = edge::Value::array();
    int code = AllWell;
    const auto read = [&](const GetWanted &wanted) {
        return readObjects(invocation.session, client, wanted);
    };
    for (Group &group : groups)
        code = std::max(code,
                        readGroup(invocation, client, group, read, [&](const QList<kube::Object> &objects) {
                            for (const kube::Object &object : objects) {
                                if (auto item = edge::parseJson(object.json.toStdString()))
                                    items.push(std::move(*item));
                            }
                        }));
    if (code == AllWell || !items.items().empty())
        invocation.output.document("ObjectList", edge::Value::object({{"items", std::move(items)}}));
    return code;
}

// One that is named must be there, as with kubectl.
int watch(Invocation &invocation, kube::Client &client, QList<Group> &groups)
{
    Group &group = groups.first();
    if (groups.size() > 1 || group.names.size() > 1)
        return wrongUsage(invocation, u"get: --watch takes one KIND, and at most one NAME"_s);
    GetWanted &wanted = group.wanted;
    wanted.name = group.names.value(0);
    if (!wanted.name.isEmpty()) {
        const auto one =
            client.get(wanted.type, wanted.nameSpace, wanted.name, invocation.session.stop()).result();
        if (!one)
            return invocation.output.fail(whyMissing(invocation, client, wanted, one.error()).message);
    }
    if (wanted.showsNamespace() && !invocation.session.options().allNamespaces) {
        const auto verdict =
            client.access()
                .ask({u"list"_s, wanted.type.group, wanted.type.plural}, invocation.session.stop())
                .result();
        if (verdict && !verdict->isAllowed)
            narrow(invocation, group, client.transport().connection().nameSpace);
    }
    return watchKind(invocation, client, wanted, group.rows);
}

kube::Result<QList<Group>> groupsOf(Invocation &invocation, kube::Client &client,
                                    const QList<NamedTarget> &targets, const QList<GetColumn> &columns)
{
    Session &session = invocation.session;
    const QString format = invocation.parser.value(u"output"_s);
    const bool isWide = format == "wide"_L1 || invocation.parser.isSet(u"wide"_s);
    QList<Group> groups;
    for (const NamedTarget &target : targets) {
        const auto resources = resourcesNamed(session, client, target.kind);
        if (!resources)
            return tl::unexpected(resources.error());
        for (const kube::ApiResource &resource : *resources) {
            GetWanted wanted{resource.type,
                             session.wantedNamespace(),
                             {},
                             invocation.parser.value(u"selector"_s),
                             target.kind};
            if (!resource.type.namespaced)
                wanted.nameSpace.clear();
            else if (!target.names.isEmpty())
                wanted.nameSpace = session.nameSpaceOfOne(client);
            groups.append({wanted, target.names, GetRows(wanted.showsNamespace(), columns, isWide)});
        }
    }
    for (Group &group : groups) {
        if (format == "name"_L1)
            group.rows.showNamesOnly(group.wanted.type);
        else if (groups.size() > 1)
            group.rows.prefixNames(shortName(group.wanted.type, {}));
    }
    return groups;
}

} // namespace

int runGet(Invocation &invocation)
{
    const auto targets = readTargets(invocation.arguments);
    if (!targets)
        return wrongUsage(invocation, u"get: "_s + targets.error().message);
    const auto columns = getColumns(invocation.parser.values(u"column"_s));
    if (!columns)
        return wrongUsage(invocation, u"get: "_s + columns.error().message);
    const auto client = invocation.session.client();
    if (!client)
        return invocation.output.fail(client.error().message);
    auto groups = groupsOf(invocation, **client, *targets, *columns);
    if (!groups)
        return invocation.output.fail(groups.error().message);
    if (invocation.parser.isSet(u"watch"_s))
        return watch(invocation, **client, *groups);
    return invocation.output.format() == Format::Table ? showTables(invocation, **client, *groups)
                                                       : showDocument(invocation, **client, *groups);
}

} // namespace app::cli
