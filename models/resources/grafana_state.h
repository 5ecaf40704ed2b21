// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Which dashboards a Grafana shows, as its HTTP API says it: those in its own database are in no object of the API server.
#include <QList>
#include <QString>
#include <QStringList>

#include <optional>

namespace models {

struct LoadedGrafana
{
    enum class State { NotAsked, Unknown, Answered } state = State::NotAsked;
    QString service; // "istio-system/grafana:3000"
    struct Dashboard
    {
        QString uid, title;
        QStringList expressions; // PromQL of all panels
        bool operator==(const Dashboard &) const = default;
    };
    QList<Dashboard> dashboards; // those whose title has the word Ambassador
    QString error;               // Unknown: why
    bool operator==(const LoadedGrafana &) const = default;
};

// Of GET /api/search: their uids; absent: it is no such answer.
std::optional<QStringList> parseDashboardUids(const QByteArray &body);
// Of GET /api/dashboards/uid/…, or the dashboard alone as a file holds it; panels in rows are found, too.
LoadedGrafana::Dashboard parseDashboard(const QByteArray &body);

} // namespace models
