// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/resources/grafana_state.h"

#include "edge/value.h"
#include "models/resources/text.h"

namespace models {

namespace {

constexpr int DeepestRow = 3; // rows hold panels; nothing holds rows

void addExpressions(QStringList &expressions, const edge::Value &panels, int depth)
{
    for (const edge::Value &panel : panels.items()) {
        for (const edge::Value &target : panel["targets"].items()) {
            if (target["expr"].isString())
                expressions.append(text(target["expr"]));
        }
        if (depth < DeepestRow)
            addExpressions(expressions, panel["panels"], depth + 1);
    }
}

} // namespace

std::optional<QStringList> parseDashboardUids(const QByteArray &body)
{
    const auto answer = edge::parseJson({body.constData(), size_t(body.size())});
    if (!answer || !answer->isArray())
        return {};
    QStringList uids;
    for (const edge::Value &found : answer->items()) {
        if (!found["uid"].text().empty())
            uids.append(text(found["uid"]));
    }
    return uids;
}

LoadedGrafana::Dashboard parseDashboard(const QByteArray &body)
{
    LoadedGrafana::Dashboard dashboard;
    const auto answer = edge::parseJson({body.constData(), size_t(body.size())});
    if (!answer)
        return dashboard;
    const edge::Value &json = (*answer)["dashboard"].isObject() ? (*answer)["dashboard"] : *answer;
    dashboard.uid = text(json["uid"]);
    dashboard.title = text(json["title"]);
    addExpressions(dashboard.expressions, json["panels"], 0);
    for (const edge::Value &row : json["rows"].items()) // as files of Grafana 4 have them
        addExpressions(dashboard.expressions, row["panels"], 0);
    return dashboard;
}

} // namespace models
