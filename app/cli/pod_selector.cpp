// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/pod_selector.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

using namespace Qt::StringLiterals;

namespace app::cli {

// A Service's selector is a map, a workload's has labels and expressions.
QString podSelector(const kube::Object &owner)
{
    const QJsonObject selector =
        QJsonDocument::fromJson(owner.json).object()[u"spec"][u"selector"].toObject();
    const bool isPlain = !selector.contains(u"matchLabels"_s) && !selector.contains(u"matchExpressions"_s);
    const QJsonObject labels = isPlain ? selector : selector[u"matchLabels"].toObject();
    QStringList parts;
    for (auto label = labels.begin(); label != labels.end(); ++label)
        parts.append(label.key() + u'=' + label.value().toString());
    for (const QJsonValue &each : selector[u"matchExpressions"].toArray()) {
        const QString key = each[u"key"].toString(), how = each[u"operator"].toString();
        QStringList values;
        for (const QJsonValue &value : each[u"values"].toArray())
            values.append(value.toString());
        if (how == "Exists"_L1 || how == "DoesNotExist"_L1)
            parts.append((how == "Exists"_L1 ? QString() : u"!"_s) + key);
        else
            parts.append(u"%1 %2 (%3)"_s.arg(key, how.toLower(), values.join(u',')));
    }
    return parts.join(u',');
}

} // namespace app::cli
