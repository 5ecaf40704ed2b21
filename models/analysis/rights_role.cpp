// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/rights_role.h"

#include <QMap>
#include <QRegularExpression>

using namespace Qt::StringLiterals;

namespace models {

namespace {

const QString RoleName = u"sallyport-actions"_s;

QString quoted(const QStringList &words)
{
    QStringList all;
    for (const QString &word : words)
        all.append(u'"' + word + u'"');
    return u'[' + all.join(u", "_s) + u']';
}

// Comments: who the account is, its reader knows better.
QString bindings(const QStringList &namespaces, bool isWide)
{
    QString text = u"# To bind it:\n"_s;
    for (const QString &name : namespaces)
        text += u"#   kubectl create rolebinding %1 --clusterrole=%1 --user=USER --namespace=%2\n"_s.arg(
            RoleName, name);
    if (isWide)
        text += u"#   kubectl create clusterrolebinding %1 --clusterrole=%1 --user=USER\n"_s.arg(RoleName);
    return text;
}

} // namespace

QString roleForRights(const QStringList &missing)
{
    static const QRegularExpression need(
        u"`([^`]+)` on `([^`.]+)(?:\\.([^`]+))?`(?: “[^”]*”)? in (?:`([^`]+)`|the whole cluster)"_s);
    QMap<QPair<QString, QString>, QStringList> verbsOf; // by group and resource
    QStringList namespaces;
    bool isWide = false;
    for (const QString &words : missing) {
        for (auto each = need.globalMatch(words); each.hasNext();) {
            const QRegularExpressionMatch match = each.next();
            QStringList &verbs = verbsOf[{match.captured(3), match.captured(2)}];
            for (const QString &verb : {u"get"_s, match.captured(1)}) {
                if (!verbs.contains(verb))
                    verbs.append(verb);
            }
            const QString nameSpace = match.captured(4);
            isWide = isWide || nameSpace.isEmpty();
            if (!nameSpace.isEmpty() && !namespaces.contains(nameSpace))
                namespaces.append(nameSpace);
        }
    }
    if (verbsOf.isEmpty())
        return {};
    QString yaml =
        u"apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: %1\nrules:\n"_s.arg(
            RoleName);
    for (auto rule = verbsOf.cbegin(); rule != verbsOf.cend(); ++rule)
        yaml += u"- apiGroups: [\"%1\"]\n  resources: [\"%2\"]\n  verbs: %3\n"_s.arg(
            rule.key().first, rule.key().second, quoted(rule.value()));
    return yaml + bindings(namespaces, isWide);
}

} // namespace models
