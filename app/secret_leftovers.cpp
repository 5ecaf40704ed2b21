// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/secret_leftovers.h"

#include "models/analysis/secret_values.h"
#include "models/resources/text.h"

#include <QVersionNumber>

using namespace Qt::StringLiterals;

namespace app {

namespace {

using edge::Value;

Value::Object unnamed(const Value &there, const Value &manifest)
{
    Value::Object nulls;
    for (const auto &[key, value] : there.members()) {
        if (!manifest.find(key))
            nulls.emplace_back(key, Value());
    }
    return nulls;
}

QString names(const Value::Object &members)
{
    QStringList names;
    for (const auto &[key, value] : members)
        names.append(u'`' + QString::fromStdString(key) + u'`');
    return names.join(u", "_s);
}

} // namespace

bool maySecretKeepLeftovers(const QStringList &managers, const QString &server)
{
    const QVersionNumber version =
        QVersionNumber::fromString(server.startsWith(u'v') ? server.mid(1) : server);
    const bool isOld =
        !version.isNull() && version < QVersionNumber(1, 16); // server-side apply from there on
    return isOld || managers.isEmpty() || managers.contains(u"kubectl-client-side-apply"_s);
}

QString secretLeftovers(const Value &manifest, const Value &there)
{
    const Value::Object data = unnamed(there["data"], models::withStringDataFolded(manifest)["data"]),
                        labels =
                            unnamed(there.at({"metadata", "labels"}), manifest.at({"metadata", "labels"}));
    QStringList what;
    Value patch = Value::object();
    if (!data.empty()) {
        what.append(u"data "_s + names(data));
        patch.set("data", Value::object(data));
    }
    if (!labels.empty()) {
        what.append(u"labels "_s + names(labels));
        patch.set("metadata", Value::object({{"labels", Value::object(labels)}}));
    }
    if (what.isEmpty())
        return {};
    const QString name = models::text(there.at({"metadata", "name"})),
                  nameSpace = models::text(there.at({"metadata", "namespace"}));
    return u"Secret %1/%2 has what the manifest does not name: %3. That stays, because this program keeps no "
           "record of what was applied to a Secret before, in which its values would stand. Take away what "
           "is "
           "not wanted: kubectl -n %1 patch secret %2 --type merge -p '%4'"_s.arg(
               nameSpace, name, what.join(u"; "_s), QString::fromStdString(edge::toJson(patch)));
}

} // namespace app
