// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/service_index.h"

#include <algorithm>

namespace models {

namespace {

QString placeOf(const QString &nameSpace, const QString &key, const QString &value)
{
    return nameSpace + QLatin1Char('/') + key + QLatin1Char('=') + value;
}

} // namespace

ServiceIndex::ServiceIndex(const QList<Service> &services)
{
    for (const Service &service : services) {
        if (!service.selector.isEmpty()) // without one, it selects nothing
            m_byLabel[placeOf(service.nameSpace, service.selector.firstKey(), service.selector.first())]
                .append(&service);
    }
}

QList<const Service *> ServiceIndex::of(const Pod &pod) const
{
    QList<const Service *> found;
    for (auto label = pod.labels.begin(); label != pod.labels.end(); ++label) {
        const auto candidates = m_byLabel.constFind(placeOf(pod.nameSpace, label.key(), label.value()));
        if (candidates == m_byLabel.constEnd())
            continue;
        for (const Service *service : *candidates) {
            if (service->selects(pod))
                found.append(service);
        }
    }
    std::sort(found.begin(), found.end());
    return found;
}

} // namespace models
