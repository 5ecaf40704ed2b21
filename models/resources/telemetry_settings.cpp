// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/resources/telemetry_settings.h"

#include "models/resources/text.h"

using namespace Qt::StringLiterals;

namespace models {

namespace {

// Istio's names of what the preflight asks for (istio_requests_total, istio_tcp_connections_opened_total and
// istio_tcp_received_bytes_total); no name at all means every metric.
bool isCounted(const edge::Value &match)
{
    const QString metric = text(match["metric"]), custom = text(match["customMetric"]);
    if (!custom.isEmpty())
        return custom == "istio_requests_total"_L1 || custom == "istio_tcp_connections_opened_total"_L1;
    return metric.isEmpty() || metric == "ALL_METRICS"_L1 || metric == "REQUEST_COUNT"_L1
        || metric == "TCP_OPENED_CONNECTIONS"_L1;
}

QString metricName(const edge::Value &match)
{
    for (const char *field : {"metric", "customMetric"}) {
        if (const QString name = text(match[field]); !name.isEmpty())
            return name;
    }
    return u"ALL_METRICS"_s;
}

} // namespace

TelemetrySettings parseTelemetry(const edge::Value &object)
{
    TelemetrySettings settings;
    settings.nameSpace = text(object.at({"metadata", "namespace"}));
    settings.name = text(object.at({"metadata", "name"}));
    settings.selector = texts(object.at({"spec", "selector", "matchLabels"}));
    settings.hasTargets =
        !object.at({"spec", "targetRefs"}).items().empty() || object.at({"spec", "targetRef"}).isObject();
    int metricNumber = 0;
    for (const edge::Value &metrics : object.at({"spec", "metrics"}).items()) {
        int number = 0;
        const int at = metricNumber++;
        for (const edge::Value &given : metrics["overrides"].items()) {
            const QString path = u"spec.metrics[%1].overrides[%2]"_s.arg(at).arg(number++);
            if (given.at({"match", "mode"}).text() == "CLIENT" || !isCounted(given["match"]))
                continue;
            const edge::Value &label = given.at({"tagOverrides", "connection_security_policy"});
            if (given["disabled"].toBool())
                settings.silences.append({path, metricName(given["match"]) + u" is disabled"_s});
            else if (label.isObject())
                settings.silences.append({path,
                                          text(label["operation"]) == "REMOVE"_L1
                                              ? u"the label connection_security_policy is removed"_s
                                              : u"the label connection_security_policy is changed"_s});
        }
    }
    return settings;
}

} // namespace models
